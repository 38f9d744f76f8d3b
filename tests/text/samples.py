"""A small file of each kind of texts, whole and damaged, for the tests that every kind must pass; and a toy kind."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from w2v.errors import CorpusError
from w2v.text.kind import Kind, Text
from w2v.text.opening import Opened

TEXTS = ["the cat sat on the mat", "a dog, big and old", "the dog sat", "cat & dog <3"]


@dataclass(frozen=True)
class Sample:
    """A kind's file of any texts.

    write: the file. suffix: of its name. options: of `Reading`, without the kind. ids: of four texts in the file FILE.
    damaged: a file that is refused, and what the error says.
    """

    write: Callable[[Sequence[str]], bytes]
    suffix: str
    damaged: bytes
    says: str
    ids: Sequence[str]
    options: dict[str, Any] = field(default_factory=dict)


def _table(delimiter: str) -> Callable[[Sequence[str]], bytes]:
    def write(texts: Sequence[str]) -> bytes:
        file = io.StringIO()
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerow(["number", "title"])
        rows.writerows((f"n{number}", text) for number, text in enumerate(texts))
        return file.getvalue().encode()

    return write


def _json(texts: Sequence[str]) -> bytes:
    records = ({"number": f"n{number}", "title": text} for number, text in enumerate(texts))
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def _html(texts: Sequence[str]) -> bytes:
    pages = (f"<!DOCTYPE html><html><body><p>{escape(text)}</p></body></html>\n" for text in texts)
    return "".join(pages).encode()


def pdf(texts: Sequence[str]) -> bytes:
    """A document with a page for each text."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font]
    pages = []
    for text in texts:
        content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        page = f"/Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {page} >>")
        pages.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(pages)}] /Count {len(pages)} >>"
    written, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(f"{len(written):010} 00000 n \n")
        written += f"{number} 0 obj\n{content}\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{''.join(places)}"
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return (written + table + end).encode()


class Toy(Kind):
    """Texts between bars, after a first line that says toy."""

    name = "toy"
    title = "a toy"
    suffixes = (".toy",)

    def texts(self, opened: Opened) -> Iterator[Text]:
        found = "".join(opened.characters()).removeprefix("toy\n").split("|")
        if found[-1].strip() != "end":
            raise CorpusError(f"{opened.name}: the toy has no end", hint="write |end")
        for number, text in enumerate(found[:-1], 1):
            opened.tally.texts += 1
            yield Text(f"{opened.name}/{number}", text)

    def claims(self, head: bytes, name: str) -> bool:
        return head.startswith(b"toy\n")


BY_NUMBER = ["FILE:1", "FILE:2", "FILE:3", "FILE:4"]
OF_THE_COLUMN = {"column": "title", "id_column": "number"}
SAMPLES: dict[str, Sample] = {
    "plain": Sample(lambda texts: "\n".join(texts).encode(), ".txt", b"a \xff b", "is not UTF-8", BY_NUMBER),
    "csv": Sample(
        _table(","), ".csv", b'number,title\nn0,"a b\n', "does not end", ["n0", "n1", "n2", "n3"], OF_THE_COLUMN
    ),
    "tsv": Sample(
        _table("\t"), ".tsv", b"number\ttitle\nn0\ta\tb\n", "has 3 fields", ["n0", "n1", "n2", "n3"], OF_THE_COLUMN
    ),
    "json": Sample(
        _json, ".jsonl", b'{"title": "a b"}\n{"title": ', "not JSON", ["n0", "n1", "n2", "n3"], OF_THE_COLUMN
    ),
    "html": Sample(
        _html,
        ".html",
        b"<html><!-- " + b"x " * (1 << 20),
        "a comment does not end",
        ["FILE", "FILE#2", "FILE#3", "FILE#4"],
    ),
    "pdf": Sample(
        pdf, ".pdf", pdf(["a b"])[:300], "not a whole PDF", [f"FILE#page={number}" for number in (1, 2, 3, 4)]
    ),
    "toy": Sample(
        lambda texts: f"toy\n{'|'.join([*texts, 'end'])}".encode(),
        ".toy",
        b"toy\na b|c",
        "the toy has no end",
        ["FILE/1", "FILE/2", "FILE/3", "FILE/4"],
    ),
}
