"""gensim's own files, `.kv` and `.model`: the same words and rows as gensim reads; nothing that they name is run."""

from __future__ import annotations

import gzip
import os
import pickle
from pathlib import Path
from typing import Any

import gensim.test.test_data as test_data
import numpy as np
import pytest
from attacks.pickle_files import kept, model
from gensim.models import Doc2Vec, FastText, KeyedVectors, Word2Vec
from gensim.models.doc2vec import TaggedDocument
from gensim.test.utils import common_texts

from w2v.cli import main
from w2v.errors import FormatError, SettingsError
from w2v.formats import check_output, inspect, read, write
from w2v.verification import verify

FOLDER = Path(next(iter(test_data.__path__)))
OLD = "old_w2v_models/w2v_"
OF_WORDS = [
    *("compatible-hash-true.model", "model-from-gensim-3.8.0.w2v", "old_keyedvectors_320.dat", "word2vec_3.3"),
    *(
        "word2vec_old",
        "word2vec_old_sep",
        *(f"{OLD}{version}.mdl" for version in ("0.13.4", "1.0.1", "2.3.0", "3.4.0")),
    ),
]
TOO_OLD = [
    *("word2vec_pre_kv_py2", "word2vec_pre_kv_py3", "word2vec_pre_kv_py3_4", "word2vec_pre_kv_sep_py2"),
    *("word2vec_pre_kv_sep_py3", "doc2vec_old_sep", "fasttext_old", "ft_model_2.3.0", "small_tag_doc_5_iter50"),
    *("old_w2v_models/w2v_0.12.0.mdl", "old_d2v_models/d2v_0.12.0.mdl", "old_d2v_models/d2v_3.4.0.mdl"),
]


def vectors_of(path: Path) -> KeyedVectors:
    """What gensim reads, whatever kind of model it is."""
    for kind in (KeyedVectors, Word2Vec, FastText, Doc2Vec):
        try:
            found = kind.load(str(path))
            return found if isinstance(found, KeyedVectors) else found.wv
        except (AttributeError, TypeError):
            continue
    raise AssertionError(path)


def assert_the_same(path: Path, exact: bool = True) -> None:
    ours, theirs = read(path), vectors_of(path)
    assert ours.words == list(theirs.index_to_key)
    rows = np.array([theirs[word] for word in ours.words])
    assert np.array_equal(ours.matrix, rows) if exact else np.allclose(ours.matrix, rows, rtol=0, atol=1e-7)
    if "count" in theirs.expandos:
        assert ours.counts is not None
        assert ours.counts.tolist() == [theirs.get_vecattr(word, "count") for word in ours.words]


def test_it_is_a_format_that_is_only_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(model())
    found = read(path)
    assert found.words == ["word0", "word1", "word2"]
    assert found.counts is not None
    assert found.counts.tolist() == [9, 5, 1]
    assert (inspect(path).format, verify(path).whole) == ("gensim", True)
    for call in (
        lambda: write(found, tmp_path / "other", format="gensim"),
        lambda: check_output(tmp_path / "other", format="gensim"),
    ):
        with pytest.raises(SettingsError, match="gensim is read and not written"):
            call()
    for name in ("v.kv", "v.kv.gz", "v.model"):
        with pytest.raises(
            SettingsError, match=rf"{name} is that of gensim's .kv and .model, which w2v reads and does"
        ):
            write(found, tmp_path / name)
    assert main(["convert", str(path), str(tmp_path / "v.bin"), "-q"]) == 0
    assert read(tmp_path / "v.bin").words == found.words


@pytest.mark.parametrize("name", OF_WORDS)
@pytest.mark.filterwarnings("ignore")
def test_files_of_older_versions(name: str) -> None:
    assert_the_same(FOLDER / name, exact="hash" not in name)


@pytest.mark.parametrize("name", TOO_OLD)
def test_files_that_gensim_reads_no_more(name: str) -> None:
    found = read(FOLDER / name)
    assert len(found) >= 3
    assert found.counts is not None
    assert found.counts.min() >= 1


@pytest.mark.parametrize("version", ["4.0.1", "4.1.2", "4.2.0", "4.3.3"])
@pytest.mark.parametrize("name", ["words.kv", "words.model", "ngrams.model"])
def test_files_of_each_version_since_4(name: str, version: str) -> None:
    """Word2Vec and FastText (4 dimensions, 20 buckets), trained on two short texts of ours and saved by that gensim."""
    path = Path(__file__).with_name("gensim_files") / version / name
    assert_the_same(path, exact=name != "ngrams.model")
    found = read(path)
    assert set(found.words) == {"a", "of", "river", "wörter", "東京"}
    assert (found.subwords is not None) == (name == "ngrams.model")


def texts() -> list[list[str]]:
    return [list(text) for text in common_texts]


