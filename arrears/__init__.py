"""Arrears: a deterministic nightly enforcement pipeline for child support agencies."""

__version__ = "0.1.0"
