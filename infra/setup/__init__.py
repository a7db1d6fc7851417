"""Setting Couplet up: `python -m infra.setup`, a command for each part of it."""
