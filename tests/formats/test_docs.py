"""docs/formats.md tells the truth: its tables are those of the code, and its recipe verifies a file.

`python tests/formats/test_docs.py` writes the table of formats anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from w2v import RunRecord, Vectors
from w2v.compare import map_file
from w2v.compare.deals import kept
from w2v.cooccurrences import file as cooccurrences
from w2v.files.tensors import Layout, writing
from w2v.files.tensors.header import TABLE
from w2v.formats import FORMATS, native, write
from w2v.formats.registry import load
from w2v.search import index_file
from w2v.tokens import cachefile, shards

FILE = Path(__file__).parents[2] / "docs" / "formats.md"
PAGE = FILE.read_text("utf-8")
HEADS = ("format", "suffix", "words are refused if", "counts", "run record")
COUNTS = {"inside": "inside", "beside": "`OUT.vocab.txt`", "nowhere": "no"}
RECIPE = PAGE.split("```python\n")[1].split("```")[0]


def table() -> str:
    """What the formats say of themselves."""
    rows = [HEADS, ("---",) * len(HEADS)]
    for entry in FORMATS.values():
        made = load(entry)
        suffixes = ", ".join(f"`{suffix}`" for suffix in entry.suffixes)
        record = "inside" if made.holds_record else "no"
        rows.append((f"`{entry.name}`", suffixes, made.refusal or "–", COUNTS[made.counts], record))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_the_table_of_formats_is_what_they_say_of_themselves() -> None:
    assert table() in PAGE, "python tests/formats/test_docs.py"


@pytest.mark.parametrize(
    "layout",
    [
        native.LAYOUT,
        native.SMALL_LAYOUT,
        cachefile.LAYOUT,
        shards.LAYOUT,
        cooccurrences.LAYOUT,
        kept.LAYOUT,
        index_file.LAYOUT,
        map_file.LAYOUT,
    ],
)
def test_every_tensor_is_described(layout: Layout) -> None:
    for name, tensor in layout.items():
        state = "reserved" if tensor.reserved else "required" if tensor.required else "optional"
        row = f"| `{name}` | {tensor.dtype} [{', '.join(tensor.shape)}] | {state} | {tensor.meaning} |"
        assert row in PAGE, row


def test_every_version_is_named() -> None:
    for form in (
        native.FORMAT,
        native.SMALL_NUMBERS,
        cachefile.FORMAT,
        cooccurrences.FORMAT,
        "w2v.checkpoint/1",
        kept.FORMAT,
        index_file.FORMAT,
        map_file.FORMAT,
    ):
        assert f"`{form}`" in PAGE
    assert f"`{TABLE}`" in PAGE
    assert f"block, {writing.BLOCK};" in PAGE
    assert f"at most {native.SMALL >> 20} MiB" in PAGE


def test_the_recipe_verifies_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    matrix = np.random.default_rng(0).random((2_000, 50))
    (path,) = write(Vectors(list(map(str, range(2_000))), matrix, None, RunRecord("sgns", {})), "vectors.safetensors")
    recipe = RECIPE.replace('open("vectors.safetensors", "rb").read()', "given")
    data = path.read_bytes()
    exec(recipe, {"given": data})
    for place in (300, 5_000, 100_000, len(data) - 1):
        with pytest.raises((AssertionError, ValueError)):
            exec(recipe, {"given": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]})


if __name__ == "__main__":
    FILE.write_text(re.sub(r"(?m)^\| format \|(?:.*\n)(?:\|.*\n)+", lambda _: table(), PAGE, count=1), "utf-8")
