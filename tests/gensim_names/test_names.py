"""gensim's names on `Vectors`: each gives what gensim gives for the same file, or says what to write."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gensim.models
import numpy as np
import pytest
from gensim.models import KeyedVectors

import w2v
from w2v import Vectors
from w2v.data import find, manifest_of
from w2v.errors import DataError, SettingsError, UnknownWordsError
from w2v.gensim_names.table import OF_MODULE, OF_VECTORS, SETTINGS, Answered, Unanswered

Both = tuple[Vectors, Any]
ANSWERED = {name: entry for name, entry in OF_VECTORS.items() if isinstance(entry, Answered)}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """The same vectors, read from the same file by w2v and by gensim: the words of the standard sets."""
    asked = [
        word
        for name in ("google-analogies", "wordsim353")
        for line in find(manifest_of(name)).read_text("utf-8").splitlines()[:900]
        for word in line.split()[:4]
        if word.isalpha()
    ]
    words = list(dict.fromkeys(asked))[:-40]  # the last ones stay unknown
    rng = np.random.default_rng(11)
    matrix = rng.normal(size=(len(words), 24)) * rng.uniform(0.5, 3, size=(len(words), 1))
    path = tmp_path_factory.mktemp("names") / "v.bin"
    w2v.save(Vectors(words, matrix, np.arange(len(words), 0, -1)), path)
    return w2v.load(path), KeyedVectors.load_word2vec_format(str(path), f"{path}.vocab.txt", binary=True)


def alike(ours: Any, theirs: Any) -> None:
    """Compare numbers but for the last digits, and all else exactly."""
    if isinstance(theirs, (list, tuple)) and len(theirs) and not hasattr(theirs, "statistic"):
        assert isinstance(ours, type(theirs))
        assert len(ours) == len(theirs)
        for mine, other in zip(ours, theirs, strict=True):
            alike(mine, other)
    elif isinstance(theirs, np.ndarray):
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=3e-6)
    elif isinstance(theirs, (float, np.floating)):
        assert ours == pytest.approx(float(theirs), abs=3e-6)
    elif hasattr(theirs, "statistic"):
        alike(list(ours), list(theirs))
    elif isinstance(theirs, np.integer):
        assert ours == int(theirs)
    else:
        assert ours == theirs
        assert isinstance(ours, type(theirs))


CALLS: dict[str, Callable[[Any, list[str]], Any]] = {
    "vectors": lambda v, w: v.vectors,
    "index_to_key": lambda v, w: v.index_to_key,
    "key_to_index": lambda v, w: v.key_to_index,
    "vector_size": lambda v, w: v.vector_size,
    "get_vector": lambda v, w: [v.get_vector(w[3]), v.get_vector(3), v.get_vector(w[3], norm=True)],
    "get_index": lambda v, w: [v.get_index(w[5]), v.get_index("zzz", -1), v.get_index(7)],
    "has_index_for": lambda v, w: [v.has_index_for(w[5]), v.has_index_for("zzz"), v.has_index_for(10**9)],
    "get_vecattr": lambda v, w: v.get_vecattr(w[5], "count"),
    "get_normed_vectors": lambda v, w: v.get_normed_vectors(),
    "fill_norms": lambda v, w: v.fill_norms(),
    "get_mean_vector": lambda v, w: [
        v.get_mean_vector(w[:4]),
        v.get_mean_vector([w[0], "zzz", v.get_vector(w[1])], weights=[1.0, 2.0, -0.5], pre_normalize=False),
        v.get_mean_vector(w[:4], post_normalize=True),
    ],
    "similar_by_word": lambda v, w: v.similar_by_word(w[0], 7),
    "similar_by_key": lambda v, w: v.similar_by_key(w[0], topn=5, restrict_vocab=50),
    "similar_by_vector": lambda v, w: v.similar_by_vector(v.get_vector(w[0]) * 3, topn=6),
    "most_similar_cosmul": lambda v, w: [
        v.most_similar_cosmul(positive=[w[0], w[3]], negative=[w[1]], topn=5),
        v.most_similar_cosmul(w[0], w[1]),
    ],
    "most_similar_to_given": lambda v, w: v.most_similar_to_given(w[0], w[5:25]),
    "distance": lambda v, w: v.distance(w[0], w[9]),
    "distances": lambda v, w: [v.distances(w[0]), v.distances(w[0], w[4:9]), v.distances(v.get_vector(w[3]))],
    "cosine_similarities": lambda v, w: v.cosine_similarities(v.get_vector(w[3]), v.vectors[:9]),
    "closer_than": lambda v, w: v.closer_than(w[0], w[9]),
    "rank": lambda v, w: [v.rank(w[0], w[9]), v.rank(w[0], w[1])],
    "relative_cosine_similarity": lambda v, w: v.relative_cosine_similarity(w[0], w[1], 5),
    # names that Vectors itself has
    "most_similar": lambda v, w: [
        v.most_similar(positive=[w[0], w[3]], negative=[w[1]], topn=4),
        v.most_similar(w[0], topn=3, restrict_vocab=100),
        v.most_similar(positive=[(w[0], 0.5), w[2]], negative=[(w[1], -0.25)]),
        v.most_similar(w[0], topn=0),
    ],
    "similarity": lambda v, w: v.similarity(w[0], w[1]),
    "n_similarity": lambda v, w: v.n_similarity(w[:3], w[4:9]),
    "doesnt_match": lambda v, w: v.doesnt_match(w[2:9]),
    "__getitem__": lambda v, w: [v[w[0]], v[[w[1], w[0]]]],
    "__contains__": lambda v, w: [w[0] in v, "zzz" in v],
    "__len__": lambda v, w: len(v),
}
DEPRECATED = {"word_vec": "get_vector", "words_closer_than": "closer_than"}
ELSEWHERE = {"wv", "evaluate_word_pairs", "evaluate_word_analogies", "save_word2vec_format", "load_word2vec_format"}


@pytest.mark.parametrize("name", list(CALLS))
def test_a_name_gives_what_gensim_gives(name: str, both: Both) -> None:
    ours, theirs = both
    words = list(theirs.index_to_key)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # gensim's own, about what it calls itself
        expected = CALLS[name](theirs, words)
    alike(CALLS[name](ours, words), expected)


@pytest.mark.parametrize("name", list(DEPRECATED))
def test_older_names_are_the_same(name: str, both: Both) -> None:
    ours = both[0]
    words = ours.words[:2]
    arguments = words if name == "words_closer_than" else words[:1]
    alike(getattr(ours, name)(*arguments), getattr(ours, DEPRECATED[name])(*arguments))


def test_every_answered_name_is_compared() -> None:
    assert set(ANSWERED) - set(CALLS) == set(DEPRECATED) | ELSEWHERE


def test_every_name_of_gensims_has_an_answer() -> None:
    """Of KeyedVectors: all public names; of Word2Vec: those of a small model."""
    model = gensim.models.Word2Vec([["a", "b"] * 5] * 20, vector_size=3)
    public = {name for name in [*dir(KeyedVectors(3)), *dir(model)] if not name.startswith("_")}
    own = set(dir(Vectors))
    logging = {"log_accuracy", "log_evaluate_word_pairs", "add_lifecycle_event", "lifecycle_events"}
    rest = {name for name in public - own if name not in logging | {"mapfile_path", "next_index", "comment", "random"}}
    assert rest == set()


def test_the_model_is_the_vectors(both: Both) -> None:
    assert both[0].wv is both[0]


@pytest.mark.parametrize("settings", [{}, {"restrict_vocab": 400}, {"dummy4unknown": True}, {"restrict_vocab": None}])
def test_evaluators_give_gensims_figures(settings: dict[str, Any], both: Both) -> None:
    ours, theirs = both
    pairs, analogies = (str(find(manifest_of(name))) for name in ("wordsim353", "google-analogies"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alike(ours.evaluate_word_pairs(pairs, **settings), theirs.evaluate_word_pairs(pairs, **settings))
    if settings.get("restrict_vocab", 0) is not None:
        restricted = {"restrict_vocab": 400, **settings}
        mine = ours.evaluate_word_analogies(analogies, **restricted)
        alike(mine, theirs.evaluate_word_analogies(analogies, **restricted))
        assert mine[1][-1]["section"] == "Total accuracy"


def test_evaluators_refuse_what_they_do_not_do(both: Both, tmp_path: Path) -> None:
    ours = both[0]
    (tmp_path / "pairs.txt").write_text("zzz\tyyy\t3\n")
    with pytest.raises(DataError, match="no pair is in the vocabulary"):
        ours.evaluate_word_pairs(tmp_path / "pairs.txt")
    with pytest.raises(SettingsError, match="delimiter"):
        ours.evaluate_word_pairs(tmp_path / "pairs.txt", delimiter=",")
    for name in ("evaluate_word_pairs", "evaluate_word_analogies"):
        with pytest.raises(SettingsError, match="case_insensitive"):
            getattr(ours, name)(tmp_path / "pairs.txt", case_insensitive=False)
    with pytest.raises(SettingsError, match="most_similar_cosmul"):
        ours.evaluate_word_analogies(tmp_path / "pairs.txt", similarity_function="most_similar_cosmul")


@pytest.mark.parametrize("binary", [False, True])
def test_word2vecs_formats_go_to_gensim_and_back(binary: bool, both: Both, tmp_path: Path) -> None:
    ours, theirs = both
    mine, other = tmp_path / "ours", tmp_path / "theirs"
    ours.save_word2vec_format(mine, tmp_path / "counts", binary=binary)
    theirs.save_word2vec_format(other, binary=binary)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith(".")) == [
        "counts",
        "ours",
        "theirs",
    ]
    again = KeyedVectors.load_word2vec_format(str(mine), str(tmp_path / "counts"), binary=binary)
    assert again.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(again.vectors, theirs.vectors)
    assert again.get_vecattr(again.index_to_key[3], "count") == theirs.get_vecattr(again.index_to_key[3], "count")
    loaded = Vectors.load_word2vec_format(other, binary=binary, limit=10)
    assert loaded.words == theirs.index_to_key[:10]
    np.testing.assert_array_equal(loaded.matrix, theirs.vectors[:10])


def test_the_most_frequent_words_are_saved_first(tmp_path: Path) -> None:
    vectors = Vectors(["a", "b", "c"], np.eye(3), [1, 7, 7])
    vectors.save_word2vec_format(tmp_path / "v.txt")
    assert w2v.load(tmp_path / "v.txt").words == ["b", "c", "a"]
    vectors.save_word2vec_format(tmp_path / "v.glove.txt", write_header=False)
    assert (tmp_path / "v.glove.txt").read_text().split()[0] == "b"
    for wrong in ({"append": True}, {"prefix": "x"}, {"binary": True, "write_header": False}):
        with pytest.raises(SettingsError):
            vectors.save_word2vec_format(tmp_path / "x.txt", **wrong)
    with pytest.raises(SettingsError, match="no counts"):
        Vectors(["a"], [[1.0]]).save_word2vec_format(tmp_path / "x.txt", tmp_path / "counts")
    for wrong in ({"encoding": "latin1"}, {"datatype": np.float16}, {"fvocab": "elsewhere"}):
        with pytest.raises(SettingsError):
            Vectors.load_word2vec_format(tmp_path / "v.txt", **wrong)


@pytest.mark.parametrize("name", [name for name, entry in OF_VECTORS.items() if isinstance(entry, Unanswered)])
def test_other_names_say_what_to_write(name: str, both: Both) -> None:
    for owner in (both[0], Vectors):
        with pytest.raises(AttributeError, match=f"Vectors has no '{name}'.*from-gensim.md") as caught:
            getattr(owner, name)
        assert caught.value.name == name
        assert not hasattr(owner, name)


@pytest.mark.parametrize("name", list(OF_MODULE))
def test_other_names_of_the_module_say_what_to_write(name: str) -> None:
    with pytest.raises(AttributeError, match=f"'w2v' has no attribute '{name}': .*from-gensim.md"):
        getattr(w2v, name)


def test_what_nobody_has_is_a_plain_error(both: Both) -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'$"):
        _ = both[0].nonsense
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'$"):
        _ = w2v.nonsense


@pytest.mark.parametrize("name", list(SETTINGS))
def test_settings_of_gensims_are_told_by_our_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        w2v.train([["a", "b"]], **{name: 5})
    assert caught.value.hint == f"what gensim calls {name} is {SETTINGS[name]} here"
    known = {"progress"} | set(vars(w2v.CorpusConfig())) | set(vars(w2v.SgnsConfig()))
    assert not SETTINGS[name].isidentifier() or SETTINGS[name] in known
    assert name in inspect.signature(gensim.models.Word2Vec).parameters or name in ("size", "iter", "corpus_iterable")


def test_unknown_words_are_key_errors(both: Both) -> None:
    for call in (both[0].get_vector, both[0].get_index, both[0].similar_by_word, both[0].distances):
        with pytest.raises(UnknownWordsError) as caught:
            call("zzzz")
        assert isinstance(caught.value, KeyError)
    with pytest.raises(UnknownWordsError):
        both[0].get_mean_vector(["zzzz"], ignore_missing=False)
    with pytest.raises(SettingsError):
        both[0].get_mean_vector([])
    with pytest.raises(SettingsError, match="no 'sense'"):
        both[0].get_vecattr(0, "sense")
    with pytest.raises(SettingsError, match="no counts"):
        Vectors(["a"], [[1.0]]).get_vecattr("a", "count")


def test_borrowed_names_disturb_nothing(both: Both) -> None:
    ours = both[0]
    assert copy.copy(ours).words == copy.deepcopy(ours.only(range(9))).words[:9] + ours.words[9:]
    assert pickle.loads(pickle.dumps(ours.only([0, 1]))).words == ours.words[:2]
    assert "get_vector" in dir(ours)
    assert "Return the vector of a word" in pydoc.render_doc(Vectors.get_vector)
    assert "most_similar" in pydoc.render_doc(Vectors)
    assert dict(inspect.getmembers(Vectors))["get_vector"]


def test_the_table_costs_no_import() -> None:
    script = "import sys, w2v; w2v.Vectors; print(*(n for n in sys.modules if n.startswith('w2v.gensim_names')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["w2v.gensim_names", "w2v.gensim_names.table"]
