"""Which of gensim's names w2v answers, where, and what to write for the others. The table is data: nothing is imported.

`Vectors` has each name of `OF_VECTORS`: it is found when it is asked for, and an unanswered one raises AttributeError
with what to write. Names that `Vectors` itself has in gensim's meaning, as `most_similar`, need no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MethodType
from typing import Any, Literal, NamedTuple

from w2v.lazy import find

__all__ = ["OF_COMMANDS", "OF_MODULE", "OF_VECTORS", "SETTINGS", "Answered", "GensimNames", "Unanswered", "of_module"]

GUIDE = "docs/guides/from-gensim.md"
QUESTIONS = "w2v.gensim_names.questions"
FILES = "w2v.gensim_names.files"
EVALUATORS = "w2v.gensim_names.evaluators"


class Answered(NamedTuple):
    """A name that w2v answers.

    module: where the function of this name is, whose first argument are the vectors. kind: a "method"; a "value", which
    is asked for without parentheses; or a "static" function of the class, which gets no vectors. ours: w2v's own way to
    write it.
    """

    module: str
    ours: str
    kind: Literal["method", "value", "static"] = "method"


class Unanswered(NamedTuple):
    """A name that w2v does not answer, and what to write, as a sentence without a full stop."""

    cure: str


Entry = Answered | Unanswered

_NEVER_CHANGE = Unanswered("vectors never change; make new ones: w2v.Vectors(words, matrix)")
_TRAINS_AT_ONCE = Unanswered("w2v.train(corpus, …) reads, counts and trains at once, and returns the vectors")
_IN_RECORD = Unanswered("vectors.record.settings has the settings of training")

OF_VECTORS: Mapping[str, Entry] = {
    "wv": Answered(QUESTIONS, "vectors", "value"),
    "vectors": Answered(QUESTIONS, "vectors.matrix", "value"),
    "index_to_key": Answered(QUESTIONS, "vectors.words", "value"),
    "key_to_index": Answered(QUESTIONS, "vectors.index", "value"),
    "vector_size": Answered(QUESTIONS, "vectors.dim", "value"),
    "get_vector": Answered(QUESTIONS, "vectors[word]"),
    "word_vec": Answered(QUESTIONS, "vectors[word]"),
    "get_index": Answered(QUESTIONS, "vectors.index[word]"),
    "has_index_for": Answered(QUESTIONS, "word in vectors"),
    "get_vecattr": Answered(QUESTIONS, "vectors.counts[vectors.index[word]]"),
    "get_normed_vectors": Answered(QUESTIONS, "vectors.unit"),
    "fill_norms": Answered(QUESTIONS, "vectors.norms"),
    "get_mean_vector": Answered(QUESTIONS, "vectors.vector([word, …])"),
    "similar_by_word": Answered(QUESTIONS, "vectors.most_similar(word)"),
    "similar_by_key": Answered(QUESTIONS, "vectors.most_similar(word)"),
    "similar_by_vector": Answered(QUESTIONS, "vectors.most_similar(vector)"),
    "most_similar_cosmul": Answered(QUESTIONS, 'vectors.most_similar(…, method="3cosmul")'),
    "most_similar_to_given": Answered(QUESTIONS, "vectors.most_similar(word, among=words)"),
    "distance": Answered(QUESTIONS, "1 - vectors.similarity(a, b)"),
    "distances": Answered(QUESTIONS, "1 - vectors.unit @ vectors.unit[vectors.index[word]]"),
    "cosine_similarities": Answered(QUESTIONS, "vectors.similarities(queries)", "static"),
    "closer_than": Answered(QUESTIONS, "vectors.neighbours(a)"),
    "words_closer_than": Answered(QUESTIONS, "vectors.neighbours(a)"),
    "rank": Answered(QUESTIONS, "vectors.neighbours(a), which has ranks"),
    "relative_cosine_similarity": Answered(QUESTIONS, "vectors.percentile(a, b)"),
    "evaluate_word_pairs": Answered(EVALUATORS, 'w2v.evaluate(vectors, pairs=file, convention="gensim")'),
    "evaluate_word_analogies": Answered(EVALUATORS, 'w2v.evaluate(vectors, analogies=file, convention="gensim")'),
    "save_word2vec_format": Answered(FILES, 'w2v.save(vectors, "vectors.bin")'),
    "load_word2vec_format": Answered(FILES, 'w2v.load("vectors.bin")', "static"),
    "save": Unanswered('w2v.save(vectors, "vectors.safetensors") writes a file'),
    "load": Unanswered('w2v.load("vectors.safetensors") reads a file of any format'),
    "wmdistance": Unanswered("w2v has no Word Mover's Distance; vectors.n_similarity(words, words) compares means"),
    "similarity_unseen_docs": Unanswered("vectors.n_similarity(words, words) compares means"),
    "init_sims": Unanswered("nothing has to be prepared; vectors.unit has the rows at length 1"),
    "unit_normalize_all": Unanswered("vectors.unit has the rows at length 1"),
    "vectors_norm": Unanswered("vectors.unit has the rows at length 1"),
    "syn0norm": Unanswered("vectors.unit has the rows at length 1"),
    "syn0": Unanswered("vectors.matrix has the rows"),
    "vocab": Unanswered("vectors.index has the row of each word, and vectors.counts how often it occurred"),
    "index2word": Unanswered("vectors.words has the words"),
    "index2entity": Unanswered("vectors.words has the words"),
    "expandos": Unanswered("vectors.counts says how often each word occurred"),
    "sort_by_descending_frequency": Unanswered("vectors.only(rows) puts rows in another order"),
    "vectors_for_all": Unanswered("vectors.only(vectors.rows(words)) keeps some words"),
    "accuracy": Unanswered('w2v.evaluate(vectors, analogies=file, convention="gensim") scores a file'),
    "similarity_matrix": Unanswered("vectors.similarities(words) has the cosines of all pairs"),
    "callbacks": Unanswered("w2v.train(…, progress=object) reports to an object"),
    "get_latest_training_loss": Unanswered("vectors.record.loss has the loss of each epoch"),
    "running_training_loss": Unanswered("vectors.record.loss has the loss of each epoch"),
    "total_train_time": Unanswered("vectors.record.timings has the seconds of each part"),
    "estimate_memory": Unanswered("'w2v train --verbose' says what training takes"),
    "predict_output_word": Unanswered("w2v keeps no output layer; vectors.most_similar(words) is the nearest"),
    "score": Unanswered("w2v has no hierarchical softmax, which scores sentences"),
    "syn1": Unanswered("vectors.contexts has the vectors of the words as contexts, where they are known"),
    "syn1neg": Unanswered("vectors.contexts has the vectors of the words as contexts, where they are known"),
    "layer1_size": Unanswered("vectors.dim is the number of dimensions"),
    **dict.fromkeys(("set_vecattr", "allocate_vecattrs", "add_vector", "add_vectors", "resize_vectors"), _NEVER_CHANGE),
    **dict.fromkeys(("intersect_word2vec_format", "add_null_word", "null_word", "seeded_vector"), _NEVER_CHANGE),
    **dict.fromkeys(("train", "build_vocab", "build_vocab_from_freq", "scan_vocab", "prepare_vocab"), _TRAINS_AT_ONCE),
    **dict.fromkeys(("prepare_weights", "init_weights", "update_weights", "reset_from", "hashfxn"), _TRAINS_AT_ONCE),
    **dict.fromkeys(("make_cum_table", "cum_table", "create_binary_tree", "raw_vocab", "hs"), _TRAINS_AT_ONCE),
    **dict.fromkeys(("epochs", "window", "min_count", "negative", "alpha", "sg", "workers", "seed"), _IN_RECORD),
    **dict.fromkeys(("sample", "batch_words", "cbow_mean", "compute_loss", "effective_min_count"), _IN_RECORD),
    **dict.fromkeys(("max_final_vocab", "max_vocab_size", "min_alpha", "min_alpha_yet_reached"), _IN_RECORD),
    **dict.fromkeys(("ns_exponent", "shrink_windows", "sorted_vocab", "train_count"), _IN_RECORD),
    "corpus_count": Unanswered("vectors.record.corpus says what was read"),
    "corpus_total_words": Unanswered("vectors.record.corpus says what was read"),
}
"""What gensim's KeyedVectors and Word2Vec have, by name."""

