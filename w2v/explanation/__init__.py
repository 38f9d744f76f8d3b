"""Why two words are near each other: neighbours that they share, and contexts that they share in a text.

explaining  the question and its answer
contexts    the words around two words in a text: counted, and ranked by PPMI
quotes      places in a text: a word with what stands before and after it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.explanation.contexts import SharedContext, SharedContexts
    from w2v.explanation.explaining import SharedNeighbour, Why, why
    from w2v.explanation.quotes import Quote

_HOMES = {
    "Quote": "w2v.explanation.quotes",
    "SharedContext": "w2v.explanation.contexts",
    "SharedContexts": "w2v.explanation.contexts",
    "SharedNeighbour": "w2v.explanation.explaining",
    "Why": "w2v.explanation.explaining",
    "why": "w2v.explanation.explaining",
}

__all__ = ["Quote", "SharedContext", "SharedContexts", "SharedNeighbour", "Why", "why"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
