"""Deciding: what each side holds and held makes a plan. Pure."""
