"""What a kind of pooling must say: which weight a word has, and what is removed from all texts.

A kind is an object of a subclass of `Pooling`, in a file of its own, with a line in registry.py. The best example is
sif.py. How weights and components become rows: folding.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from w2v.arrays import F64

__all__ = ["Pooling"]


class Pooling(ABC):
    """A way to make one vector of the words of a text: a weighted mean, perhaps without a common component.

    name: as --pooling names it. needs_counts: whether the weights follow from how often words occur. unit_rows: whether
    the rows of words are brought to length 1 first. components: how many common components are removed.
    counts_texts: whether fitting counts the texts that have a word, instead of finding the components of the texts.
    """

    name: str
    needs_counts: bool = True
    unit_rows: bool = True
    components: int = 0
    counts_texts: bool = False

    @abstractmethod
    def weights(self, frequencies: F64) -> F64:
        """Return the weight of each word, [V].

        frequencies: the share of each word in all words of a text [V], above 0.
        """

    def weights_of_fit(self, texts: int, with_word: F64) -> F64:
        """Return the weight of each word by the user's own texts, [V]; for kinds of `counts_texts`.

        texts: how many there are. with_word: in how many of them each word occurs, [V].
        """
        raise NotImplementedError

    def removed(self, variances: F64) -> F64:
        """Return which share of each common component is removed, [components].

        variances: how strong each component is (its eigenvalue), falling.
        """
        return np.ones(len(variances))
