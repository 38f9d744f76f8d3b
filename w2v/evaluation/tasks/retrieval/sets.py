"""Collections: documents, queries, and which documents people judged relevant to which queries; how they are read.

The grades of judgments are gains: above 0 is relevant, and more is better. A document that nobody judged has none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64, I32, I64
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.own import GUESSED, OwnChoices, OwnReading, Tally
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, decimal_of
from w2v.evaluation.own_texts import json_records, read_texts
from w2v.evaluation.reading import WordNumbers, lines_of, number_of
from w2v.evaluation.tasks.pooled import TextSuite
from w2v.files.small import read_small, text_of
from w2v.search.bm25 import Bm25
from w2v.text.word_splitting import words_in

__all__ = ["CollectionSuite", "read_cranfield", "read_own_collection"]

DOCUMENTS, QUERIES = ("documents.jsonl", "corpus.jsonl"), ("queries.jsonl",)
JUDGMENTS = ("judgments.tsv", "qrels.tsv", "qrels/test.tsv")
IDS, TEXTS = ("id", "_id"), ("text", "title")
FORM = (
    "a folder holds documents.jsonl and queries.jsonl (in each line id and text), and judgments.tsv (query, document, "
    "grade); a table has the columns query, document, relevance"
)
GAINS = {1: 4.0, 2: 3.0, 3: 2.0, 4: 1.0, -1: 4.0}
"""By the codes of Cranfield's judgments."""
FIELD = re.compile(r"^\.([A-Z])", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class CollectionSuite(TextSuite):
    """Documents [N], queries [Q] and judgments. The queries that are kept have a relevant document.

    judged: int64 [J, 2], the numbers of a query and of a document. gains: float64 [J]; above 0 is relevant.
    """

    documents: tuple[str, ...]
    queries: tuple[str, ...]
    judged: I64
    gains: F64
    kind: ClassVar[str] = "retrieval"

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.queries)

    @property
    def every_text(self) -> Sequence[str]:
        """All texts: queries, then documents."""
        return (*self.queries, *self.documents)

    def gains_of(self, query: int) -> F64:
        """Return the gain of each document for a query, [N]."""
        found = np.zeros(len(self.documents))
        own = self.judged[:, 0] == query
        found[self.judged[own, 1]] = self.gains[own]
        return found

    @cached_property
    def by_words(self) -> tuple[Bm25, tuple[I32, ...]]:
        """The collection by its words in lower case, and the numbers of the words of each query, without vectors."""
        numbers = WordNumbers()
        of_documents = [numbers.of(words_in(text.lower())) for text in self.documents]
        ends = np.cumsum([0, *map(len, of_documents)]).astype(np.int64)
        ids = np.array([number for words in of_documents for number in words], dtype=np.int32)
        known = numbers.numbers
        queries = ([known.get(word, -1) for word in words_in(text.lower())] for text in self.queries)
        return Bm25.build(ends, ids, len(known)), tuple(np.array(query, dtype=np.int32) for query in queries)


def read_cranfield(manifest: Manifest, path: Path) -> CollectionSuite:
    """Read the Cranfield collection: its documents, queries and judgments, in this order in the manifest.

    A document is its title (.T) and its text (.W, which begins with the title again). Judgments name a query by its
    place, from 1; the numbers that queries carry in their file have gaps. Every judged document is relevant: codes are
    1 (a complete answer) to 4 (of minimum interest), and each query has one document with −1, which no note explains.
    It is the nearest to the query of all (docs/evaluation.md), so its gain is that of code 1.
    """
    documents, queries, judgments = manifest.source.files
    digests, texts = list[str](), list[list[str]]()
    for name in (documents, queries):
        digest, lines = lines_of(path / name, manifest.encoding)
        digests.append(f"{digest}  {name}\n")
        texts.append([" ".join(" ".join(parts).split()) for parts in _marked("\n".join(line for _, line in lines))])
    digest, lines = lines_of(path / judgments, manifest.encoding)
    digests.append(f"{digest}  {judgments}\n")
    rows: list[tuple[int, int, float]] = []
    invalid = 0
    for _, line in lines:
        codes = [number_of(part) for part in line.split()]
        if len(codes) == 3 and codes[2] in GAINS and None not in codes:
            query, document, code = (int(each or 0) for each in codes)
            rows.append((query - 1, document - 1, GAINS[code]))
        else:
            invalid += bool(line.strip())
    listing = hashlib.sha256("".join(digests).encode()).hexdigest()
    return _suite_of(manifest.name, manifest.title, listing, texts[0], texts[1], rows, path, invalid)


def _marked(text: str) -> Iterator[tuple[str, str]]:
    """Yield title and text of each record of a file in the form of SMART: a field begins with a dot and a letter."""
    for record in re.split(r"^\.I ", text, flags=re.MULTILINE)[1:]:
        parts = FIELD.split(record)
        fields = dict(zip(parts[1::2], parts[2::2], strict=True))
        yield fields.get("T", ""), fields.get("W", "")


