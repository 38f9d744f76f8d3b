"""How the files that are compared were trained, so that halves of a deal can be trained in the same way.

Everything is read from the records in the files. Deals that were trained otherwise than the texts would be no test: the
difference of the two trainings would count as change. So both files must have been trained alike, and a file without a
record, or one whose training cannot be done again, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from w2v.errors import CorpusError, SettingsError
from w2v.record import RunRecord
from w2v.settings import Settings, plain_values, settings_of
from w2v.tokens import TokenCache
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import WordLists, lists_of
from w2v.training.model import Model
from w2v.training.models import MODELS
from w2v.training.settings import ModelSettings
from w2v.vectors import Vectors

__all__ = ["Recipe", "check_corpus", "recipe_of"]

OF_READING = ("input_format", "column", "encoding", "encoding_errors")
"""Settings that say how files are read, which may differ: the words are what matters."""
MADE_AFTERWARDS = ("init", "cooccurrences")
"""Settings that name a file on which the training went on, besides the texts or in place of them."""
TRAIN = "train it with 'w2v train', in w2v's own format (.safetensors)"


@dataclass(frozen=True, eq=False)
class Recipe:
    """How halves are trained. model, settings: without seed and threads, which belong to a half.

    text: how texts become words. lists: the lists of words that the text's settings name.
    """

    model: Model
    settings: ModelSettings
    text: CorpusConfig
    lists: WordLists = field(repr=False)

    def seeded(self, seed: int) -> ModelSettings:
        """Return the settings of a half, which one thread trains.

        The vectors of contexts are kept where the model can: they are another view of change.
        """
        values: dict[str, Any] = {"threads": 1, "seed": seed}
        if any(each.name == "keep_contexts" for each in fields(self.settings)):
            values["keep_contexts"] = True
        return replace(self.settings, **values)

    @property
    def values(self) -> dict[str, Any]:
        """All settings that the result depends on, as plain JSON values."""
        free = {one.name for one in settings_of(type(self.settings)) if not one.changes_result} | {
            "seed",
            "keep_contexts",
            *OF_READING,
        }
        values = {"model": self.model.name, **plain_values(self.text), **plain_values(self.settings)}
        return {name: value for name, value in values.items() if name not in free}

    def allows(self, word: str) -> bool:
        """Return whether the lists of words leave a word in the vocabulary, however often it occurs."""
        lists = self.lists
        listed = lists.vocabulary is None or word in lists.vocabulary or word in (lists.keep_words or ())
        return listed and word not in (lists.stop_words or ())

    def of_pool(self, vectors: Vectors) -> CorpusConfig:
        """Return how the corpus of one of the files is read for a pool: with all its words, for halves to choose from.

        How files are read is taken from the file's own record.
        """
        record = vectors.record
        assert record is not None
        reading = {name: record.settings[name] for name in OF_READING if name in record.settings}
        everything: dict[str, Any] = {"min_count": 1, "max_vocab": None, "max_count": None}
        everything |= dict.fromkeys(self.text.lists)
        return replace(self.text, **everything, **reading)


def recipe_of(vectors: Sequence[Vectors]) -> Recipe:
    """Return how files were trained. Raises SettingsError where a record is missing, or not all were trained alike."""
    recipes = [_recipe_of(each) for each in vectors]
    first = recipes[0]
    for name, other in zip((each.name for each in vectors[1:]), recipes[1:], strict=True):
        differ = [
            f"{setting} {_shown(value)} and {_shown(other.values.get(setting))}"
            for setting, value in first.values.items()
            if other.values.get(setting) != value
        ]
        if first.model is not other.model or differ:
            raise SettingsError(
                f"{vectors[0].name} and {name} were trained differently: {', '.join(differ)}",
                hint="train both with the same settings: otherwise the settings would count as change",
            )
    return first


def check_corpus(vectors: Vectors, cache: TokenCache) -> None:
    """Raise CorpusError where a corpus is not the one that a file was trained on. cache: with all words of the corpus.

    The bytes must be the same; or, as of a text that was compressed since, the size of the text and the number of its
    tokens, words and sentences, and the counts of all words of the file.
    """
    assert vectors.record is not None
    before, report = vectors.record.corpus, cache.report
    if before.get("fingerprint") == report.fingerprint:
        return
    sizes = ("text_bytes", "tokens", "types", "sentences")
    if all(before.get(name) == getattr(report, name) for name in sizes) and _counts_are_those(vectors, cache):
        return
    now = f"{report.tokens:,} tokens and {report.types:,} words"
    then = f"{_counted(before, 'tokens')} tokens and {_counted(before, 'types')} words"
    raise CorpusError(
        f"{' '.join(report.sources)} is not the text that {vectors.name} was trained on: it has {now}, "
        f"{f'and not {then}' if now != then else 'as it should, but other words, or in another order'}",
        hint="give --corpus once for each file, in the order of the files, and each text as it was then",
    )


def _counts_are_those(vectors: Vectors, cache: TokenCache) -> bool:
    """Whether each word of a file occurs as often in a corpus as the file says."""
    if vectors.counts is None:
        return False
    counts = dict(zip(cache.vocabulary.words, cache.vocabulary.counts.tolist(), strict=True))
    return all(counts.get(word) == count for word, count in zip(vectors.words, vectors.counts.tolist(), strict=True))


def _recipe_of(vectors: Vectors) -> Recipe:
    record, name = vectors.record, vectors.name
    if record is None or not record.settings or not record.is_of_training:
        raise SettingsError(
            f"{name} does not say how it was trained, and deals must be trained in the same way", hint=TRAIN
        )
    if record.model not in MODELS:
        raise SettingsError(f"{name} was trained by {record.model!r}, which this w2v does not know", hint=TRAIN)
    if record.transforms:
        changes = ", ".join(str(each.get("transform")) for each in record.transforms)
        raise SettingsError(
            f"the vectors of {name} were changed after training ({changes}), and those of deals would not be",
            hint="compare the files as training wrote them",
        )
    model = MODELS[record.model]
    try:
        text = CorpusConfig(**_among(record.settings, CorpusConfig))
        settings = model.settings(**{**_among(record.settings, model.settings), "threads": 1, "seed": 1})
    except (SettingsError, TypeError) as error:
        raise SettingsError(f"the settings in the record of {name} cannot be used: {error}", hint=TRAIN) from error
    _check_texts_alone(name, record, settings)
    if text.phrases:
        raise SettingsError(
            f"{name} was trained with --phrases, which each text decides for itself: halves of a deal would differ "
            "from the texts",
            hint="find the phrases once (w2v phrases), and train both files with --phrase-list",
        )
    return Recipe(model, replace(settings, **_files_nobody_needs(settings)), text, lists_of(text))


def _among(settings: Mapping[str, Any], group: type[Settings]) -> dict[str, Any]:
    names = {each.name for each in fields(group)}
    return {name: value for name, value in settings.items() if name in names}


def _check_texts_alone(name: str, record: RunRecord, settings: ModelSettings) -> None:
    """Raise SettingsError where the file comes from more than its texts."""
    for setting in MADE_AFTERWARDS:
        if getattr(settings, setting, None) is not None:
            raise SettingsError(
                f"{name} was trained with --{setting.replace('_', '-')}, so it is not made of its text alone",
                hint="train it on its text, and nothing else",
            )
    if not record.corpus.get("fingerprint"):
        raise SettingsError(f"{name} does not say which text it was trained on", hint=TRAIN)


def _files_nobody_needs(settings: ModelSettings) -> dict[str, None]:
    """The settings that would write files beside the vectors, set to nothing."""
    return {one.name: None for one in settings_of(type(settings)) if one.kind == "output"}


def _shown(value: Any) -> str:
    return "on" if value is True else "off" if value in (False, None) else str(value)


def _counted(corpus: Mapping[str, Any], what: str) -> str:
    number = corpus.get(what)
    return f"{number:,}" if isinstance(number, int) else "an unknown number"
