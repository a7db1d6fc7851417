"""What must be in place before Couplet works: requirements, each met or not, with the remedy."""