def read_own_collection(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> CollectionSuite:
    """Read a user's own collection: a folder, or a table with a query, a document and a grade in each record.

    The documents of a table are all its different documents. Raise `DataError` where no query has a relevant document.
    """
    if isinstance(path, Path) and path.is_dir():
        return _of_folder(path, choices)
    table = read_texts(path, JUDGED, choices)
    queries, documents, rows = WordNumbers(), WordNumbers(), list[tuple[int, int, float]]()
    for row in table.rows:
        query, document = queries.of([row.fields["query"]])[0], documents.of([row.fields["document"]])[0]
        rows.append((query, document, decimal_of(row.fields["relevance"]) or 0.0))
    return _suite_of(
        path.stem, path.name, table.digest, documents.words, queries.words, rows, path, table.failed, table.reading
    )


def _of_folder(path: Path, choices: OwnChoices) -> CollectionSuite:
    """Read documents and queries in JSON lines, and judgments in columns, the last three of which count."""
    parts = [_part(path, names) for names in (DOCUMENTS, QUERIES, JUDGMENTS)]
    data = [read_small(part, DataError) for part in parts]
    texts = [text_of(each, part, DataError).replace("\r\n", "\n") for each, part in zip(data, parts, strict=True)]
    documents, queries = (dict(_texts_by_id(part, text)) for part, text in zip(parts[:2], texts[:2], strict=True))
    of_document, of_query = ({each: at for at, each in enumerate(ids)} for ids in (documents, queries))
    tally, rows = Tally(), list[tuple[int, int, float]]()
    for number, line in enumerate(texts[2].split("\n"), start=1):
        fields = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and decimal_of(fields[-1]) is None):
            continue  # the names of the columns
        grade = decimal_of(fields[-1])
        query, document = (fields[0].strip(), fields[-2].strip()) if len(fields) > 2 else ("", "")
        if grade is None or query not in of_query or document not in of_document:
            tally.fail("names no query, document and grade", number, line)
        else:
            tally.used += 1
            rows.append((of_query[query], of_document[document], grade))
    tally.check(parts[2], "judgments of queries and documents", FORM, choices)
    digest = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in data)).hexdigest()
    reading = OwnReading(tally.used, tally.not_used)
    names = (path.stem, path.name)
    return _suite_of(
        *names, digest, list(documents.values()), list(queries.values()), rows, path, tally.failed, reading
    )


def _part(folder: Path, names: Sequence[str]) -> Path:
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise DataError(f"{folder} has no {' or '.join(names)}", hint=FORM)
    return found


def _texts_by_id(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, record in json_records(path, text):
        name = next((str(record[key]) for key in IDS if record.get(key) is not None), None)
        parts = [str(record[key]) for key in reversed(TEXTS) if record.get(key)]
        if name is None or not parts:
            raise DataError(f"{path}, line {number:,} has no id and text", hint=FORM)
        yield name, " ".join(parts)


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: the last number is the grade; a query comes again and again."""
    numeric = [at for at in range(columns.width) if columns.numeric(at) and not columns.counts(at)]
    texts = [at for at in range(columns.width) if not columns.numeric(at)][:2]
    if not numeric or len(texts) < 2:
        return None
    return {"query": texts[0], "document": texts[1], "relevance": numeric[-1]}


JUDGED = TableForm(
    "judged documents",
    ("query", "document", "relevance"),
    _guessed,
    "query, document, number",
    numbers=frozenset({"relevance"}),
)


def _suite_of(
    name: str,
    title: str,
    digest: str,
    documents: Sequence[str],
    queries: Sequence[str],
    rows: Iterable[tuple[int, int, float]],
    path: object,
    invalid: int,
    reading: OwnReading | None = None,
) -> CollectionSuite:
    """Make a collection of judgments (query, document, gain), without the queries that have no relevant document."""
    gains: dict[tuple[int, int], float] = {}
    for query, document, gain in rows:
        if 0 <= query < len(queries) and 0 <= document < len(documents):
            gains[query, document] = max(gain, gains.get((query, document), 0.0))
        else:
            invalid += 1
    answered = sorted({query for (query, _), gain in gains.items() if gain > 0})
    if not answered:
        raise DataError(f"{path} has no query with a relevant document", hint=FORM)
    place = {query: at for at, query in enumerate(answered)}
    kept: Mapping[tuple[int, int], float] = {pair: gain for pair, gain in gains.items() if pair[0] in place}
    judged: list[list[int]] = [[place[query], document] for query, document in kept]
    options: dict[str, Any] = {"invalid": invalid, "own": reading}
    return CollectionSuite(
        name,
        title,
        digest,
        tuple(documents),
        tuple(queries[query] for query in answered),
        np.array(judged, dtype=np.int64).reshape(-1, 2),
        np.array(list(kept.values()), dtype=np.float64),
        **options,
    )
