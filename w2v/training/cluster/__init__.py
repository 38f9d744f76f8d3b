"""Deterministic skip-gram cut into tiles, so that several processes can train one model. Nothing here starts a process.

tiles  which pairs of parts belong together, in which order, and where the rows of a group of parts lie
"""
