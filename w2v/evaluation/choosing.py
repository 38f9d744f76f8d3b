"""Which of the chosen sets are scored: those of a language, and none of a language that the vectors are not of.

A user's own files and measures have no language here, and are always done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from w2v import formats
from w2v.errors import SettingsError, W2VError
from w2v.evaluation.language import FIRST, Guess, called, code_of, guess_language
from w2v.evaluation.studies.base import Given, Run
from w2v.evaluation.tasks.registry import TASKS
from w2v.evaluation.verdicts import labels
from w2v.vectors import Vectors

__all__ = ["of_language"]

OWN = ", ".join(f"{kind.own_file.flag} FILE" for kind in TASKS.values() if kind.own_file is not None)


def of_language(run: Run, language: str | None, *, named: bool) -> Run:
    """Return the run with the sets that are to be scored, and with notes that say which were left out and why.

    language: of the sets, as "de"; others are left out. None: sets of another language than that of all vectors are
    left out where they are only defaults. named: the sets were named by a person; then they are scored, and a note says
    of which language the vectors seem to be. Raise `SettingsError` where a language was asked for and nothing is left.
    """
    if language is not None:
        return _asked_for(run, code_of(language))
    languages = {suite.language for suite in run.sets.values() if suite.language}
    if not languages:
        return run
    guesses = {file: _guess(given, run.rows) for file, given in run.files.items()}
    foreign = [
        name
        for name, suite in run.sets.items()
        if suite.language and any(_is_foreign(guess, suite.language) for guess in guesses.values())
    ]
    if not foreign:
        return run
    known = all(guess is not None and guess.code not in languages for guess in guesses.values())
    out = () if named or not known else tuple(foreign)
    sets = {name: suite for name, suite in run.sets.items() if name not in out}
    return replace(run, sets=sets, left_out=out, notes=(_note(run, guesses, foreign, left_out=bool(out)),))


def _asked_for(run: Run, language: str) -> Run:
    """Return the run with only the sets of a language, and those without any."""
    out = [name for name, suite in run.sets.items() if suite.language not in ("", language)]
    sets = {name: suite for name, suite in run.sets.items() if name not in out}
    if not sets:
        named = ", ".join(f"{name} ({called(run.sets[name].language)})" for name in out)
        raise SettingsError(
            f"no set to score is {called(language)}: {named}",
            hint=f"give files of your own: {OWN}; 'w2v data list' shows the language of each set",
        )
    note = f"Left out, because they are not {called(language)}: {', '.join(out)}."
    return replace(run, sets=sets, left_out=tuple(out), notes=(note,) if out else ())


def _is_foreign(guess: Guess | None, language: str) -> bool:
    return guess is not None and guess.code != language


def _guess(given: Given, rows: Mapping[str, Any]) -> Guess | None:
    """Return the language of vectors from their first rows; what is wrong with a file shows when it is read."""
    if isinstance(given, Vectors):
        return guess_language(given.stored_words)
    with suppress(W2VError):
        limit = min(FIRST, rows.get("limit") or FIRST)
        return guess_language(formats.read(given, **{**rows, "limit": limit}).stored_words)
    return None


def _note(run: Run, guesses: Mapping[str, Guess | None], foreign: Sequence[str], *, left_out: bool) -> str:
    """Return which vectors seem to be of which language, which sets are not, and what to do."""
    short = labels(list(guesses))
    several = len(guesses) > 1
    seem = "; ".join(
        f"The vectors{f' of {short[file]}' if several else ''} {guess}"
        for file, guess in guesses.items()
        if guess is not None and any(guess.code != run.sets[name].language for name in foreign)
    )
    codes = list(dict.fromkeys(run.sets[name].language for name in foreign))
    names = f"{', '.join(foreign)} {'are' if len(foreign) > 1 else 'is'} {' and '.join(map(called, codes))}"
    if not left_out:
        return f"{seem}. {names}, so the scores say little."
    return (
        f"{seem}. {names} and were left out. Give questions in that language ({OWN}), or name the sets "
        f"(--suite {','.join(foreign)}) to score them all the same."
    )
