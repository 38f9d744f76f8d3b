"""Kinds of suites: one file or folder a kind, and `base` with the registry."""
