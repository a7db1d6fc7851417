"""Tests of the engine's heart: merging, and two workers on one record."""
