"""Which vector files lie in one space: those that `w2v align` has written together.

Their run records say so. The last change of each file then is "align", and it lists the fingerprints of all files of
the space. A fingerprint is a hash of words, counts and numbers (w2v/search/fingerprint.py), so a file that was changed
afterwards no longer has one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from w2v.record import RunRecord

__all__ = ["ALIGN", "fingerprints_of_space"]

ALIGN = "align"
"""The name of the change in run records."""


def fingerprints_of_space(record: RunRecord | None) -> Sequence[str]:
    """Return the fingerprints of all files that lie in the space of the file with this record; none where it is alone.

    Compare the fingerprint of the file itself with them, too: the record may be that of an earlier state.
    """
    if record is None or not record.transforms or record.transforms[-1].get("transform") != ALIGN:
        return ()
    found = record.transforms[-1].get("fingerprints")
    return tuple(found) if isinstance(found, (list, tuple)) and all(isinstance(each, str) for each in found) else ()
