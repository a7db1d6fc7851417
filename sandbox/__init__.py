"""A company to play with: simulated Business Central and Sales, sign-in, storage and the functions host, on this machine alone."""
