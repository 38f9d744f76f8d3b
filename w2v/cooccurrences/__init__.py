"""Which words stand near which, and how often: the matrix, how it is counted, and the file that keeps it."""
