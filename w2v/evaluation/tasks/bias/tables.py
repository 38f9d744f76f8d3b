"""Read a user's own lists for tests of association from a table: a word a line, with its test and its list.

Lists in TOML, which can ask for all kinds of tests, are read in `lists`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from w2v.errors import DataError
from w2v.evaluation.own import GUESSED, OwnChoices, Tally
from w2v.evaluation.own_tables import Columns, OwnRow, TableForm, read_table
from w2v.evaluation.tasks.bias.lists import AssociationDesign, BiasLists, WordList

__all__ = ["is_table", "read_table_of_lists"]

ENDINGS = (".csv", ".tsv", ".tab", ".txt")
ROLES = ("x", "y", "a", "b")
ALIASES = {"target1": "x", "target2": "y", "attribute1": "a", "attribute2": "b"}
ALIASES |= {"targets1": "x", "targets2": "y", "attributes1": "a", "attributes2": "b"}


def _nothing(columns: Columns) -> None:
    """Guess nothing: lists need names of columns."""


LISTS = TableForm(
    "words of lists", ("role", "word"), _nothing, "X, Y, A or B and a word, in columns role and word", ("test",)
)


def is_table(path: Path) -> bool:
    """Return whether the name of a file of lists ends as that of a table does."""
    return path.suffix.lower() in ENDINGS


def read_table_of_lists(path: Path, choices: OwnChoices = GUESSED) -> BiasLists:
    """Read lists from a table with the columns role (X, Y, A, B), word and optionally test, named in its first line.

    Each test asks whether the targets X are nearer to the attributes A, and Y to B (WEAT). Raise `DataError` where
    there are no such columns, and where a test lacks one of the four lists.
    """
    table = read_table(path, LISTS, choices)
    tally = Tally()
    tests: dict[str, dict[str, dict[str, None]]] = {}
    for row in table.rows:
        role = _role(row)
        if role:
            lists = tests.setdefault(row.fields.get("test") or path.stem, {each: {} for each in ROLES})
            lists[role][row.fields["word"]] = None
            tally.used += 1
        else:
            tally.fail(f"has a role that is none of {', '.join(ROLES).upper()}", row.number, row.fields["role"])
    tally.check(path, LISTS.items, LISTS.hint, choices)
    words = dict.fromkeys(row.fields["word"] for row in table.rows if _role(row))
    reading = replace(
        table.reading,
        lines_used=tally.used,
        not_used=(*table.reading.not_used, *tally.not_used),
        words=tuple(words),
    )
    return BiasLists(
        name=path.stem,
        title=path.name,
        sha256=table.digest,
        invalid=table.failed + tally.failed,
        own=reading,
        citation="",
        associations=tuple(_association(path, name, lists) for name, lists in tests.items()),
        groups=(),
        sentiments=(),
    )


def _role(row: OwnRow) -> str:
    role = "".join(filter(str.isalnum, row.fields["role"].casefold()))
    role = ALIASES.get(role, role)
    return role if role in ROLES else ""


def _association(path: Path, name: str, lists: dict[str, dict[str, None]]) -> AssociationDesign:
    lacking = [role.upper() for role in ROLES if not lists[role]]
    if lacking:
        raise DataError(f"{path}: the test {name!r} has no list {' and no list '.join(lacking)}", hint=LISTS.hint)
    x, y, a, b = (WordList(f"{name} {role.upper()}", f"{role.upper()} of {name}", tuple(lists[role])) for role in ROLES)
    return AssociationDesign(name, (x, y), (a, b))
