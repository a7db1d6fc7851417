"""The bench: what a full synch of plain customers costs, next to the same bytes moved without any logic."""
