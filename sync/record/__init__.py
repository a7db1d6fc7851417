"""Carrying plans out: a list of records, loaded, planned, written and remembered."""
