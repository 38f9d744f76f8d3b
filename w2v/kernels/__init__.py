"""The inner loops, compiled by Numba. A kernel works on arrays and numbers: no files, no strings, no threads.

A kernel is a plain function that takes no lock and releases Python's global lock (the GIL), so several threads can run
kernels at the same time. Which thread calls which kernel is decided by the callers, such as w2v/training and
w2v/tokens. Each kernel has a naive twin in tests/reference: slow, obvious code that computes the same.
"""
