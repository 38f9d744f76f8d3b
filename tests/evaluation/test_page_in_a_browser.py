"""The page in Chromium, at three widths: nothing is wider than its frame, and no text stands on another.

The page is laid out in frames of these widths, so that no smallest window of a browser gets in the way.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from w2v.evaluation import Findings
from w2v.report import to_html
from w2v.report.blocks import Column, Curve, Document, Folded, Plot, Row, Section, Table
from w2v.report.tables import fitting_scale, mark_of, score_columns, text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDTHS = (400, 1024, 1440)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
]

LOOK = """
const look = (frame) => {
  const page = frame.contentDocument;
  const found = {wide: [], over: []};
  const root = page.documentElement;
  if (root.scrollWidth > root.clientWidth) found.wide.push("the page itself");
  for (const each of page.querySelectorAll(".scroll")) {
    if (each.clientWidth && each.scrollWidth > each.clientWidth) found.wide.push(each.innerText.slice(0, 60));
  }
  const texts = [];
  const walker = page.createTreeWalker(page.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, holder = node.parentElement, style = page.defaultView.getComputedStyle(holder);
    if (!node.data.trim() || style.visibility === "hidden" || !holder.checkVisibility()) continue;
    if (holder.closest("title, script, style, .cards thead th:not(.drawn)")) continue;
    const range = page.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 1 && box.height > 1) texts.push({box, words: node.data.trim(), holder});
    }
  }
  texts.sort((a, b) => a.box.top - b.box.top);
  texts.forEach((one, number) => {
    if (one.box.left < -1 || one.box.right > root.clientWidth + 1) found.wide.push(one.words);
    for (let next = number + 1; next < texts.length && texts[next].box.top < one.box.bottom; next += 1) {
      const other = texts[next];
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 1 && down > 4) found.over.push(`${one.words} / ${other.words}`);
    }
  });
  return {...found, texts: texts.length, cards: page.querySelectorAll(".cards").length};
};
addEventListener("load", () => setTimeout(() => {
  const frames = [...document.querySelectorAll("iframe")];
  const found = Object.fromEntries(frames.map((frame) => [frame.width, look(frame)]));
  document.body.textContent = "FOUND" + JSON.stringify(found) + "END";
}, 500));
"""


def looked_at(page: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What the browser finds at each width; folded parts are opened."""
    opened = page.replace('<details class="folded">', '<details class="folded" open>')
    frames = "".join(
        f'<iframe width="{width}" height="2000" srcdoc="{html.escape(opened)}"></iframe>' for width in WIDTHS
    )
    host = folder / "host.html"
    host.write_text(f"<!doctype html><meta charset=utf-8><body>{frames}<script>{LOOK}</script>", "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={folder}/profile"]
    flags += ["--virtual-time-budget=10000", "--window-size=1600,2000"]
    done = subprocess.run([str(BROWSER), *flags, host.as_uri()], capture_output=True, text=True, timeout=120)
    found = re.search(r"FOUND(\{.*\})END", done.stdout, re.DOTALL)
    assert found, done.stderr[-1000:]
    return json.loads(html.unescape(found[1]))  # type: ignore[no-any-return]


def check(page: str, folder: Path) -> dict[str, dict[str, Any]]:
    found = looked_at(page, folder)
    assert sorted(found) == sorted(map(str, WIDTHS))
    for width, each in found.items():
        assert each["texts"] > 5, width
        assert (each["wide"], each["over"]) == ([], []), width
    return found


@pytest.mark.parametrize("name", ["single", "everything", "seeds"])
def test_pages_of_evaluations(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    findings: Findings = request.getfixturevalue(name)
    check(findings.to_html(), tmp_path)


def test_many_files_and_long_names(tmp_path: Path) -> None:
    """Nine files side by side are cards on a narrow page; labels of an axis are left out where they have no room."""
    files = [f"a-very-long-name-of-a-model-{number}.with.dots.safetensors" for number in range(9)]
    marks = tuple(mark_of(-0.05 + number / 9, (-0.4, 0.9)) for number in range(9))
    cells = (cell for number in range(9) for cell in (text(f"{number}1.5 %"), text("12.5–78.9")))
    row = Row((text("gram6-nationality-adjective"), *cells), marks)
    columns = (Column("section", numeric=False, whole=True), *score_columns(files, "accuracy"))
    wide = Table(
        "Accuracy", columns, (row, row), fitting_scale("accuracy and 95 % interval", marks, differences=True), 0
    )
    words = ", ".join(["Donaudampfschifffahrtsgesellschaft"] * 9)
    heads = (Column("word", numeric=False), *(Column(f"only {file}", numeric=False) for file in files[:2]))
    long = Table("Neighbours", heads, (Row((text("Schiff"), text(words), text(words))),))
    points = tuple((float(epoch), 4 / (epoch + 1)) for epoch in range(30))
    plot = Plot(
        "Loss by epoch", "epoch", "loss", tuple(Curve(file, number, points) for number, file in enumerate(files))
    )
    document = Document("Title", (Section("One", (wide, long, plot, Folded("All", (wide,)))),), tuple(files))
    found = check(to_html(document), tmp_path)
    assert found["400"]["cards"] >= 2
