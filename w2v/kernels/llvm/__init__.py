"""Vector instructions that Numba lacks, as LLVM code, and how kernels are compiled. The algorithms are one floor up."""
