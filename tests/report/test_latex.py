"""LaTeX for papers: no character of a name has a meaning for TeX, tables are whole, and BibTeX is parsed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.data.manifest import manifests
from w2v.data.references import entries_of, work_of
from w2v.evaluation.tasks.base import tasks
from w2v.report.blocks import Column, Document, Figure, Note, Reference, Row, Section, Table
from w2v.report.latex import escaped, to_bibtex, to_latex
from w2v.report.tables import named, text
from w2v.training.models import MODELS

ENGINES = ("pdflatex", "xelatex", "lualatex", "tectonic")
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
EVIL = r"a_b%c#d&e~f^g\h{i}j$k<l>m|n[o]p*q`r\"s--t---u"
COMMAND = re.compile(
    r"\\(?:text(?:backslash|ascii(?:circum|tilde|grave)|less|greater|bar)|ss|o|O|ae|AE|oe|OE|l|L|i|j|ldots)\{\}"
    r"|\\[{}$&#%_]|\\[`'^~=.\"]\{(?:\\[ij]\{\}|[A-Za-z])\}|\\[urHvc]\{(?:\\[ij]\{\}|[A-Za-z])\}"
    r"|\$(?:-|\\pm|\\rightarrow|\\times|\\geq|\\leq|\\cdot|\\rho|\\alpha)\$|\{[][*]\}|-\{\}|~"
)


def is_safe(words: str) -> bool:
    """Whether nothing but commands that are known, and characters without a meaning, are left."""
    return (
        re.search(r"[\\{}$&#%_^~\[\]*\"]|--|[^ -~]", COMMAND.sub("", words).replace("---", "").replace("--", ""))
        is None
    )


@settings(deadline=None, max_examples=300)
@given(WORDS)
def test_no_character_keeps_a_meaning(words: str) -> None:
    assert is_safe(escaped(words))


def test_what_characters_become() -> None:
    assert escaped("my_model-50%.bin") == r"my\_model-50\%.bin"
    assert escaped("a--b") == "a-{}-b"
    assert escaped("5.2 ± 0.2, −1.0–2.0") == r"5.2 $\pm$ 0.2, $-$1.0--2.0"
    assert escaped("Köln, façade, ī") == r"K\\\"oln, fa\c{c}ade".replace('\\\\\\"o', '\\"{o}') + r", \={\i{}}"
    assert escaped("東 \udcff") == "{[}U+6771{]} {[}U+DCFF{]}"
    assert is_safe(escaped(EVIL))


def document(name: str = EVIL, *, paper: bool = True) -> Document:
    rows = (
        Row((text(name), text(Figure("5.2", 5.2), " ± ", Figure("0.1", 0.1), strong=True)), last=True),
        Row((named("[x]", "small"), text("–"))),
    )
    table = Table("Scores, 100 %", (Column("", numeric=False), Column("set_1")), rows)
    work = work_of("holm1979simple")
    return Document(
        "Title\n\\input{evil}",
        (Section("S", (table,)),),
        (f"{name}\nx",),
        about=(("Command", f"w2v eval {name}"),),
        references=(Reference("differences", work.citation, work.bibtex),),
        paper=(table, (Note(("Bold: the best.",)),)) if paper else None,
    )


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)&", line)) + 1


@pytest.mark.parametrize("paper", [True, False])
def test_a_fragment_is_whole(paper: bool) -> None:
    written = to_latex(document(paper=paper))
    assert written.isascii()
    lines = [line for line in written.splitlines() if line and not line.startswith("%")]
    assert re.findall(r"\\(begin|end)\{(\w+)\}", "\n".join(lines)) == [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    inside = [line.strip() for line in lines if line.rstrip().endswith(r"\\")]
    assert [cells(line) for line in inside] == [2] * 4
    assert not any(line.startswith(("[", "*")) for line in inside)
    assert "input{evil}" not in "\n".join(lines)
    assert r"\textbf{5.2 $\pm$ 0.1}" in written
    assert ("Bold: the best." in written) == paper
    assert written.count(r"\label{tab:scores-100}") == 1
    assert [line for line in lines if "rule" in line] == [
        rf"    \{name}rule" for name in ("top", "mid", "mid", "bottom")
    ]
    assert "% The preamble needs: \\usepackage{booktabs}" in written
    assert "% Cite: \\cite{holm1979simple}" in written
    assert "%   author  = {Holm, Sture}," in written


@pytest.mark.skipif(not any(map(shutil.which, ENGINES)), reason="no TeX engine is installed")
def test_a_fragment_compiles(tmp_path: Path) -> None:
    engine = next(filter(None, map(shutil.which, ENGINES)))
    (tmp_path / "table.tex").write_text(to_latex(document()))
    page = r"\documentclass{article}\usepackage{booktabs}\begin{document}\input{table.tex}\end{document}"
    (tmp_path / "page.tex").write_text(page)
    flags = [] if engine.endswith("tectonic") else ["-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run([engine, *flags, "page.tex"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]


# --------------------------------------------------------------------------- BibTeX


def is_entry(entry: str) -> bool:
    """Whether a text is one entry of BibTeX: braces balance, each field stands once, author or editor, title, year."""
    depth = 0
    for each in re.sub(r"\\.", "", entry):
        depth += (each == "{") - (each == "}")
        if depth < 0:
            return False
    fields = re.findall(r"^  (\w+) *= \{", entry, re.MULTILINE)
    return (
        depth == 0
        and len(set(fields)) == len(fields)
        and {"title", "year"} < set(fields)
        and bool({"author", "editor"} & set(fields))
        and re.search(r"year +=.*\{\d{4}\}", entry) is not None
    )


def test_every_set_has_entries_that_fit_its_citation() -> None:
    for manifest in manifests():
        if manifest.kind in ("corpus", "vectors") or manifest.name in ("demo-world", "limits"):  # our own
            continue
        entries = entries_of([manifest.bibtex])
        assert entries, manifest.name
        assert all(map(is_entry, entries.values())), manifest.name
        years = re.findall(r" \((\d{4})\)\. ", manifest.citation)
        assert years == re.findall(r"year +=.*\{(\d{4})\}", manifest.bibtex), manifest.name


def test_all_works_that_the_code_cites_are_there() -> None:
    keys = [key for task in tasks().values() for key in task.cites]
    keys += [key for model in MODELS.values() for key in model.cites]
    for key in keys:
        work = work_of(key)
        assert list(entries_of([work.bibtex])) == [key]
        assert is_entry(work.bibtex)
        assert re.findall(r" \((\d{4})\)\. ", work.citation) == re.findall(r"year +=.*\{(\d{4})\}", work.bibtex)


def test_bibtex_of_a_document() -> None:
    work = work_of("holm1979simple")
    used = [Reference(use, work.citation, work.bibtex) for use in ("one", "two")]
    twice = document()._replace(references=(*used, Reference("own", "x")))
    assert to_bibtex(twice).count("@article{holm1979simple,") == 1
    assert "% one, two\n@article" in to_bibtex(twice)
    assert to_bibtex(Document("", ())).startswith("% Made by w2v ")
