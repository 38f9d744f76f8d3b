"""Bias probes with their controls: differential associations of words, held against chance, frequency and single words.

Not here: verdicts. A file has one idea: `lists` (words from TOML), `lookup` (their vectors), `weat`, `groups`,
`logistic`, `lipstick` (measures on numbers), `controls` (null bands, leave-one-out), `probes` (runs them), `words` (the
analogy probe of single words), `report` (what comes out).
"""

from __future__ import annotations

from w2v.evaluation.bias.lists import BiasLists, load_lists, published, read_lists
from w2v.evaluation.bias.probes import evaluate_bias
from w2v.evaluation.bias.report import BiasReport
from w2v.evaluation.bias.words import WordProbe, probe_words

__all__ = [
    "BiasLists",
    "BiasReport",
    "WordProbe",
    "evaluate_bias",
    "load_lists",
    "probe_words",
    "published",
    "read_lists",
]
