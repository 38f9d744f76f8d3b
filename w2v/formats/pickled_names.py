"""The names that a pickle may have, for `pickled`: those of the classes of gensim's vectors, and of numpy's arrays.

None of them is ever imported. A name says how `pickled` holds what follows it. Whatever is not here is refused.
"""

from __future__ import annotations

__all__ = ["CALLED", "CLASSES", "HELD", "SCALARS"]

_OF_GENSIM = {
    "gensim.models.keyedvectors": (
        "KeyedVectors Word2VecKeyedVectors EuclideanKeyedVectors WordEmbeddingsKeyedVectors BaseKeyedVectors "
        "Doc2VecKeyedVectors FastTextKeyedVectors Vocab SimpleVocab CompatVocab"
    ),
    "gensim.models.word2vec": "Word2Vec Word2VecVocab Word2VecTrainables Vocab",
    "gensim.models.fasttext": "FastText FastTextVocab FastTextTrainables FastTextKeyedVectors",
    "gensim.models.doc2vec": "Doc2Vec Doc2VecVocab Doc2VecTrainables DocvecsArray Doctag",
    "gensim.models.wrappers.fasttext": "FastText FastTextKeyedVectors",
    "gensim.models.deprecated.keyedvectors": "KeyedVectors EuclideanKeyedVectors Vocab FastTextKeyedVectors",
    "gensim.models.deprecated.word2vec": "Word2Vec Vocab",
    "gensim.models.deprecated.fasttext": "FastText FastTextKeyedVectors",
    "gensim.models.deprecated.fasttext_wrapper": "FastText FastTextKeyedVectors",
    "gensim.models.deprecated.doc2vec": "Doc2Vec DocvecsArray Doctag",
}
CLASSES = frozenset(f"{module} {name}" for module, names in _OF_GENSIM.items() for name in names.split())
"""Classes whose objects become records."""

_NUMBERS = {
    **{f"float{bits}": f"f{bits // 8}" for bits in (16, 32, 64)},
    **{f"{kind}int{bits}": f"{kind[:1] or 'i'}{bits // 8}" for kind in ("", "u") for bits in (8, 16, 32, 64)},
    "bool_": "b1",
    "bool": "b1",
}
SCALARS = {f"numpy {name}": code for name, code in _NUMBERS.items()}
"""Types of numpy that are named, with their codes."""

_OLD_AND_NEW = ("numpy.core", "numpy._core")
_RANDOM = {
    "numpy.random": "__RandomState_ctor",
    "numpy.random._pickle": "__randomstate_ctor __bit_generator_ctor __generator_ctor",
    "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
}
CALLED = {
    **{f"{core}.multiarray _reconstruct": "array" for core in _OLD_AND_NEW},
    **{f"{core}.multiarray scalar": "scalar" for core in _OLD_AND_NEW},
    **{f"{core}.numeric _frombuffer": "buffer" for core in _OLD_AND_NEW},
    "numpy dtype": "type",
    "_codecs encode": "bytes",
    "collections defaultdict": "dictionary",
    "UserString defaultdict": "dictionary",  # as Python 3.4 wrote the name for Python 2
    "collections OrderedDict": "dictionary",
    **{f"{module} {name}": "record" for module, names in _RANDOM.items() for name in names.split()},
    **{f"{builtins} {name}": "record" for builtins in ("builtins", "__builtin__") for name in ("set", "frozenset")},
}
"""Functions, with what takes the place of their result."""

HELD = frozenset(
    (
        *CLASSES,
        *SCALARS,
        *CALLED,
        "numpy ndarray",
        "numpy.random._mt19937 MT19937",
        "numpy.random._pcg64 PCG64",
        "gensim.utils call_on_class_only",
        *(
            f"{builtins} {name}"
            for builtins in ("builtins", "__builtin__")
            for name in ("hash", "int", "long", "float", "str", "bool", "list", "dict")
        ),
    )
)
"""All names that a pickle may have; those that are neither classes nor called, are held and do nothing."""
