"""Every format: what is written comes back bit for bit; what cannot be written is refused; facts are right."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attacks.tensor_files import with_more
from attacks.vector_files import native_like
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import w2v
from w2v import RunRecord, Vectors
from w2v.cli import main
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.formats import FORMATS, check_output, inspect, read, write
from w2v.verification import verify

NAMES = ("v.safetensors", "v.bin", "v.txt", "v.vec", "v.glove.txt", "v.bin.gz", "v.txt.gz", "v.glove.txt.gz")
FORMAT_OF = {
    "v.safetensors": "safetensors",
    "v.bin": "word2vec-binary",
    "v.txt": "word2vec-text",
    "v.vec": "word2vec-text",
    "v.glove.txt": "glove-text",
}
TABLES = ("npy", "tsv", "csv")
RECORD = RunRecord(model="sgns", settings={"dim": 2, "note": '"sha256":"' + "0" * 64 + '"'}, loss=(0.5, 0.25))


class Listener:
    """A Progress that keeps what it hears."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.done: list[int] = []

    def phase(self, name: str, total: int | None = None, unit: str = "") -> None:
        self.total = total

    def update(self, done: int, **fields: float | str) -> None:
        self.done.append(done)

    def message(self, text: str, level: str = "info") -> None:
        self.messages.append((level, text))

    def close(self) -> None:
        pass


def some_vectors(rows: int = 6, dim: int = 3, counts: bool = True, record: RunRecord | None = None) -> Vectors:
    matrix = np.random.default_rng(0).standard_normal((rows, dim)).astype(np.float32)
    words = [f"wörd{row}" for row in range(rows)]
    return Vectors(words, matrix, np.arange(rows, 0, -1) if counts else None, record)


def same(a: Vectors, b: Vectors) -> bool:
    counts = (a.counts is None) == (b.counts is None) and (a.counts is None or np.array_equal(a.counts, b.counts))
    return a.words == b.words and counts and a.matrix.tobytes() == b.matrix.tobytes() and a.dim == b.dim


VISIBLE = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8).filter(lambda w: w.split() == [w])
ODD_WORDS = [
    "e\u0301",
    "\u0301",
    "👩‍👩‍👧",
    "\ufeffthe",
    "12",
    "-0.5",
    "nan",
    "\0",
    "\x7f",
    "a\u200bb",
    "'",
    "</s>",
    "٣",
    "1e5",
    "\ufffd",
]


@st.composite
def any_vectors(draw: st.DrawFn) -> Vectors:
    words = draw(st.lists(st.sampled_from(ODD_WORDS) | VISIBLE, min_size=1, max_size=6, unique=True))
    shape = (len(words), draw(st.integers(1, 5)))
    floats = st.floats(allow_nan=False, allow_infinity=False, width=32)
    matrix = draw(hnp.arrays(np.float32, shape, elements=floats))
    counts = draw(st.none() | st.lists(st.integers(0, 10**15), min_size=len(words), max_size=len(words)))
    return Vectors(words, matrix, counts)


def with_bytes(*rows: bytes) -> Vectors:
    """Vectors whose values are these bytes, as binary formats hold them."""
    words = [chr(ord("a") + row) for row in range(len(rows))]
    return Vectors(words, np.frombuffer(b"".join(rows), "<f4").reshape(len(rows), -1).astype(np.float32))


