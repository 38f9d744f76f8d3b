"""Files in general: written whole or not at all, locked, small ones that people write, and the layout of w2v's own."""
