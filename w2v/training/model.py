"""What a model says of itself, so that no other file needs to know which models there are. The list: models.py.

Nothing heavy is imported here: trainers and data are named by places ("module:name") and found when they are used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.lazy import find
from w2v.training.settings import ModelSettings

if TYPE_CHECKING:
    from w2v.arrays import F32
    from w2v.files.rows import FileRows
    from w2v.record import RunRecord
    from w2v.subwords import Subwords
    from w2v.training.data import Data, Opens, TokenData
    from w2v.training.trainer import Trainer
    from w2v.vocab import Vocabulary

__all__ = ["Model"]


@dataclass(frozen=True, eq=False)
class Model:
    """A kind of model that can be trained. The callables receive the model's own settings.

    name: what --model and the record of a run call it.
    title: what people call it, as "skip-gram with negative sampling (word2vec)".
    settings: the class of its settings.
    opens: the place of a context manager that opens what the model is trained on; its type is `data.Opens`.
    trainer: returns the place of the class that trains, a `trainer.Trainer`.
    of_tokens: the place of a function that makes of a corpus as ids (`data.TokenData`) what `opens` would have opened.
    on_workers: returns the place of the class that trains by several processes; it raises SettingsError for settings
        with which they cannot. None where there is no such class.
    reproducible: whether a seed gives the same bytes at any number of threads; otherwise it does with one thread.
    unit: what its progress counts, in the plural.
    counted: the key of the record's `trained` that holds the number of these.
    loss: what its loss is called.
    instead_of_corpus: the setting that names a file to train on in place of a corpus, where the model has one.
    lacks: settings of other models that this one cannot have, each with the reason, as a clause.
    subwords: the place of a function (settings, vocabulary, arrays of the result) that returns the rows of n-grams, of
        which unknown words are composed; it returns None where there are none.
    peers: by name of another tool, its arguments for the same training; `w2v bench` compares with these tools.
    flop_per_pair: floating-point operations for a pair of words, which `w2v bench` counts; for models with peers.
    suits_others: whether other models may well begin with its vectors (--init): their lengths are those of inputs of
        negative sampling.
    hurt_by_centring: what such vectors lose where the mean is taken off them, as a clause; "" where they do not.
    cites: the works that the model is from, by their keys in `w2v/data/references.toml`.
    """

    name: str
    title: str
    settings: type[ModelSettings]
    opens: str
    trainer: Callable[[Any], str]
    reproducible: Callable[[Any], bool]
    unit: str = "words"
    counted: str = "words"
    loss: str = "loss"
    instead_of_corpus: str | None = None
    on_workers: Callable[[Any], str] | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)
    of_tokens: str = "w2v.training.data:tokens_alone"
    subwords: str | None = None
    peers: Mapping[str, Callable[[Any], Mapping[str, Any]]] = field(default_factory=dict)
    flop_per_pair: Callable[[Any], int] | None = None
    suits_others: bool = False
    hurt_by_centring: str = ""
    cites: tuple[str, ...] = ()

    def trainer_by_workers(self, settings: ModelSettings) -> type[Trainer[Any]]:
        """Import and return the class that trains with such settings by workers. Raises SettingsError if none can."""
        if self.on_workers is None:
            raise SettingsError(
                f"workers cannot train {self.name}", hint="train without workers, or choose the model sgns"
            )
        trainer: type[Trainer[Any]] = find(self.on_workers(settings))
        return trainer

    def open_data(self) -> Opens:
        """Import and return what `opens` names."""
        opens: Opens = find(self.opens)
        return opens

    def data_of_tokens(self, tokens: TokenData) -> Data:
        """Return what the model is trained on, for a corpus that is in memory as ids already."""
        data: Data = find(self.of_tokens)(tokens)
        return data

    def trainer_for(self, settings: ModelSettings) -> type[Trainer[Any]]:
        """Import and return the class that trains with such settings."""
        trainer: type[Trainer[Any]] = find(self.trainer(settings))
        return trainer

    def subwords_of(
        self, settings: ModelSettings, vocabulary: Vocabulary, arrays: Mapping[str, F32 | FileRows]
    ) -> Subwords | None:
        """Return the rows of n-grams among the arrays that training has given, where it has given any."""
        return None if self.subwords is None else find(self.subwords)(settings, vocabulary, arrays)

    def account(self, record: RunRecord) -> str:
        """Return one line on a run that has ended: how much it trained on, how fast, and the losses."""
        seconds, amount = record.timings["train"], int(record.trained[self.counted])
        speed = f"{amount / seconds / 1e6:.2f} M {self.unit}/s" if seconds else "at once"
        return f"trained on {amount:,} {self.unit} in {seconds:.1f} s ({speed}), {self._losses(record)}"

    def _losses(self, record: RunRecord) -> str:
        if record.heldout_loss:
            first, last = record.heldout_loss[0], record.heldout_loss[-1]
            return f"{self.loss} on a fixed sample of the text: {first:.4g} before, {last:.4g} after"
        return f"{self.loss} {record.loss[0]:.4g} in the first epoch, {record.loss[-1]:.4g} in the last"