OF_MODULE: Mapping[str, str] = {
    "Word2Vec": "w2v.train(sentences, dim=100, window=5, min_count=5, epochs=5) trains, and returns the vectors",
    "KeyedVectors": "w2v.load(path) reads a file of any format; w2v.Vectors(words, matrix) wraps arrays",
    "Word2VecKeyedVectors": "w2v.load(path) reads a file of any format",
    "LineSentence": 'w2v.train("corpus.txt") reads a file; a line is a sentence',
    "PathLineSentences": 'w2v.train("folder/") reads all files of a folder',
    "Text8Corpus": 'w2v.train("text8") reads one endless line too',
    "simple_preprocess": 'w2v.train("corpus.txt", tokenizer="words", lowercase=True) cuts text into words',
    "Phrases": "w2v.train(corpus, phrases=1) joins phrases; w2v.find_phrases(corpus) lists them",
    "Phraser": "w2v.train(corpus, phrases=1) joins phrases; w2v.find_phrases(corpus) lists them",
    "downloader": "'w2v data list' names what can be downloaded; w2v.load(path) reads files from anywhere",
    "api": "'w2v data list' names what can be downloaded; w2v.load(path) reads files from anywhere",
}
"""What gensim's modules have and `w2v` has not: what to write, by name."""

OF_COMMANDS: Mapping[str, str] = {
    "most_similar": 'w2v.load("vectors.safetensors").most_similar("king") lists the nearest words',
    "similar": 'w2v.load("vectors.safetensors").most_similar("king") lists the nearest words',
    "analogy": 'w2v.load("vectors.safetensors").most_similar("king - man + woman") completes an analogy',
    "similarity": 'w2v.load("vectors.safetensors").similarity("cat", "dog") compares two words',
    "vector": 'w2v.load("vectors.safetensors")["king"] is the vector of a word',
    "bias": 'w2v.evaluate(vectors, "weat") measures associations',
    "eval": "w2v.evaluate(vectors) scores vectors",
    "info": "vectors.record says how vectors were made, and 'w2v info FILE' describes a file",
    "convert": 'w2v.save(w2v.load("vectors.bin"), "vectors.txt") writes another format',
    "verify": "'w2v verify FILE' checks that files are whole",
}
"""What to write in Python for the commands of w2v that `w2v` has no function for, by name."""

