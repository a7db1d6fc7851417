"""What `python -m infra.setup guide` asks, and what it makes of the answers."""
