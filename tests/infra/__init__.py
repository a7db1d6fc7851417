"""What sets Couplet up, against the simulators."""
