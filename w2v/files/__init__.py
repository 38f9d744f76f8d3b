"""Files as such: written whole or not at all, locked, small ones that people write, and w2v's own layout of arrays."""
