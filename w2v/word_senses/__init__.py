"""Senses: what a word means here and there, induced from the contexts in which a text has it.

opening     a text and vectors, ready to be asked
contexts    what stands around a word, as vectors
whitening   contexts without what all of them have in common
splitting   the contexts of a word in groups
trust       how far a split can be trusted, beside ordinary words
quotes      sentences for occurrences
results     what is found: `Senses`
inducing    the whole way: `w2v.senses`
writing     vectors with a row for each sense
pseudowords the self-test: two words made one, and told apart again
scan        which words of a vocabulary are split most
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.word_senses.inducing import senses
    from w2v.word_senses.pseudowords import self_test
    from w2v.word_senses.results import Sense, Senses, WordSenses
    from w2v.word_senses.scan import scan
    from w2v.word_senses.writing import with_senses

_HOMES = {
    "Sense": "w2v.word_senses.results",
    "Senses": "w2v.word_senses.results",
    "WordSenses": "w2v.word_senses.results",
    "scan": "w2v.word_senses.scan",
    "self_test": "w2v.word_senses.pseudowords",
    "senses": "w2v.word_senses.inducing",
    "with_senses": "w2v.word_senses.writing",
}

__all__ = ["Sense", "Senses", "WordSenses", "scan", "self_test", "senses", "with_senses"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
