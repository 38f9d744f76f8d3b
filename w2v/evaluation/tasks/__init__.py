"""Kinds of suites: one file or folder a kind; `base` says what a kind is, `registry` lists all."""
