"""`w2v export`: folders for the Hub, tables and the projector. What other programs make of them: test_peers.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow import parquet

from w2v import RunRecord, Vectors
from w2v.cli import main
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.export import export_hub, export_projector
from w2v.export.card import read_scores
from w2v.formats import read, write

WORDS = [f"word{row}" for row in range(30)]
RECORD = RunRecord("sgns", {"dim": 4, "tokenizer": "words", "lowercase": True}, {"sources": ["/home/me/corpus.txt"]})


def some(record: RunRecord | None = RECORD, **changes: Any) -> Vectors:
    matrix = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
    return Vectors(WORDS, matrix, np.arange(30, 0, -1) ** 2, record, **changes)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(some(), tmp_path / "vectors.safetensors")
    return tmp_path / "vectors.safetensors"


def rows_of(folder: Path) -> tuple[np.ndarray, dict[str, Any]]:
    data = (folder / "model.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    facts = json.loads(data[8 : 8 + length])["embeddings"]
    code = {"F32": "<f4", "F16": "<f2", "I8": "i1"}[facts["dtype"]]
    return np.frombuffer(data[8 + length :], code).reshape(facts["shape"]), facts


class TestHub:
    def test_the_mean_of_its_rows_is_what_encode_gives(self, tmp_path: Path) -> None:
        vectors = some()
        for pooling in ("sif", "usif", "mean"):
            made = export_hub(vectors, tmp_path / pooling, pooling=pooling, progress=False)
            assert (made.words, made.tokens, made.dim) == (30, 31, 4)
            rows, _ = rows_of(tmp_path / pooling)
            assert not rows[30].any()
            mean = rows[[3, 7, 30]].mean(axis=0)
            (wanted,) = vectors.encode(["Word3, word7 and nobody"], pooling, progress=False)
            assert np.allclose(mean / np.linalg.norm(mean), wanted, atol=1e-6)
        assert np.array_equal(rows[:30], vectors.matrix)

    def test_it_is_read_again(self, tmp_path: Path) -> None:
        phrases = RunRecord("sgns", {"tokenizer": "words", "phrases": 1})
        vectors = Vectors(["new", "york", "new_york"], np.eye(3), np.array([5, 4, 3]), phrases)
        made = export_hub(vectors, tmp_path / "m", pooling="mean", progress=False)
        assert (made.phrases, made.tokens) == (1, 5)
        back = read(tmp_path / "m")
        assert (back.words, back.matrix.tolist()) == (vectors.words, vectors.matrix.tolist())

    def test_other_numbers(self, tmp_path: Path) -> None:
        vectors = some()
        whole = vectors.encoder(progress=False).rows()
        export_hub(vectors, tmp_path / "half", dtype="float16", progress=False)
        rows, facts = rows_of(tmp_path / "half")
        assert facts["dtype"] == "F16"
        assert np.allclose(rows[:30], whole, atol=1e-2)
        export_hub(vectors, tmp_path / "bytes", dtype="int8", progress=False)
        rows, _ = rows_of(tmp_path / "bytes")
        assert np.abs(rows).max() == 127
        assert np.allclose(rows[:30] * np.abs(whole).max() / 127, whole, atol=np.abs(whole).max() / 250)
        assert "sentence_transformers" not in (tmp_path / "bytes" / "README.md").read_text()
        with pytest.raises(SettingsError, match="dtype is 'int4'"):
            export_hub(vectors, tmp_path / "x", dtype="int4", progress=False)  # type: ignore[arg-type]
        large = Vectors(["a", "b"], [[1e6], [2.0]], [2, 1], RECORD)
        with pytest.raises(SettingsError, match="float16 cannot hold"):
            export_hub(large, tmp_path / "x", dtype="float16", pooling="mean", progress=False)
        assert not (tmp_path / "x").exists()

    def test_a_folder_with_files_is_not_replaced(self, file: Path) -> None:
        Path("there").mkdir()
        Path("there/letter.txt").write_text("dear")
        assert main(["export", "hub", "there"]) == 1
        assert [path.name for path in Path("there").iterdir()] == ["letter.txt"]

    def test_dim_and_words(self, file: Path) -> None:
        assert main(["export", "hub", "m", "--dim", "2", "--limit", "5", "--tokenizer", "whitespace", "-q"]) == 0
        assert rows_of(Path("m"))[0].shape == (6, 2)
        assert main(["export", "hub", "n", "--tokenizer", "icu"]) == 2


class TestCard:
    def card(self, *arguments: str) -> str:
        assert main(["export", "hub", "m", "-q", *arguments]) == 0
        return Path("m/README.md").read_text("utf-8")

    def test_facts(self, file: Path) -> None:
        card = self.card("--licence", "cc-by-4.0", "--language", "en", "--name", "me/words")
        head, _, text = card.removeprefix("---\n").partition("\n---\n")
        assert 'license: "cc-by-4.0"' in head
        assert 'language: "en"' in head
        assert "# me/words" in text
        assert "corpus.txt" in text
        assert "/home/me" not in card
        assert "30 words in 4 dimensions" in text.replace("\n", " ") or "of 30 words in 4 dimensions" in text

    def test_scores(self, file: Path) -> None:
        score = {"name": "spearman", "value": 0.5, "low": 0.25, "high": 0.75, "scored": 90, "total": 100}
        suite = {"suite": "wordsim353", "kind": "similarity", "title": "WordSim-353", "score": score}
        row = {"dims": 2, "float32_bytes": 8, "int8_bytes": 2, "scores": [{"suite": "x", "value": 0.4}]}
        dims = {"order": "pca", "verdict": "2 are enough.", "rows": [{**row, "is_full": False, "no_worse_shown": True}]}
        results = {
            "schema": "w2v.eval/1",
            "files": [{"vectors": "elsewhere/vectors.safetensors", "suites": [suite]}, {"vectors": "other.bin"}],
            "studies": {"dims": {"elsewhere/vectors.safetensors": dims}},
        }
        Path("scores.json").write_text(json.dumps(results))
        card = self.card("--scores", "scores.json")
        assert "| wordsim353 | spearman | 0.500 | 0.250 to 0.750 | 90 of 100 |" in card
        assert 'dataset: {"type": "wordsim353", "name": "WordSim-353"}' in card
        assert 'metrics: [{"type": "spearman", "value": 0.5}]' in card
        assert "| 2 | 8 | 2 | 0.400 | no worse shown |" in card
        with pytest.raises(SettingsError, match="has results of elsewhere"):
            read_scores(Path("scores.json"), "mine.bin")

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"files": []}', '{"schema": "w2v.bias/1", "files": []}'])
    def test_what_are_no_scores(self, text: str, tmp_path: Path) -> None:
        (tmp_path / "s.json").write_text(text)
        with pytest.raises(FormatError, match=r"s\.json"):
            read_scores(tmp_path / "s.json", "v.bin")


def test_parquet(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "parquet", "any.name", "--limit", "7"]) == 0
    assert "wrote any.name: 7 words × 4 dimensions" in capsys.readouterr().err
    assert parquet.read_table("any.name").column("rank").to_pylist() == [*range(1, 8)]
    assert main(["export", "parquet", "vectors.safetensors"]) == 2


class TestProjector:
    def test_files(self, file: Path) -> None:
        assert main(["export", "projector", "p", "-q"]) == 0
        rows = np.loadtxt("p/vectors.tsv", dtype=np.float32, delimiter="\t")
        assert np.array_equal(rows, some().matrix)
        lines = Path("p/metadata.tsv").read_text().splitlines()
        assert lines[:2] == ["word\tcount", "word0\t900"]
        assert len(lines) == 31

    def test_odd_words_have_one_line_each_and_no_head(self, tmp_path: Path) -> None:
        words = ["a\tb", "c\nd", "e\u2028f", "g h", "\ud800"]
        export_projector(Vectors(words, np.eye(5)), tmp_path / "p", progress=False)
        assert (tmp_path / "p/metadata.tsv").read_text("utf-8").split("\n") == ["a b", "c d", "e f", "g h", "?", ""]

    def test_nan_is_refused(self, tmp_path: Path) -> None:
        bad = Vectors.unchecked(["a"], np.array([[np.nan]], np.float32))
        with pytest.raises(OutputError, match="NaN or infinity"):
            export_projector(bad, tmp_path / "p", progress=False)
        assert not (tmp_path / "p").exists()
