"""A document as LaTeX for a paper: one table with booktabs, and what to cite. Not here: whole pages (`html`).

The file is a fragment to \\input. It needs nothing but booktabs, and is ASCII alone, so that every engine sets it:
letters with accents are written as commands, and other characters that pdfLaTeX cannot set as their code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, count

from w2v.data.references import entries_of
from w2v.report.blocks import Cell, Column, Document, Note, Row, Table, tables_in, text_of
from w2v.report.tables import stacked

__all__ = ["escaped", "to_bibtex", "to_latex"]

MEANT = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",  # after \\ a bracket would be its argument
    "]": "{]}",
    "*": "{*}",
    '"': "''",
    "`": r"\textasciigrave{}",
    "\N{NO-BREAK SPACE}": "~",
    "−": "$-$",
    "–": "--",
    "—": "---",
    "±": r"$\pm$",
    "→": r"$\rightarrow$",
    "×": r"$\times$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "·": r"$\cdot$",
    "…": r"\ldots{}",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "ρ": r"$\rho$",
    "α": r"$\alpha$",
    "ß": r"\ss{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
}
ACCENTS = {0x300: "`", 0x301: "'", 0x302: "^", 0x303: "~", 0x304: "=", 0x306: "u", 0x307: ".", 0x308: '"'}
ACCENTS |= {0x30A: "r", 0x30B: "H", 0x30C: "v", 0x327: "c"}
WORDS = re.compile("[a-z0-9]+")
LABEL_WORDS = 6  # of a caption, in the name of its table
DASHES = re.compile(r"-(?=-)")
DASH = "-{}"


def to_latex(document: Document) -> str:
    """Write the table for a paper, else every table of the document, with its notes and with what to cite."""
    paper = document.paper
    found = [paper] if paper is not None else [(table, ()) for table in tables_in(document.sections)]
    names = _labels([table.caption or document.title for table, _ in found])
    tables = (_table(table, notes, document.title, name) for (table, notes), name in zip(found, names, strict=True))
    parts = [*_head(document), *(line for lines in tables for line in (*lines, ""))]
    return "\n".join([*parts, *_cited(document)]) + "\n"


def to_bibtex(document: Document) -> str:
    """Write the entries of BibTeX of everything that a document refers to."""
    used: dict[str, list[str]] = {}
    for each in document.references:
        for key in entries_of([each.bibtex]):
            used.setdefault(key, []).append(each.used_for)
    entries = entries_of(each.bibtex for each in document.references)
    parts = [f"% {_comment(', '.join(dict.fromkeys(used[key])))}\n{entry}" for key, entry in entries.items()]
    head = f"% Made by w2v {document.version}: works that the evaluation uses, for BibTeX."
    return "\n\n".join([head, *parts]) + "\n"


def escaped(words: str) -> str:
    """Return words in which no character has a meaning for TeX."""
    plain = DASHES.sub(DASH, unicodedata.normalize("NFC", words))
    parts = plain.split(DASH)
    return DASH.join("".join(map(_character, part)) for part in parts)


def _character(each: str) -> str:
    if each in MEANT:
        return MEANT[each]
    if " " <= each < "\x7f":
        return each
    if each in "\n\r\t":
        return " "
    base, *marks = list(unicodedata.normalize("NFD", each))
    if len(marks) == 1 and ord(marks[0]) in ACCENTS and base.isascii() and base.isalpha():
        under = {"i": r"\i{}", "j": r"\j{}"}.get(base, base) if marks[0] != "\N{COMBINING CEDILLA}" else base
        return f"\\{ACCENTS[ord(marks[0])]}{{{under}}}"
    return f"{{[}}U+{ord(each):04X}{{]}}"


def _comment(words: str) -> str:
    """Words for a line of comment: TeX reads no further than the end of the line."""
    return " ".join(words.split()).encode("ascii", "backslashreplace").decode()


def _head(document: Document) -> Iterator[str]:
    yield f"% Made by w2v {document.version}: {_comment(document.title)}."
    for name, value in document.about:
        yield f"% {_comment(name)}: {_comment(value)}"
    for file in document.files:
        yield f"% File or group: {_comment(file)}"
    yield "% The preamble needs: \\usepackage{booktabs}"
    yield "% Wider than the page? Put the tabular into \\resizebox{\\textwidth}{!}{...} (\\usepackage{graphicx})."
    yield ""


def _labels(captions: Sequence[str]) -> Iterator[str]:
    """Yield a name for \\ref for each table, made of letters of its caption, each name once."""
    used: set[str] = set()
    for caption in captions:
        plain = unicodedata.normalize("NFD", caption.casefold()).encode("ascii", "ignore").decode()
        base = "tab:" + "-".join(WORDS.findall(plain)[:LABEL_WORDS] or ["w2v"])
        name = next(name for number in count(1) if (name := base if number == 1 else f"{base}-{number}") not in used)
        used.add(name)
        yield name


def _table(table: Table, notes: Sequence[Note], title: str, label: str) -> Iterator[str]:
    """Yield the lines of a table; title: of the document, the caption of a table without one."""
    whole = stacked(table)
    shape = "".join("r" if column.numeric else "l" for column in whole.columns)
    yield r"\begin{table}"
    yield r"  \centering"
    yield f"  \\caption{{{escaped(table.caption or title)}.}}"
    yield f"  \\label{{{label}}}"
    yield f"  \\begin{{tabular}}{{{shape}}}"
    yield r"    \toprule"
    yield f"    {_line([_heads(column) for column in whole.columns])}"
    yield r"    \midrule"
    for row in whole.rows:
        yield from (f"    {line}" for line in _row(row))
        if row.last:
            yield r"    \midrule"
    yield r"    \bottomrule"
    yield r"  \end{tabular}"
    if notes:
        yield r"  \par\smallskip"
        yield f"  {{\\footnotesize {escaped(' '.join(text_of(note.pieces) for note in notes))}\\par}}"
    yield r"\end{table}"


def _heads(column: Column) -> str:
    return escaped(" ".join(filter(None, (column.title, *column.under))))


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _row(row: Row) -> Iterator[str]:
    """A row, and below it the small lines of its cells."""
    yield _line([_first(cell) for cell in row.cells])
    deepest = max((len(cell.below) for cell in row.cells), default=0)
    for number in range(deepest):
        lines = (cell.below[number] if number < len(cell.below) else () for cell in row.cells)
        yield _line([f"{{\\footnotesize {escaped(text_of(line))}}}" if line else "" for line in lines])


def _first(cell: Cell) -> str:
    said = escaped(text_of(cell.pieces))
    return f"\\textbf{{{said}}}" if cell.strong and said else said


def _cited(document: Document) -> Iterator[str]:
    """What to cite, as a block of comment."""
    entries = entries_of(each.bibtex for each in document.references)
    if entries:
        yield f"% Cite: \\cite{{{','.join(entries)}}}"
        yield "% The entries of BibTeX follow; --report FILE.bib writes them as a file."
        lines = chain.from_iterable((*entry.split("\n"), "") for entry in entries.values())
        yield from (f"% {line}".rstrip() for line in lines)
