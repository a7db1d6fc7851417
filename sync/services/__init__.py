"""The two remote systems: their clients, and what these share."""
