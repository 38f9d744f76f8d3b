"""Corpora and evaluation sets: what is known of each (`manifest`), and where its bytes are (`fetch`).

Not here: reading what is inside them; that is evaluate.suites' and corpus's.
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
