"""Corpora and evaluation sets: the description of each set (manifest.py), and where its files are (fetch.py).

The contents of the files are read elsewhere: corpora in w2v/text, evaluation sets in w2v/evaluation.
"""

from __future__ import annotations

from w2v.data.fetch import Place, Whereabouts, find, locate, obtain
from w2v.data.manifest import Manifest, as_dict, load_manifest, manifest_of, manifests

__all__ = [
    "Manifest",
    "Place",
    "Whereabouts",
    "as_dict",
    "find",
    "load_manifest",
    "locate",
    "manifest_of",
    "manifests",
    "obtain",
]
