"""w2v: static word vectors. Train, question, measure and ship them.

The names below are the public Python interface; each is imported when it is first used, so `import w2v` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.axes.projecting import axis
    from w2v.clusters.words import groups
    from w2v.compare.align import align
    from w2v.compare.comparing import drift
    from w2v.compare.old_index import old_index
    from w2v.cooccurrences.file import load_cooccurrences
    from w2v.errors import W2VError
    from w2v.evaluation import evaluate
    from w2v.explanation import why
    from w2v.formats import load, save
    from w2v.maps.making import word_map
    from w2v.plots.making import plot
    from w2v.record import RunRecord
    from w2v.search.indexing import build_index
    from w2v.search.searching import SearchIndex, load_index
    from w2v.tokens.phrase_table import find_phrases
    from w2v.tokens.settings import CorpusConfig
    from w2v.training.cbow.model import CbowConfig
    from w2v.training.glove.model import GloveConfig
    from w2v.training.session import train
    from w2v.training.sgns.model import SgnsConfig
    from w2v.transforms.applying import transform
    from w2v.vectors import Vectors
    from w2v.version import __version__
    from w2v.vocab import Vocabulary
    from w2v.word_senses import senses

_HOMES = {
    "CorpusConfig": "w2v.tokens.settings",
    "CbowConfig": "w2v.training.cbow.model",
    "GloveConfig": "w2v.training.glove.model",
    "RunRecord": "w2v.record",
    "SearchIndex": "w2v.search.searching",
    "SgnsConfig": "w2v.training.sgns.model",
    "Vectors": "w2v.vectors",
    "Vocabulary": "w2v.vocab",
    "W2VError": "w2v.errors",
    "__version__": "w2v.version",
    "align": "w2v.compare.align",
    "axis": "w2v.axes.projecting",
    "build_index": "w2v.search.indexing",
    "drift": "w2v.compare.comparing",
    "evaluate": "w2v.evaluation",
    "find_phrases": "w2v.tokens.phrase_table",
    "groups": "w2v.clusters.words",
    "load": "w2v.formats",
    "load_cooccurrences": "w2v.cooccurrences.file",
    "load_index": "w2v.search.searching",
    "old_index": "w2v.compare.old_index",
    "plot": "w2v.plots.making",
    "save": "w2v.formats",
    "senses": "w2v.word_senses",
    "train": "w2v.training.session",
    "transform": "w2v.transforms.applying",
    "why": "w2v.explanation",
    "word_map": "w2v.maps.making",
}

__all__ = [
    "CbowConfig",
    "CorpusConfig",
    "GloveConfig",
    "RunRecord",
    "SearchIndex",
    "SgnsConfig",
    "Vectors",
    "Vocabulary",
    "W2VError",
    "__version__",
    "align",
    "axis",
    "build_index",
    "drift",
    "evaluate",
    "find_phrases",
    "groups",
    "load",
    "load_cooccurrences",
    "load_index",
    "old_index",
    "plot",
    "save",
    "senses",
    "train",
    "transform",
    "why",
    "word_map",
]


__getattr__, __dir__ = hand_on(__name__, _HOMES, "w2v.gensim_names.table:of_module")
