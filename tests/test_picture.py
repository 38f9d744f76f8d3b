"""The picture of the README is the one that docs/make_report_picture.py makes; its page and its colours are right."""

from __future__ import annotations

import re
import runpy
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v.vectors import Vectors

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / "docs" / "make_report_picture.py"))


def test_the_readme_shows_the_picture_that_the_script_makes() -> None:
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", (ROOT / "README.md").read_text("utf-8"))
    assert SCRIPT["PICTURE"].resolve() in [(ROOT / each).resolve() for each in shown]
    assert all((ROOT / each).stat().st_size <= SCRIPT["MOST_BYTES"] for each in shown)
    assert SCRIPT["PICTURE"].stat().st_size <= SCRIPT["MOST_BYTES"]
    width, height = struct.unpack_from(">II", SCRIPT["PICTURE"].read_bytes(), 16)
    assert (width, height) == (2 * SCRIPT["WIDTH"], 2 * SCRIPT["HEIGHT"])


def test_the_page_is_written_in_the_light_theme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(1)
    files = []
    for name in ("one", "two"):
        files.append(str(tmp_path / f"{name}.safetensors"))
        words = ["king", "queen", "man", "woman", "boy", "girl", "uncle", "aunt"]
        w2v.save(Vectors(words, random.normal(size=(8, 5)).astype(np.float32)), Path(files[-1]))
    page = tmp_path / "report.html"
    SCRIPT["write_page"]([*files, "--suite", "demo-world"], page)
    text = page.read_text("utf-8")
    assert "color-scheme: light !important" in text.split("</head>")[0]
    assert "one.safetensors" in text
    assert "two.safetensors" in text


def test_without_a_browser_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="needs a browser, and none of chromium, chromium-browser, google-chrome is"):
        SCRIPT["main"]()


def filtered(pixels: np.ndarray[Any, Any], kind: int) -> bytes:
    """A PNG of RGB pixels whose rows all have the same filter."""
    wide = pixels.astype(int)
    left, up, corner = (np.zeros_like(wide) for _ in range(3))
    left[:, 1:], up[1:], corner[1:, 1:] = wide[:, :-1], wide[:-1], wide[:-1, :-1]
    nearest = np.argmin([abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)], axis=0)
    guess = [0 * wide, left, up, (left + up) // 2, np.choose(nearest, [left, up, corner])][kind]
    height, width, _ = pixels.shape
    rows = np.concatenate([np.full((height, 1), kind), (wide - guess).reshape(height, -1) & 255], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(rows.astype(np.uint8).tobytes())
    chunks = [(b"IHDR", header), (b"IDAT", packed[:20]), (b"IDAT", packed[20:]), (b"IEND", b"")]
    return SCRIPT["PNG"] + b"".join(struct.pack(">I", len(data)) + kind + data + bytes(4) for kind, data in chunks)


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_of_png_is_undone(kind: int) -> None:
    pixels = np.random.default_rng(kind).integers(0, 256, (7, 9, 3)).astype(np.uint8)
    assert np.array_equal(SCRIPT["read_png"](filtered(pixels, kind)), pixels)


def test_few_colours_stay_as_they_are_and_many_become_256() -> None:
    random = np.random.default_rng(1)
    for most in (3, 256):
        pixels = random.integers(0, most, (50, 40, 3)).astype(np.uint8)
        png = SCRIPT["with_palette"](filtered(pixels, 1))
        at = png.index(b"PLTE")
        palette = np.frombuffer(png, np.uint8, struct.unpack_from(">I", png, at - 4)[0], at + 4).reshape(-1, 3)
        at = png.index(b"IDAT")
        rows = np.frombuffer(zlib.decompress(png[at + 4 :]), np.uint8).reshape(50, 41)
        assert len(palette) <= 256
        assert abs(palette[rows[:, 1:]].astype(int) - pixels).max() <= (0 if most == 3 else 63)
