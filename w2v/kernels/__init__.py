"""The inner loops, compiled by Numba: they know arrays and numbers, no files, no strings, no threads.

A kernel here is a plain function over arrays that holds no lock and releases the GIL; who calls it from which thread
is decided in `w2v.training` and `w2v.tokens`. Each has a naive twin in tests/reference that says what it computes.
"""
