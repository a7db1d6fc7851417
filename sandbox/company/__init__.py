"""A company to play with, on both sides, and the knowledge of what a full synch must make of it."""

from __future__ import annotations

from sandbox.company.generate import generate
from sandbox.company.loading import load
from sandbox.company.model import Company

__all__ = ["Company", "generate", "load"]
