"""How the library says how far it is: to an object of the caller, or on a line of a notebook or terminal.

reports    `Progress`, what a function tells while it works; `NullProgress` ignores all of it
choosing   `reporting`, which gives a public function the object to report to
phase      one phase of the work as text: share, rate, time left
stream     a changing line on a terminal, or a line every few seconds in a file
notebook   a line in the output of a notebook's cell
wrapping   messages in lines that fit the terminal
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.progress.choosing import ProgressChoice, reporting
    from w2v.progress.reports import Level, NullProgress, Progress, Remembering, Renaming

__all__ = ["Level", "NullProgress", "Progress", "ProgressChoice", "Remembering", "Renaming", "reporting"]

__getattr__, __dir__ = hand_on(
    __name__,
    {
        "Level": "w2v.progress.reports",
        "NullProgress": "w2v.progress.reports",
        "Progress": "w2v.progress.reports",
        "ProgressChoice": "w2v.progress.choosing",
        "Remembering": "w2v.progress.reports",
        "Renaming": "w2v.progress.reports",
        "reporting": "w2v.progress.choosing",
    },
)
