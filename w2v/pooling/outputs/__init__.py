"""Files of vectors of texts: a file for each kind, and a line for each in registry.py."""