SETTINGS: Mapping[str, str] = {
    "vector_size": "dim",
    "size": "dim",
    "alpha": "learning_rate",
    "iter": "epochs",
    "max_final_vocab": "max_vocab",
    "shrink_windows": "window_shrink",
    "sentences": "the first argument, without a name",
    "corpus_file": "the first argument, without a name",
    "corpus_iterable": "the first argument, without a name",
    "sg": 'model="sgns", the default',
    "callbacks": "progress",
}
"""How w2v calls gensim's settings of Word2Vec, where the names differ."""


class _Borrowed:
    """A name of gensim's as an attribute of `Vectors`: what it is, or an error with what to write."""

    def __init__(self, name: str, entry: Entry) -> None:
        self.name, self.entry = name, entry
        self.__doc__ = entry.ours if isinstance(entry, Answered) else entry.cure

    def __get__(self, vectors: Any, owner: type) -> Any:
        entry = self.entry
        if isinstance(entry, Unanswered):
            raise AttributeError(
                f"{owner.__name__} has no {self.name!r}, as gensim has it: {entry.cure} ({GUIDE})",
                name=self.name,
                obj=owner if vectors is None else vectors,
            )
        function = find(f"{entry.module}:{self.name}")
        if entry.kind == "static":
            return function
        if vectors is None:
            return self if entry.kind == "value" else function
        return function(vectors) if entry.kind == "value" else MethodType(function, vectors)


class GensimNames:
    """The base of `Vectors` that has gensim's names."""


for _name, _entry in OF_VECTORS.items():
    setattr(GensimNames, _name, _Borrowed(_name, _entry))


def of_module(name: str) -> str:
    """Return what to write for a name that is looked for in `w2v`, as gensim or a command has it; "" for any other."""
    cure = OF_MODULE.get(name, "")
    return f"{cure} ({GUIDE})" if cure else OF_COMMANDS.get(name, "")
