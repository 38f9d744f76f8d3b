"""Corpora, evaluation sets and pretrained vectors: the description of each (manifest.py), and its files (fetch.py).

The contents of the files are read elsewhere: corpora in w2v/text, evaluation sets in w2v/evaluation.
"""

from __future__ import annotations

from w2v.data.fetch import Place, Whereabouts, find, locate, obtain
from w2v.data.manifest import UNSCORED, Manifest, as_dict, load_manifest, manifest_of, manifests, vectors_named

__all__ = [
    "UNSCORED",
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
    "vectors_named",
]
