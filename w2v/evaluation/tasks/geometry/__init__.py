"""Geometry and health of vectors: `measuring` computes, `section` shows, `task` is the kind of suite."""