@pytest.mark.slow
@given(vectors=any_vectors(), name=st.sampled_from(NAMES))
@example(vectors=with_bytes(b"0\n[G"), name="v.bin")  # begins as a line of text would
@example(vectors=with_bytes(b"0.25"), name="v.bin")  # could be text from beginning to end
@example(vectors=with_bytes(b"0.25"), name="v.bin.gz")
@example(vectors=with_bytes(b"0.25", b"-1.5"), name="v.bin")
@example(vectors=Vectors(["a"], np.array([[0.25]], np.float32)), name="v.txt")  # could be binary from beginning to end
@example(vectors=Vectors(["a"], np.array([[0.25]], np.float32)), name="v.txt.gz")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip(vectors: Vectors, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    written = write(vectors, path)
    beside = tmp_path / (name + ".vocab.txt")
    counted = vectors.counts is not None and name != "v.safetensors"
    assert written == ((path, beside) if counted else (path,))
    assert beside.exists() == counted
    named = FORMAT_OF[name.removesuffix(".gz")]
    assert same(read(path, format=named), vectors)
    assert inspect(path).format == named
    assert same(read(path), vectors)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_rows_over_several_blocks(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    matrix = (rng.standard_normal((30_000, 13)) * 10.0 ** rng.integers(-6, 6, (30_000, 1))).astype(np.float32)
    vectors = Vectors([f"w{row}" for row in range(30_000)], matrix)
    write(vectors, tmp_path / name)
    heard = Listener()
    assert same(read(tmp_path / name, progress=heard), vectors)
    assert heard.messages == []
    assert heard.done == sorted(heard.done)
    assert all(done <= (heard.total or 0) for done in heard.done)
    for limit in (1, 5_000, 40_000):
        some = read(tmp_path / name, limit=limit)
        assert some.words == vectors.words[:limit]
        assert np.array_equal(some.matrix, matrix[:limit])


@pytest.mark.slow
def test_a_very_wide_matrix(tmp_path: Path) -> None:
    vectors = some_vectors(rows=3, dim=30_000)
    for name in NAMES:
        write(vectors, tmp_path / name)
        assert same(read(tmp_path / name), vectors)


class TestReadingWhatOthersWrite:
    """Variants of the formats that are in circulation."""

    @pytest.mark.parametrize(
        "data",
        [
            b"2 3\na 1 -2.5 3e-2\nb 0.5 1.25 4\n",
            b"2 3\r\na 1 -2.5 3e-2\r\nb 0.5 1.25 4\r\n",
            b"2 3\na 1 -2.5 3e-2 \nb 0.5 1.25 4 \n",  # word2vec.c and fastText end rows with a space
            b"2 3\na\t1\t-2.5\t3e-2\nb\t0.5\t1.25\t4\n",
            b"2 3\na  1  -2.5 3E-2\nb 0.5 1.25 4\n\n\n",
            b"\xef\xbb\xbf2 3\na 1 -2.5 .03\nb +0.5 1.25 4.\n",
            b" 2\t3 \na 1 -2.5 3e-2\nb 0.5 1.25 4\n",
            b"a 1 -2.5 3e-2\nb 0.5 1.25 4\n",
            b"a 1 -2.5 3e-2\r\nb 0.5 1.25 4 \r\n",
        ],
    )
    @pytest.mark.parametrize("packed", [False, True])
    def test_text(self, data: bytes, packed: bool, tmp_path: Path) -> None:
        path = tmp_path / "whatever.gz"
        path.write_bytes(gzip.compress(data) if packed else data)
        vectors = read(path)
        assert vectors.words == ["a", "b"]
        assert vectors.matrix.tolist() == [[1, -2.5, np.float32(0.03)], [0.5, 1.25, 4]]

    @pytest.mark.parametrize("between", [b"", b"\n"])
    def test_binary(self, between: bytes, tmp_path: Path) -> None:
        matrix = np.arange(6, dtype="<f4").reshape(2, 3)
        rows = [b"a " + matrix[0].tobytes(), b"\xc3\xa9 " + matrix[1].tobytes()]
        path = tmp_path / "whatever.txt"
        path.write_bytes(b"2 3\n" + between.join(rows) + between)
        vectors = read(path)
        assert vectors.words == ["a", "é"]
        assert np.array_equal(vectors.matrix, matrix)

    @pytest.mark.parametrize(
        ("data", "name", "expected"),
        [
            (b"1 1\na 0.25\n", "v", "word2vec-text"),
            (b"1 1\na 0.25\n", "v.vec", "word2vec-text"),
            (b"1 1\na 0.25\n", "v.bin", "word2vec-binary"),
            (b"1 1\na 0\n[G", "v", "word2vec-binary"),
            (b"1 1\na 0\n[G", "v.txt", "word2vec-binary"),
            (b"2 1\na 0.25\nb 0.125\n", "v.bin", "word2vec-text"),
            (b"2 1\na 0.25\nb 0.125\n", "v.bin.gz", "word2vec-text"),
        ],
    )
    def test_bytes_decide_and_the_name_where_both_fit(
        self, data: bytes, name: str, expected: str, tmp_path: Path
    ) -> None:
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        assert inspect(tmp_path / name).format == expected

    def test_a_header_of_thousands_of_digits(self, tmp_path: Path) -> None:
        (tmp_path / "v.txt").write_bytes(b"1 " + b"9" * 5_000 + b"\na 0.25\n")
        with pytest.raises(FormatError):
            read(tmp_path / "v.txt")

    def test_a_missing_last_line_end_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "v.txt"
        path.write_bytes(b"1 2\na 0.5 0.25")
        heard = Listener()
        assert read(path, progress=heard).matrix.tolist() == [[0.5, 0.25]]
        ((level, text),) = heard.messages
        assert level == "warning"
        assert "no line end" in text

    @pytest.mark.slow
    def test_glove_words_with_spaces(self, tmp_path: Path) -> None:
        """As in the published 840B file: `. . .` and `at name@domain.com` stand among its words."""
        matrix = np.random.default_rng(0).standard_normal((46_000, 5)).astype(np.float32)
        words = [f"w{row}" for row in range(46_000)]
        words[7], words[20_000], words[45_999] = ". . .", "at name@domain.com", "1 1/2 a"
        path = tmp_path / "glove.840B.5d.txt"
        path.write_text(
            "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, matrix, strict=True)), "utf-8"
        )
        vectors = read(path)
        assert vectors.words == words
        assert np.array_equal(vectors.matrix, matrix)
        (copy,) = write(vectors, tmp_path / "copy.glove.txt")
        assert copy.read_bytes() == path.read_bytes()
        write(vectors, tmp_path / "copy.safetensors")
        assert same(read(tmp_path / "copy.safetensors"), vectors)

    def test_glove_whose_first_words_all_hold_spaces(self, tmp_path: Path) -> None:
        path = tmp_path / "v.txt"
        path.write_bytes(b"a b 0.5 1\nc d e 2 3\nf 4 5\n")
        assert read(path).words == ["a b", "c d e", "f"]

    def test_repeated_words_are_counted_aloud(self, tmp_path: Path) -> None:
        path = tmp_path / "v.txt"
        path.write_bytes(b"5 1\na 1\nb 2\na 3\nc 4\nb 5\n")
        heard = Listener()
        vectors = read(path, progress=heard)
        assert vectors.words == ["a", "b", "c"]
        assert vectors.matrix.ravel().tolist() == [1, 2, 4]
        ((level, text),) = heard.messages
        assert level == "warning"
        assert "2 rows repeat a word ('a', 'b')" in text
        assert inspect(path).duplicates == 2


class TestCounts:
    def test_counts_are_not_taken_for_vectors_of_one_dimension(self, tmp_path: Path) -> None:
        write(some_vectors(), tmp_path / "v.bin")
        with pytest.raises(FormatError, match="counts of words, not vectors"):
            read(tmp_path / "v.bin.vocab.txt")

    def test_stale_counts_do_not_outlive_their_vectors(self, tmp_path: Path) -> None:
        write(some_vectors(), tmp_path / "v.bin")
        write(some_vectors(counts=False), tmp_path / "v.bin")
        assert [path.name for path in tmp_path.iterdir()] == ["v.bin"]

    @pytest.mark.parametrize("counts", [True, False])
    @pytest.mark.parametrize(("rename", "done"), [(1, False), (1, True), (2, False)])
    def test_a_kill_leaves_no_counts_beside_vectors_of_another_run(
        self, counts: bool, rename: int, done: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed before or after one of the renames that give both files their names."""
        new, old = some_vectors(counts=counts), some_vectors()
        assert old.counts is not None
        old.counts[:] += 1
        write(old, tmp_path / "v.bin")
        renames: list[str] = []

        def killed(source: str, target: str, replace: Any = os.replace) -> None:
            renames.append(target)
            if done or len(renames) < rename:
                replace(source, target)
            if len(renames) == rename:
                raise SystemExit

        monkeypatch.setattr(os, "replace", killed)
        with suppress(SystemExit):
            write(new, tmp_path / "v.bin")
        assert read(tmp_path / "v.bin").counts is None

    def test_any_order_and_more_words_will_do(self, tmp_path: Path) -> None:
        (tmp_path / "v.txt").write_text("a 1\nb 2\n")
        (tmp_path / "v.txt.vocab.txt").write_text("c 9\nb 5\na 7\n")
        counts = read(tmp_path / "v.txt").counts
        assert counts is not None
        assert counts.tolist() == [7, 5]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"a 7\n", "1 of the 2 words"),
            (b"a 7\nb many\n", "line 2"),
            (b"a 7\nb\n", "line 2"),
            (b"a 7\nb -1\n", "line 2"),
            (b"a 7\nb 99999999999999999999\n", "line 2"),
            (b"a 7\n\xff 5\n", "utf-8"),
            (b"", "2 of the 2 words"),
        ],
    )
    def test_counts_that_do_not_fit_are_left_out_aloud(self, content: bytes, reason: str, tmp_path: Path) -> None:
        (tmp_path / "v.txt").write_text("a 1\nb 2\n")
        (tmp_path / "v.txt.vocab.txt").write_bytes(content)
        heard = Listener()
        assert read(tmp_path / "v.txt", progress=heard).counts is None
        ((level, text),) = heard.messages
        assert level == "warning"
        assert reason in text

    def test_counts_follow_repeated_words_and_limits(self, tmp_path: Path) -> None:
        (tmp_path / "v.txt").write_text("a 1\na 2\nb 3\nc 4\n")
        (tmp_path / "v.txt.vocab.txt").write_text("a 7\nb 5\nc 3\n")
        for limit, expected in ((None, [7, 5, 3]), (3, [7, 5])):
            counts = read(tmp_path / "v.txt", limit=limit).counts
            assert counts is not None
            assert counts.tolist() == expected


class TestNative:
    def test_everything_comes_back(self, tmp_path: Path) -> None:
        vectors = some_vectors(record=RECORD)
        write(vectors, tmp_path / "v.safetensors")
        back = read(tmp_path / "v.safetensors")
        assert same(back, vectors)
        assert back.record == RECORD

    def test_the_same_content_gives_the_same_bytes(self, tmp_path: Path) -> None:
        vectors = some_vectors(record=RECORD)
        copies = {write(vectors, tmp_path / f"{copy}.safetensors")[0].read_bytes() for copy in range(8)}
        assert len(copies) == 1

    def test_the_safetensors_package_reads_it(self, tmp_path: Path) -> None:
        from safetensors.numpy import load_file

        vectors = some_vectors(record=RECORD)
        write(vectors, tmp_path / "v.safetensors")
        tensors = load_file(tmp_path / "v.safetensors")
        assert {name: (str(value.dtype), value.shape) for name, value in tensors.items()} == {
            "embeddings": ("float32", (6, 3)),
            "counts": ("int64", (6,)),
            "words": ("uint8", (sum(len(word.encode()) for word in vectors.words),)),
            "word_offsets": ("int64", (7,)),
            "norms": ("float64", (6,)),
            "block_sha256": ("uint8", (1, 32)),
        }
        assert np.array_equal(tensors["embeddings"], vectors.matrix)

    def test_norms_contexts_and_the_rules_of_the_tokenizer_come_back(self, tmp_path: Path) -> None:
        plain = some_vectors()
        contexts = plain.matrix[::-1].copy()
        vectors = Vectors(plain.words, plain.matrix, contexts=contexts, tokenizer={"lowercase": True, "form": "nfc"})
        write(vectors, tmp_path / "v.safetensors")
        back = read(tmp_path / "v.safetensors")
        assert back.__dict__["norms"].tobytes() == plain.norms.tobytes()  # read, and not computed
        assert back.contexts is not None
        assert back.contexts.tobytes() == contexts.tobytes()
        assert back.tokenizer == {"lowercase": True, "form": "nfc"}
        few = read(tmp_path / "v.safetensors", limit=2)
        assert few.contexts is not None
        assert (few.norms.shape, few.contexts.shape) == ((2,), (2, 3))

    def test_a_format_without_contexts_is_said(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        plain = some_vectors()
        vectors = Vectors(plain.words, plain.matrix, contexts=plain.matrix)
        write(vectors, tmp_path / "v.bin", progress=True)
        assert "v.bin: the vectors as contexts" in capsys.readouterr().err

    def test_repeated_words_take_norms_and_contexts_with_them(self, tmp_path: Path) -> None:
        path = tmp_path / "v.safetensors"
        path.write_bytes(native_like(words=np.frombuffer(b"aaa", np.uint8), word_offsets=np.array([0, 1, 3])))
        assert read(path).words == ["a", "aa"]
        twice = {"word_offsets": np.array([0, 1, 2]), "words": np.frombuffer(b"aa", np.uint8)}
        path.write_bytes(native_like(contexts=np.eye(2, dtype=np.float32), **twice))
        back = read(path)
        assert back.contexts is not None
        assert (back.words, back.norms.shape, back.contexts.shape) == (["a"], (1,), (1, 2))

    def test_of_a_large_file_the_rows_are_checked_when_all_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("w2v.formats.native.SMALL", 50_000)
        path = tmp_path / "v.safetensors"
        vectors = some_vectors(rows=3_000, dim=100)
        write(vectors, path)
        data = bytearray(path.read_bytes())
        place = data.index(vectors.matrix[2_000].tobytes())
        data[place + 3] = 0x7F
        data[place + 2] |= 0x80  # an exponent of ones: NaN or infinity
        path.write_bytes(data)
        first = Vectors(vectors.words[:100], vectors.matrix[:100], np.arange(3_000, 2_900, -1))
        assert same(read(path, limit=100), first)
        assert not np.isfinite(read(path).matrix[2_000]).all()
        for call in (
            lambda: read(path, check_all=True),
            lambda: read(path, check_all=True, limit=2_500),
            lambda: inspect(path),
        ):
            with pytest.raises(FormatError, match=r"it is damaged: the sha256 of block \d \(embeddings"):
                call()
        assert not verify(path).whole
        assert main(["convert", str(path), str(tmp_path / "v.bin")]) == 1
        data[path.read_bytes().rindex("wörd2999".encode())] ^= 1
        path.write_bytes(data)
        with pytest.raises(FormatError, match=r"it is damaged: the sha256 of block \d \(.*words"):
            read(path)

    def test_norms_that_lie_are_found_when_all_is_checked(self, tmp_path: Path) -> None:
        path = tmp_path / "v.safetensors"
        path.write_bytes(native_like(norms=np.array([1.0, 1.5])))
        assert read(path).norms.tolist() == [1.0, 1.5]
        for call in (lambda: read(path, check_all=True), lambda: inspect(path)):
            with pytest.raises(FormatError, match="its norms are not those of its rows"):
                call()

    def test_tensors_of_later_versions_are_ignored(self, tmp_path: Path) -> None:
        (path,) = write(some_vectors(record=RECORD), tmp_path / "v.safetensors")
        more = with_more(path.read_bytes(), "word_order", np.ones(2, np.int32), "I32")
        path.write_bytes(with_more(more, "of_the_future", np.ones((2, 3), np.uint8), "F4"))
        assert same(read(path), some_vectors())
        assert inspect(path).verified
        (path,) = write(some_vectors(), path)
        path.write_bytes(path.read_bytes().replace(b"w2v.vectors/1", b"w2v.vectors/3"))
        with pytest.raises(FormatError, match="a newer w2v wrote it") as caught:
            read(path)
        assert caught.value.hint == "upgrade w2v: pip install --upgrade w2v"

    def test_equal_results_give_equal_content(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whenever a run was, however long it took, and with however many threads."""
        shared: dict[str, Any] = {"model": "glove", "environment": {}, "vocabulary": {"words": 6}}
        runs = [
            RunRecord(
                **shared,
                settings={"dim": 3, "threads": threads, "memory": None},
                corpus={"tokens": 9, "seconds": seconds},
                timings={"train": seconds},
                trained={"words": 8, "cpu_seconds": seconds},
                threads=threads,
                started=started,
            )
            for threads, seconds, started in ((1, 2.5, "then"), (8, 0.5, "now"))
        ]
        one, other = (tmp_path / f"{name}.safetensors" for name in ("one", "other"))
        for path, record in zip((one, other), runs, strict=True):
            write(some_vectors(record=record), path)
            assert read(path).record == record
        assert one.read_bytes() != other.read_bytes()
        assert inspect(one).content_sha256 == inspect(other).content_sha256
        for path, record in zip((one, other), runs, strict=True):
            write(some_vectors(record=record), path, times=False)
        assert one.read_bytes() == other.read_bytes()
        without = read(one).record
        assert without is not None
        assert (without.started, without.timings, without.settings) == ("", {}, {"dim": 3})
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        contents = {inspect(one).content_sha256}
        for path, record in zip((one, other), runs, strict=True):
            write(some_vectors(record=record), path)
            contents.add(inspect(path).content_sha256)
        assert one.read_bytes() == other.read_bytes()
        assert len(contents) == 1
        dated = read(one).record
        assert dated is not None
        assert dated.started == "2023-11-14T22:13:20+00:00"

    def test_a_record_of_very_many_sources_names_the_first(self, tmp_path: Path) -> None:
        sources = [f"{number:0100}.txt" for number in range(60_000)]
        write(some_vectors(record=RunRecord("sgns", {}, {"sources": sources})), tmp_path / "v.safetensors")
        back = read(tmp_path / "v.safetensors").record
        assert back is not None
        assert back.corpus["sources"][:1000] == sources[:1000]
        assert back.corpus["sources"][1000:] == ["… and 59,000 more"]

    @pytest.mark.slow
    def test_every_flipped_byte_is_found(self, tmp_path: Path) -> None:
        (path,) = write(some_vectors(rows=2), tmp_path / "v.safetensors")
        data = bytearray(path.read_bytes())
        for place in range(len(data)):
            data[place] ^= 4
            path.write_bytes(data)
            with pytest.raises(FormatError):
                read(path, format="safetensors")
            data[place] ^= 4

    def test_the_matrix_is_mapped_not_copied(self, tmp_path: Path) -> None:
        import mmap

        write(some_vectors(), tmp_path / "v.safetensors")
        base: Any = read(tmp_path / "v.safetensors").matrix
        while isinstance(base, np.ndarray):
            base = base.base
        assert isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)

    def test_a_file_may_be_replaced_while_it_is_mapped(self, tmp_path: Path) -> None:
        path = tmp_path / "v.safetensors"
        write(some_vectors(), path)
        mapped = read(path)
        write(some_vectors(rows=2), path)
        assert same(mapped, some_vectors())
        write(mapped, path)
        assert same(read(path), some_vectors())


class TestWriting:
    @pytest.mark.parametrize(
        ("word", "takes"),
        [
            ("new york", {"safetensors", "fasttext", "parquet", "glove-text", *TABLES}),
            ("route 66", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("a\u00a0b", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("a\u0085", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("a\nb", {"safetensors", "fasttext", "parquet"}),
            (" ", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("a ", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("a\x1fb", {"safetensors", "fasttext", "parquet", *TABLES}),
            ("\ud800", set()),
            (unicodedata.lookup("ZERO WIDTH SPACE"), set(FORMATS)),
        ],
    )
    def test_words_that_would_not_come_back_are_refused(self, word: str, takes: set[str], tmp_path: Path) -> None:
        vectors = Vectors(["the", word], np.eye(2))
        for name in FORMATS:
            path = tmp_path / name
            if name in takes:
                write(vectors, path, format=name)
                assert read(path, format=name).words == vectors.words
            else:
                with pytest.raises(OutputError) as caught:
                    write(vectors, path, format=name)
                assert caught.value.hint
                assert not path.exists()

    def test_nan_is_never_written(self, tmp_path: Path) -> None:
        for value in (np.nan, np.inf):
            for name in NAMES:
                with pytest.raises(OutputError, match="'b' first"):
                    write(Vectors.unchecked(["a", "b"], np.array([[1.0], [value]], np.float32)), tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_a_full_disk_leaves_the_old_pair_intact(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(some_vectors(), tmp_path / "v.txt")
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "")

        monkeypatch.setattr("w2v.files.whole.os.fsync", full)
        with pytest.raises(OutputError, match="no space left"):
            write(some_vectors(rows=9), tmp_path / "v.txt")
        with pytest.raises(OutputError, match="no space left"):
            write(some_vectors(rows=9, counts=False), tmp_path / "v.txt")
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before

    def test_the_same_bytes_every_time(self, tmp_path: Path) -> None:
        for name in NAMES[1:]:
            write(some_vectors(), tmp_path / name)
            first = (tmp_path / name).read_bytes()
            write(some_vectors(), tmp_path / name)
            assert (tmp_path / name).read_bytes() == first
        packed = (tmp_path / "v.txt.gz").read_bytes()
        assert packed[4:8] == bytes(4)  # no time stamp

    def test_text_looks_as_expected(self, tmp_path: Path) -> None:
        vectors = Vectors(["a", "b"], np.array([[1, -0.1, 1e-7], [0, 3.4e38, 0.333333343]], np.float32), [3, 2])
        write(vectors, tmp_path / "v.txt")
        assert (tmp_path / "v.txt").read_text() == "2 3\na 1.0 -0.1 1e-07\nb 0.0 3.4e+38 0.33333334\n"
        assert (tmp_path / "v.txt.vocab.txt").read_text() == "a 3\nb 2\n"
        write(vectors, tmp_path / "v.glove.txt")
        assert (tmp_path / "v.glove.txt").read_text() == "a 1.0 -0.1 1e-07\nb 0.0 3.4e+38 0.33333334\n"

    def test_a_device_gets_no_counts(self) -> None:
        assert write(some_vectors(), "/dev/null", format="word2vec-text") == (Path("/dev/null"),)
        assert not Path("/dev/null.vocab.txt").exists()


class TestChoosingAFormat:
    @pytest.mark.parametrize("name", ["vectors", "vectors.gz", "vectors.model", "txt", "v.safetensors.gz"])
    def test_names_that_say_nothing(self, name: str, tmp_path: Path) -> None:
        for check in (lambda path: check_output(path), lambda path: write(some_vectors(), path)):
            with pytest.raises(SettingsError) as caught:
                check(tmp_path / name)
            assert caught.value.hint

    @pytest.mark.parametrize("name", NAMES)
    def test_names_that_do(self, name: str, tmp_path: Path) -> None:
        assert check_output(tmp_path / name.upper()).name == FORMAT_OF[name.removesuffix(".gz")]
        assert list(tmp_path.iterdir()) == []

    def test_a_named_format_needs_no_suffix(self, tmp_path: Path) -> None:
        assert check_output(tmp_path / "x", format="glove-text").name == "glove-text"
        for call in (lambda: check_output("x", format="doc"), lambda: read("x", format="doc")):
            with pytest.raises(SettingsError, match="'doc'"):
                call()

    def test_an_unwritable_place_is_told_beforehand(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="no such file"):
            check_output(tmp_path / "absent" / "v.bin")
        with pytest.raises(OutputError, match="it needs"):
            check_output(tmp_path / "v.bin", size=10**18)

    def test_limit_must_be_positive(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="limit"):
            read(tmp_path / "v.bin", limit=0)


class TestInspect:
    def test_facts(self, tmp_path: Path) -> None:
        vectors = Vectors(["a", "b", "c"], [[3, 4], [0, 0], [1, 0]], [5, 3, 2], RECORD)
        hashes, contents = set(), set()
        for name in NAMES:
            path = write(vectors, tmp_path / name)[0]
            info = inspect(path)
            hashes.add(info.embeddings_sha256)
            contents.add(info.content_sha256)
            assert (info.format, info.compressed) == (FORMAT_OF[name.removesuffix(".gz")], name.endswith(".gz"))
            assert (info.words, info.dim, info.bytes) == (3, 2, path.stat().st_size)
            assert (info.tokens, info.zero_rows, info.duplicates) == (10, 1, 0)
            assert (info.norm_min, info.norm_mean, info.norm_max) == (0, 2, 5)
            assert info.verified is (True if name == "v.safetensors" else None)
            assert info.record == (RECORD if name == "v.safetensors" else None)
            assert info.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
            assert info.to_dict()["first"] == ["a", "b", "c"]
        assert len(contents - {None}) == 1
        assert hashes == {hashlib.sha256(np.array([3, 4, 0, 0, 1, 0], "<f4").tobytes()).hexdigest()}

    def test_the_reference_vectors(self, shared: Path) -> None:
        info = inspect(shared / "eval_sets/vectors/googlenews-weat-347x300.txt")
        assert (info.format, info.words, info.dim) == ("word2vec-text", 347, 300)


def test_names_at_the_top(tmp_path: Path) -> None:
    w2v.save(some_vectors(), tmp_path / "v.bin")
    assert same(w2v.load(tmp_path / "v.bin"), some_vectors())
