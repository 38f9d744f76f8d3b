"""Token caches and co-occurrence files: whatever is written comes back, in the same bytes, and safetensors reads it."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from attacks.tensor_files import REPORT
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from w2v.cooccurrences.file import load_cooccurrences, save_cooccurrences
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting, Parts
from w2v.tokens import cachefile
from w2v.tokens.cache import metadata_of, open_cache
from w2v.tokens.settings import CorpusConfig
from w2v.vocab import Vocabulary

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@settings(max_examples=30, deadline=None)
@given(data=st.data(), words=st.lists(WORDS, min_size=1, max_size=8, unique=True))
def test_token_caches(folder: Path, data: st.DataObject, words: list[str]) -> None:
    counts = data.draw(st.lists(st.integers(1, 2**62), min_size=len(words), max_size=len(words)))
    ids = st.integers(-1, len(words) - 1)
    parts = data.draw(st.lists(st.lists(ids, max_size=9).map(lambda part: np.array(part, np.int32)), max_size=4))
    path = folder / "any.tokens"
    with path.open("wb") as file:
        cachefile.write(file, words, np.array(counts), iter(parts), metadata_of(CorpusConfig(), REPORT))
    with open_cache(path) as cache:
        assert cache.vocabulary.words == words
        assert cache.vocabulary.counts.tolist() == counts
        assert cache.tokens.tolist() == [token for part in parts for token in part.tolist()]
        assert cache.report == REPORT
    again = io.BytesIO()
    cachefile.write(again, words, np.array(counts), parts, metadata_of(CorpusConfig(), REPORT))
    assert again.getvalue() == path.read_bytes()
    assert load_file(path)["tokens"].size == sum(map(len, parts))


@st.composite
def matrices(draw: st.DrawFn) -> tuple[Cooccurrences, np.ndarray]:
    """A matrix with any cells, and the same as an array."""
    words = draw(st.integers(2, 40))  # 32 and more are in two parts
    parts = Parts(words)
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    dense = rng.random((words, words), dtype=np.float32) + np.float32(0.25)
    dense[rng.random((words, words)) > draw(st.floats(0, 1))] = 0
    groups = [parts.in_order[begin:end] for begin, end in zip(parts.bounds, parts.bounds[1:], strict=False)]
    stripes = []
    for mine in groups:
        rows, lengths, columns, values, runs, records = [], [], [], [], [0], [0]
        for theirs in groups:
            for place, word in enumerate(mine):
                (found,) = np.nonzero(dense[word, theirs])
                if len(found):
                    rows.append(place)
                    lengths.append(len(found))
                    columns.extend(found)
                    values.extend(dense[word, theirs[found]])
            runs.append(len(rows))
            records.append(len(values))
        small = (np.array(numbers, dtype=np.uint16) for numbers in (rows, lengths, columns))
        stripes.append([Chunk(*small, np.array(values, np.float32), np.array(runs), np.array(records))])
    vocabulary = Vocabulary([f"wörd{word}" for word in range(words)], np.arange(words, 0, -1))
    counting = Counting(draw(st.integers(1, 99)), draw(st.sampled_from(["left", "symmetric"])), "flat")
    return Cooccurrences(vocabulary, {"tokens": 5, "sources": ["x"]}, counting, stripes, {}), dense


@settings(max_examples=20, deadline=None)
@given(drawn=matrices())
def test_cooccurrence_files(folder: Path, drawn: tuple[Cooccurrences, np.ndarray]) -> None:
    matrix, dense = drawn
    path = folder / "any.cooc"
    save_cooccurrences(matrix, path)
    back = load_cooccurrences(path)
    assert np.array_equal(back.to_scipy().toarray(), dense)
    assert list(back.vocabulary.words) == matrix.vocabulary.words
    assert back.vocabulary.counts.tolist() == matrix.vocabulary.counts.tolist()
    assert (asdict(back.counting), back.corpus) == (asdict(matrix.counting), {"tokens": 5})
    save_cooccurrences(back, folder / "again.cooc")
    assert (folder / "again.cooc").read_bytes() == path.read_bytes()


@pytest.mark.slow
def test_a_matrix_is_mapped_and_checked_in_pieces(tmp_path: Path) -> None:
    """A million runs, of which no array in memory has as many entries."""
    words = 1 << 14
    parts = Parts(words)
    places = np.tile(np.arange(parts.size, dtype=np.uint16), parts.number)
    ones, starts = np.ones(len(places), dtype=np.uint16), np.arange(parts.number + 1) * parts.size
    chunk = Chunk(places, ones, 0 * ones, np.ones(len(places), dtype=np.float32), starts, starts)
    vocabulary = Vocabulary([f"w{word}" for word in range(words)], np.ones(words, dtype=np.int64))
    stripes = [[chunk] for _ in range(parts.number)]
    save_cooccurrences(Cooccurrences(vocabulary, {}, Counting(5, "left", "flat"), stripes, {}), tmp_path / "any.cooc")
    tracemalloc.start()
    matrix = load_cooccurrences(tmp_path / "any.cooc")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert matrix.runs == 1 << 20
    assert peak < 8 * matrix.runs
