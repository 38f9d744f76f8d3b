"""Naive twins: slow, obvious versions of every kernel, in plain Python and numpy: what the fast ones compute."""
