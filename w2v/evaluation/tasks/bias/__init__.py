"""Associations of words, with their controls: held against chance, frequency and single words.

There are no verdicts here. A file has one idea: `lists` (words from TOML), `tables` (words from a table), `lookup`
(their vectors), `weat`, `groups`, `lipstick` (measures on numbers), `controls` (null bands, leave-one-out), `testing`
(runs them), `words` (single words by analogy), `report` (what comes out), `section` (how it is shown), `task` (the kind
of suite).
"""

from __future__ import annotations

from w2v.evaluation.tasks.bias.lists import BiasLists, load_lists, published, read_lists
from w2v.evaluation.tasks.bias.report import BiasReport
from w2v.evaluation.tasks.bias.tables import is_table, read_table_of_lists
from w2v.evaluation.tasks.bias.testing import evaluate_bias
from w2v.evaluation.tasks.bias.words import WordByAnalogy, ask_words

__all__ = [
    "BiasLists",
    "BiasReport",
    "WordByAnalogy",
    "ask_words",
    "evaluate_bias",
    "is_table",
    "load_lists",
    "published",
    "read_lists",
    "read_table_of_lists",
]
