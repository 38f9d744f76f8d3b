"""What vectors can do with texts: `vectors.encode([...])`. `Vectors` has these methods from here."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from w2v.arrays import F32
from w2v.pooling.registry import DEFAULT
from w2v.pooling.source import WordRows
from w2v.progress import Progress, ProgressChoice, reporting

if TYPE_CHECKING:
    from w2v.pooling.encoder import TextEncoder

__all__ = ["EncodesTexts"]


class EncodesTexts:
    """Methods of vectors that take texts. A class that has them is one of `WordRows`."""

    def encode(
        self,
        texts: Iterable[str],
        pooling: str = DEFAULT,
        *,
        normalize: bool = True,
        dim: int | None = None,
        fit: Any = None,
        threads: int | None = None,
        progress: ProgressChoice = None,
        **settings: Any,
    ) -> F32:
        """Return a vector for each text, float32 [texts, D].

        The vector is a weighted mean of the rows of the text's words. Words that are not in the vocabulary are left out
        (composed of their parts, where the vectors can), and a text without any word that is there becomes zeros.

        pooling: "sif" (Arora 2017), which is the best one for comparing texts; "usif" (Ethayarajh 2018); "idf"; or
        "mean", which is the best one for classifiers. normalize: whether the vectors are brought to length 1. dim: use
        the first columns only. fit: a file or a list of texts from which sif and usif take the common component, and
        idf its weights; without it, these follow from the vectors and their counts. threads: by default one a core.
        progress: as in `w2v.train`. settings: tokenizer, keep_tags, lowercase, locale and normal_form (nfc, nfkc or
        none), where these are not to follow from the vectors.

        Raise `SettingsError` for impossible arguments, and for vectors whose weights nobody can know.
        """
        with reporting(progress) as listener:
            encoder = _encoder_of(cast(WordRows, self), pooling, normalize, dim, fit, listener, settings)
            encoded = encoder.encode(texts, threads=threads, progress=listener)
            left_out = encoder.tally.describe(encoder.vectors.name)
            if left_out:
                listener.message(left_out)
        return encoded.vectors

    def encoder(
        self,
        pooling: str = DEFAULT,
        *,
        normalize: bool = True,
        dim: int | None = None,
        fit: Any = None,
        progress: ProgressChoice = None,
        **settings: Any,
    ) -> TextEncoder:
        """Return what `encode` works with, for many calls, or to see how many words of each text were left out.

        Its method `encode` returns `Encoded`: vectors, and how many words of each text have a vector or have none;
        `parts` yields the same block by block, however many texts there are; `rows` returns the rows of words, [V, D],
        whose plain mean, at length 1, is the vector of a text. Arguments and errors: as in `encode`.
        """
        with reporting(progress) as listener:
            return _encoder_of(cast(WordRows, self), pooling, normalize, dim, fit, listener, settings)


def _encoder_of(
    vectors: WordRows,
    pooling: str,
    normalize: bool,
    dim: int | None,
    fit: Any,
    progress: Progress,
    settings: Mapping[str, Any],
) -> TextEncoder:
    """An encoder; those without texts to fit are made once for each kind. Say what was decided when it is made."""
    from w2v.pooling.making import make_encoder  # here, because most users of vectors encode no texts

    made: dict[Hashable, TextEncoder] = vars(vectors).setdefault("_text_encoders", {})
    key = (repr(pooling), repr(normalize), repr(dim), repr(sorted(settings.items())))
    if fit is None and key in made:
        return made[key]
    encoder = make_encoder(vectors, pooling, normalize=normalize, dim=dim, fit=fit, progress=progress, **settings)
    for level, sentence in encoder.notes:
        progress.message(sentence, level)
    if fit is None:
        made[key] = encoder
    return encoder
