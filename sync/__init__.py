"""How the two systems are kept in step."""
