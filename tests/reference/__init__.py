"""Naive twins: slow, obvious code for every kernel, in plain Python and numpy, which shows what the kernel computes."""
