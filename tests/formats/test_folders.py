"""Folders of model2vec, of sentence-transformers' StaticEmbedding and of spaCy, and Parquet files of other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as arrow
import pytest
from attacks.folder_files import HASHES, ROWS, packed, table, tensors, tokenizer
from pyarrow import parquet

from w2v import Vectors
from w2v.cli import main
from w2v.errors import FormatError, SettingsError
from w2v.formats import inspect, read, write
from w2v.formats.murmur import murmur_hashes


def hub(folder: Path, home: str = "", *, words: bytes = tokenizer(), name: str = "embeddings", **arrays: Any) -> Path:
    (folder / home).mkdir(parents=True, exist_ok=True)
    (folder / home / "model.safetensors").write_bytes(tensors(**{name: ROWS, **arrays}))
    (folder / home / "tokenizer.json").write_bytes(words)
    return folder


class TestHub:
    @pytest.mark.parametrize(("home", "name"), [("", "embeddings"), ("0_StaticEmbedding", "embedding.weight")])
    def test_the_layouts(self, home: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        path = hub(tmp_path / "m", home, name=name)
        found = read(path)
        assert found.words == ["king", "##s", "queen"]
        assert np.array_equal(found.matrix, ROWS[1:])
        assert found.counts is None
        assert inspect(path).format == "hub"
        assert main(["similar", "king", "-m", str(path)]) == 0
        assert "##ing goes on a word" in capsys.readouterr().err
        assert main(["convert", str(path), str(tmp_path / "v.bin"), "-q"]) == 0
        assert read(tmp_path / "v.bin").words == found.words

    @pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int8])
    def test_other_numbers(self, dtype: Any, tmp_path: Path) -> None:
        rows = (10 * ROWS).astype(dtype)
        found = read(hub(tmp_path, embeddings=rows))
        assert np.array_equal(found.matrix, rows[1:].astype(np.float32))

    def test_bfloat16(self, tmp_path: Path) -> None:
        hub(tmp_path, embeddings=(ROWS.view(np.uint32) >> 16).astype(np.uint16).view(np.float16))
        path = tmp_path / "model.safetensors"
        path.write_bytes(path.read_bytes().replace(b'"F16"', b'"BF16"').replace(b'"pt"', b'"p"'))
        assert np.allclose(read(tmp_path).matrix, ROWS[1:], rtol=0.01)

    def test_mapping_and_weights(self, tmp_path: Path) -> None:
        mapping, weights = np.array([0, 1, 0, 1]), np.array([1, 2, 3, 4], np.float32)
        found = read(hub(tmp_path, embeddings=ROWS[:2].copy(), mapping=mapping, weights=weights))
        assert np.allclose(found.matrix, (ROWS[mapping] * weights[:, None])[1:])

    def test_vocabularies(self, tmp_path: Path) -> None:
        pairs = [["<unk>", 0], ["▁king", -1.5], ["s", -2], ["▁queen", -3]]
        assert read(hub(tmp_path, words=tokenizer(pairs, "Unigram", unk_id=0))).words == ["▁king", "s", "▁queen"]
        added = [{"content": "[PAD]", "id": 3, "special": True}, {"content": "new york", "id": 2, "special": False}]
        assert read(hub(tmp_path, words=tokenizer({"[UNK]": 0, "a": 1}, added=added))).words == ["a", "new york"]

    def test_rows_that_are_wanted(self, tmp_path: Path) -> None:
        path = hub(tmp_path)
        assert read(path, limit=2).words == ["king", "##s"]
        assert read(path, only_matching="^[a-z]").words == ["king", "queen"]

    def test_it_is_not_written(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="hub is read and not written"):
            write(Vectors(["a"], [[1.0]]), tmp_path / "m", format="hub")

    def test_links_are_named(self, tmp_path: Path) -> None:
        hub(tmp_path / "blobs")
        (tmp_path / "snapshot").mkdir()
        for path in (tmp_path / "blobs").iterdir():
            (tmp_path / "snapshot" / path.name).symlink_to(path)
        with pytest.raises(FormatError, match="whose files are links") as caught:
            read(tmp_path / "snapshot")
        assert "cp -rL" in caught.value.hint


class TestSpacy:
    def laid(self, folder: Path, pairs: dict[int, int], rows: Any = ROWS, strings: Any = ("king", "queen")) -> Path:
        home = folder / "pipeline" / "vocab"
        home.mkdir(parents=True)
        with (home / "vectors").open("wb") as file:
            np.save(file, rows)
        (home / "key2row").write_bytes(packed(pairs))
        (home / "strings.json").write_text(json.dumps(list(strings)))
        (home / "vectors.cfg").write_text('{"mode":"default"}')
        return folder

    def test_the_words_are_found_by_their_hashes(self, tmp_path: Path) -> None:
        assert murmur_hashes(["coffee", "apple"]).tolist() == [3197928453018144401, 8566208034543834098]
        path = self.laid(tmp_path, {HASHES[0]: 2, HASHES[1]: 0, 99: 1})
        for folder in (path, path / "pipeline", path / "pipeline" / "vocab"):
            found = read(folder)
            assert found.words == ["queen", "king"]
            assert np.array_equal(found.matrix, ROWS[[0, 2]])
        assert inspect(path).format == "spacy"

    def test_several_words_may_share_a_row(self, tmp_path: Path) -> None:
        words = [f"word{place}" * (place % 9 + 1) for place in range(12)]
        hashes = murmur_hashes(words).tolist()
        found = read(self.laid(tmp_path, {key: place % 4 for place, key in enumerate(hashes)}, strings=words))
        assert found.words == [words[place] for row in range(4) for place in range(row, 12, 4)]

    def test_vectors_of_ngrams(self, tmp_path: Path) -> None:
        path = self.laid(tmp_path, {})
        (path / "pipeline" / "vocab" / "vectors.cfg").write_text('{"mode":"floret"}')
        with pytest.raises(FormatError, match="of n-grams"):
            read(path)


class TestParquet:
    def test_what_is_written(self, tmp_path: Path) -> None:
        write(Vectors(["the", "of"], ROWS[:2], np.array([7, 3])), tmp_path / "v.parquet")
        found = parquet.read_table(tmp_path / "v.parquet")
        assert found.column_names == ["word", "rank", "count", "vector"]
        assert found.column("rank").to_pylist() == [1, 2]
        assert found.schema.field("vector").type == arrow.list_(arrow.float32(), 3)

    @pytest.mark.parametrize(
        "columns",
        [
            {"token": ["a", "b", "c", "d"], "embedding": ROWS.tolist()},
            {"lang": ["x"] * 4, "word": ["a", "b", "c", "d"], "freq": [4, 3, 2, 1], "v": ROWS.tolist()},
            {"name": ["a", "b", "c", "d"], **{str(place): ROWS[:, place] for place in range(3)}},
            {"word": arrow.array(["a", "b", "c", "d"], arrow.large_string()), "v": list(ROWS.astype(np.float64))},
        ],
    )
    def test_files_of_other_programs(self, columns: dict[str, Any], tmp_path: Path) -> None:
        (tmp_path / "v").write_bytes(table(**columns))
        found = read(tmp_path / "v")
        assert (found.words, found.matrix.tolist()) == (["a", "b", "c", "d"], ROWS.tolist())
        assert (None if found.counts is None else found.counts.tolist()) == columns.get("freq")
        assert read(tmp_path / "v", limit=2).words == ["a", "b"]

    def test_many_rows_are_written_and_read_in_parts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("w2v.formats.parquet.PART", 1 << 10)
        monkeypatch.setattr("w2v.formats.parquet.BATCH", 100)
        vectors = Vectors([f"w{row}" for row in range(999)], np.random.default_rng(0).random((999, 5)))
        write(vectors, tmp_path / "v.parquet")
        found = read(tmp_path / "v.parquet")
        assert (found.words, found.matrix.tobytes()) == (vectors.words, vectors.matrix.tobytes())

    def test_without_pyarrow(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "v.parquet").write_bytes(table(word=["a"], x=[1.0]))
        monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
        with pytest.raises(SettingsError, match=r"Parquet needs the package pyarrow.*pip install 'w2v\[parquet\]'"):
            read(tmp_path / "v.parquet")
