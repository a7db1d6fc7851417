"""Couplet's own columns and tables in Sales (rule D8): `schema.json` says which, `python -m infra.sales` brings them there."""