@pytest.mark.parametrize("limit", [1 << 20, 10])
def test_word2vec(limit: int, tmp_path: Path) -> None:
    trained = Word2Vec(texts(), vector_size=8, min_count=1, workers=1)
    trained.save(str(tmp_path / "w.model"), sep_limit=limit)
    trained.wv.save(str(tmp_path / "w.kv"), sep_limit=limit)
    assert (tmp_path / "w.kv.vectors.npy").exists() == (limit == 10)
    for path in (tmp_path / "w.model", tmp_path / "w.kv"):
        assert_the_same(path)
    contexts = read(tmp_path / "w.model").contexts
    assert contexts is not None
    assert np.array_equal(contexts, trained.syn1neg)
    assert read(tmp_path / "w.kv").contexts is None
    assert read(tmp_path / "w.model", limit=3).words == trained.wv.index_to_key[:3]
    assert read(tmp_path / "w.kv", only_words=["trees", "human"]).words == ["trees", "human"]


@pytest.mark.parametrize("limit", [1 << 20, 10])
def test_fasttext(limit: int, tmp_path: Path) -> None:
    trained = FastText(texts(), vector_size=8, min_count=1, bucket=300, workers=1)
    trained.save(str(tmp_path / "f.model"), sep_limit=limit)
    trained.wv.save(str(tmp_path / "f.kv"), sep_limit=limit)
    for path in (tmp_path / "f.model", tmp_path / "f.kv"):
        assert_the_same(path, exact=False)
        assert np.allclose(read(path).vector("treeish", unknown="subwords"), trained.wv["treeish"], atol=1e-7)
        some = read(path, limit=2)
        assert some.counts is not None
        assert some.counts.tolist() == [trained.wv.get_vecattr(word, "count") for word in some.words]
        assert len(some) == 2


def test_fasttext_without_ngrams(tmp_path: Path) -> None:
    trained = FastText(texts(), vector_size=8, min_count=1, max_n=0, workers=1)
    trained.save(str(tmp_path / "f.model"))
    assert_the_same(tmp_path / "f.model")
    assert read(tmp_path / "f.model").subwords is None
    assert read(tmp_path / "f.model", limit=3).words == trained.wv.index_to_key[:3]


def test_doc2vec(tmp_path: Path) -> None:
    documents = [TaggedDocument(text, [place]) for place, text in enumerate(texts())]
    trained = Doc2Vec(documents, vector_size=8, min_count=1, workers=1)
    trained.save(str(tmp_path / "d.model"))
    assert_the_same(tmp_path / "d.model")
    trained.dv.save(str(tmp_path / "tags.kv"))
    with pytest.raises(FormatError, match="its keys are no words"):
        read(tmp_path / "tags.kv")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol(protocol: int, tmp_path: Path) -> None:
    trained = KeyedVectors(4)
    trained.add_vectors(["é", "b", "c"], np.asfortranarray(np.arange(12, dtype=np.float32).reshape(3, 4)))
    trained.vectors = np.asfortranarray(trained.vectors)
    trained.save(str(tmp_path / "v.kv"), pickle_protocol=protocol)
    assert_the_same(tmp_path / "v.kv")
    (tmp_path / "big-endian.kv").write_bytes(model(protocol, vectors=np.arange(6, dtype=">f8").reshape(3, 2)))
    assert read(tmp_path / "big-endian.kv").matrix.tolist() == [[0, 1], [2, 3], [4, 5]]


def test_counts_that_gensim_has_made_up_are_none(tmp_path: Path) -> None:
    (tmp_path / "v.txt").write_text("2 2\na 1 2\nb 3 4\n")
    KeyedVectors.load_word2vec_format(str(tmp_path / "v.txt")).save(str(tmp_path / "v.kv"))
    found = read(tmp_path / "v.kv")
    assert (found.words, found.counts) == (["a", "b"], None)


def test_rows_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "v.kv"
    path.write_bytes(model(index_to_key=["a", "", "c\ud800"]))
    with pytest.raises(FormatError, match=r"the word of row 2 is empty; 2 of 3 rows cannot be used"):
        read(path)
    assert read(path, bad_rows="skip").words == ["a"]
    assert read(path, bad_rows="replace").words == ["a", "_", "c?"]


def test_compressed(tmp_path: Path) -> None:
    (tmp_path / "v.kv.gz").write_bytes(gzip.compress(model()))
    with pytest.raises(FormatError, match="is not read through gzip"):
        read(tmp_path / "v.kv.gz")


class Leaves:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_nothing_is_run(protocol: int, tmp_path: Path) -> None:
    path, trace = tmp_path / "v.kv", tmp_path / "trace"
    path.write_bytes(kept({"vectors": [Leaves(trace)]}, protocol))
    with pytest.raises(FormatError, match=r"it names '\w+\.mkdir', which vectors do not need") as caught:
        read(path)
    assert "where you trust the file" in caught.value.hint
    assert not trace.exists()
    pickle.loads(path.read_bytes())
    assert trace.exists()
