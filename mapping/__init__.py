"""What maps to what: declarations and pure functions, no I/O."""
