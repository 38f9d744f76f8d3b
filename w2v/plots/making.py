"""Make a figure of words: `w2v.plot`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from w2v.errors import SettingsError
from w2v.given import number_given, vectors_given, words_given
from w2v.lazy import find
from w2v.lookup import AS_SPELT, Rules
from w2v.plots.figure import Figure, Look, checked_look
from w2v.plots.fonts import families_for
from w2v.plots.painting.canvas import check_matplotlib
from w2v.plots.registry import DEFAULT, FIGURES
from w2v.plots.request import Request
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["make", "plot"]

Groups = Mapping[str, Iterable[str]]


def plot(
    vectors: Vectors,
    words: Iterable[str] = (),
    *,
    groups: Groups | None = None,
    neighbours: int = 0,
    restrict_vocab: int | None = None,
    title: str = "",
    size: tuple[float, float] | None = None,
    theme: str = "light",
    dpi: float = 200.0,
    font: str | None = None,
    progress: ProgressChoice = None,
    **kind: Any,
) -> Figure:
    """Return a figure of words; a notebook shows it, and `figure.save("words.svg")` writes it.

    kind: which figure; without any, the words on the plane of their first two principal components. analogy=True: the
    parallelogram of three or four words. axis="he,she" or axis=["he,she", "poor,rich"]: words on one axis or two, as
    `w2v.axis` takes them. heatmap=True: the cosines of all pairs. dimensions=True: the numbers of the vectors.
    drift=OLD: the path of each word from the vectors OLD to these, with its nearest words in both.

    groups: words by the name of their group; they get its colour, and are shown as well. neighbours: also show so many
    of the nearest words of each word, among the first `restrict_vocab`. size: width and height in inches. theme:
    "light" or "dark". dpi: dots to the inch, of PNG. font: a family of fonts or the file of a font, for scripts that
    others lack.

    Raise `UnknownWordsError`, and `SettingsError` for impossible settings and where matplotlib is not installed.
    """
    vectors_given(vectors)
    number_given("neighbours", neighbours, 0, "give a whole number that is not negative")
    chosen = {name: value for name, value in kind.items() if value is not None and value is not False}
    unknown = [name for name in chosen if name not in FIGURES]
    if unknown:
        raise SettingsError(f"there is no figure {unknown[0]!r}", hint=f"choose one of {', '.join(FIGURES)}")
    if len(chosen) > 1:
        raise SettingsError(f"a figure cannot be {' and '.join(chosen)} at once", hint="draw two figures")
    name, value = next(iter(chosen.items()), (DEFAULT, True))
    listed = [words] if isinstance(words, str) else list(words)
    grouped = {group: [of] if isinstance(of, str) else list(of) for group, of in (groups or {}).items()}
    everything = [*listed, *(word for of in grouped.values() for word in of)]
    if FIGURES[name].distinct:
        _check_named_once(everything)
    asked = words_given(list(dict.fromkeys(everything))) if everything else []
    look = checked_look(Look(size, theme, dpi))
    with reporting(progress) as heard:
        return make(
            vectors,
            asked,
            AS_SPELT,
            name,
            value,
            groups=grouped,
            neighbours=neighbours,
            restrict_vocab=restrict_vocab,
            title=title,
            look=look,
            font=font,
            progress=heard,
        )


def make(
    vectors: Vectors,
    words: Iterable[str],
    rules: Rules,
    name: str,
    value: Any,
    *,
    groups: Groups,
    neighbours: int,
    restrict_vocab: int | None,
    title: str,
    look: Look,
    font: str | None,
    progress: Progress,
) -> Figure:
    """Return the figure of this name; rules: the steps by which words are looked for. Other arguments as for `plot`."""
    check_matplotlib()
    named = list(words)
    asked = list(dict.fromkeys(named))
    found = dict(zip(asked, vectors.lookup.find_all(asked, rules), strict=True))
    group_of: dict[str, int] = {}
    for number, (group, of) in enumerate(groups.items()):
        for word in of:
            if group_of.setdefault(found[word].word, number) != number:
                first = list(groups)[group_of[found[word].word]]
                raise SettingsError(f"{word!r} is in two groups, {first} and {group}", hint="name it in one of them")
    if FIGURES[name].distinct:
        _check_named_once([found[word].word for word in named])
    once = tuple({each.word: each for each in found.values()}.values())
    request = Request(vectors, once, rules, tuple(groups), group_of, neighbours, restrict_vocab)
    scene, notes, facts = find(FIGURES[name].address)(request, value)
    texts = [title, *groups, *(item["word"] for item in scene.items()), *notes]
    families = families_for(texts, font, progress)
    full = Look(look.size, look.theme, look.dpi, families)
    return Figure(name, scene, tuple(notes), facts, title, full)


def _check_named_once(words: list[str]) -> None:
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice is not None:
        raise SettingsError(f"{twice!r} is named twice", hint="name three or four different words: A B C, or A B C D")
