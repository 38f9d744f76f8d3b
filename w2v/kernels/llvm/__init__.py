"""Vector instructions that Numba lacks, written as LLVM code, and the compilation of kernels. See w2v/kernels."""
