"""The scores of deals as files: a run that was stopped goes on, and one with more deals trains only the new ones.

A run has a folder, named after everything that its scores follow from; a deal has a file in it, 0003.deal. The file has
the layout of w2v's own files (files/tensors.py): whole or absent, and every byte of it has a hash.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import Array
from w2v.compare.deals.scores import DealScores
from w2v.errors import FormatError, OutputError
from w2v.files import tensors
from w2v.files.caches import cache_base, user_cache
from w2v.files.kept import kind_named, mark_used, trim
from w2v.files.own import OWN_FILES, Description
from w2v.files.private import make_private, open_private, why_unsafe
from w2v.files.whole import check_writable, locked, replacing
from w2v.progress import Progress

__all__ = ["FORMAT", "LAYOUT", "KeptDeals", "deal_folder", "describe", "load_deal", "save_deal", "verify"]

FORMAT = "w2v.deal/1"
LAYOUT = {
    "procrustes": tensors.Tensor("F64", ("S",), "1 − cosine of each word in the two halves; NaN where one lacks it"),
    "contexts": tensors.Tensor("F64", ("S",), "the same of its vector as a context", required=False),
    "second_order": tensors.Tensor("F64", ("S",), "1 − correlation of its similarities to frequent words"),
    "local": tensors.Tensor("F64", ("S",), "1 − cosine of its similarities to its nearest words"),
    "counts": tensors.Tensor("I64", ("2", "S"), "how often it occurs in each half"),
}
LIMIT, DAYS = 500_000_000, 30.0  # bytes of the deals of all runs, and days without use, after which they go


@dataclass(frozen=True)
class KeptDeals:
    """The deals of one run: in a folder, or, where that is None, nowhere. key: what the scores follow from."""

    folder: Path | None
    key: str
    progress: Progress

    def path(self, deal: int) -> Path | None:
        """Return the file of a deal."""
        return None if self.folder is None else self.folder / f"{deal:04}.deal"

    def find(self, deal: int, words: int) -> DealScores | None:
        """Return the scores of a deal, if they are kept. A file that is damaged, or of another run, is left out."""
        path = self.path(deal)
        if path is None or not path.exists():
            return None
        try:
            with open_private(path) as file:
                key, number, scores = load_deal(path, file)
        except (OSError, ValueError) as error:
            reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
            self.progress.message(f"{path}: {reason}: this deal is trained again", "warning")
            return None
        except FormatError as error:
            self.progress.message(f"{error.message}: this deal is trained again", "warning")
            return None
        if (key, number, scores.counts.shape[1]) != (self.key, deal, words):
            self.progress.message(f"{path} is of another run: this deal is trained again", "warning")
            return None
        return scores

    def begin(self, deals: int, words: int) -> None:
        """Make the folder. Raises OutputError where it cannot be made, or the deals would not fit on its disk."""
        if self.folder is None:
            return
        try:
            make_private(self.folder, self.folder)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(
                f"cannot make the folder {self.folder} for deals: {reason}", hint="choose another: --run-dir FOLDER"
            ) from error
        check_writable(self.folder / "0000.deal", deals * words * 8 * len(LAYOUT))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of the folder for a block. Raises OutputError where another run is at work in it."""
        with ExitStack() as stack:
            if self.folder is not None:
                stack.enter_context(locked(f"{self.folder}.run"))
            yield

    def keep(self, deal: int, scores: DealScores) -> None:
        """Write the scores of a deal. Raises OutputError."""
        path = self.path(deal)
        if path is not None:
            save_deal(path, self.key, deal, scores)


def deal_folder(named: Path | None, key: str, progress: Progress) -> Path | None:
    """Return the folder for the deals of a run: in the folder that the user has named, or in the user's cache folder.

    Deals of earlier runs that were not used for long go from the cache folder. None where nothing can be kept there;
    a warning says so.
    """
    if named is not None:
        return named / key
    base, usual = cache_base(), user_cache("deals")
    if usual is None or base is None:
        progress.message(
            "there is no home folder: finished deals are not kept (--run-dir FOLDER keeps them)", "warning"
        )
        return None
    folder = usual / key
    try:
        make_private(folder, base)
        reason = why_unsafe(folder, base)
    except OSError as error:
        reason = f"cannot write {folder}: {(error.strerror or str(error)).lower()}"
    if reason:
        progress.message(f"{reason}: finished deals are not kept (--run-dir FOLDER keeps them)", "warning")
        return None
    mark_used(folder)
    trim(kind_named("deals"), limit=LIMIT, days=DAYS, in_use=folder)
    return folder


def save_deal(path: Path, key: str, deal: int, scores: DealScores) -> None:
    """Write the scores of a deal into a file that only this user can read, whole or not at all. Raises OutputError."""
    found = {name: getattr(scores, name) for name in LAYOUT}
    arrays: dict[str, Array] = {name: array for name, array in found.items() if array is not None}
    with replacing(path, sum(array.nbytes for array in arrays.values()), private=True) as file:
        tensors.write(file, FORMAT, arrays, {"deal": json.dumps({"run": key, "number": deal})})


def load_deal(path: Path, opened: BinaryIO | None = None) -> tuple[str, int, DealScores]:
    """Return (the key of the run, the number of the deal, its scores). Raises FormatError for a damaged file.

    opened: the file, where it is open already.
    """
    try:
        file = tensors.read(path, FORMAT, LAYOUT, opened, check=True)
        arrays = {name: np.array(array) for name, array in file.arrays.items()}
        facts = json.loads(file.metadata.get("deal", ""))
        if not isinstance(facts, dict) or type(facts.get("number")) is not int or not isinstance(facts.get("run"), str):
            raise ValueError("it does not say of which deal it is")
        scores = DealScores(
            procrustes=arrays["procrustes"],
            contexts=arrays.get("contexts"),
            second_order=arrays["second_order"],
            local=arrays["local"],
            counts=arrays["counts"],
        )
        return facts["run"], facts["number"], scores
    except (OSError, ValueError, RecursionError) as error:
        raise tensors.unreadable(path, OWN_FILES["deal"].noun, error, "remove it: it is made again") from error


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of a deal. Raises FormatError."""
    key, number, scores = load_deal(path)
    words = int(scores.counts.shape[1])
    values = {
        "path": str(path),
        "format": FORMAT,
        "bytes": os.path.getsize(path),
        "run": key,
        "deal": number,
        "words": words,
    }
    of = "the texts themselves" if number == 0 else f"deal {number}"
    return Description(values, (("deal", of), ("words", f"{words:,}"), ("run", key)))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check a deal, and return what was checked besides its hashes. Raises FormatError."""
    _, _, scores = load_deal(path)
    return (f"scores of {scores.counts.shape[1]:,} words",)


def in_brief(path: Path) -> str:
    """Return how many deals a folder holds."""
    deals = len([each for each in path.glob("*.deal") if each.stem.isdecimal()])
    return f"{deals:,} deal{'s' * (deals != 1)} of texts"
