"""The stream of texts that every command reads which takes texts: files of any kind, or an iterable from Python.

    for text in Texts("products.csv", Reading(column="title", id_column="sku")):
        print(text.id, text.text)

Training counts the same stream in blocks, without a loop over texts (`Texts.reader`). Not here: the kinds (kinds.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from w2v.errors import CorpusError, SettingsError
from w2v.text.checking import Tally
from w2v.text.decoding import BLOCK, TextReader
from w2v.text.folding import AS_IT_IS, Transform
from w2v.text.kind import Text, check_reading, kind_of
from w2v.text.opening import Opened
from w2v.text.python_texts import Corpus, PythonTexts, names_or_texts
from w2v.text.reading import UTF8, Reading
from w2v.text.sources import Source, each_once, expand
from w2v.text.vector_files import without_vectors

__all__ = ["Texts"]

_STEP = 1 << 20


class Texts:
    """Texts with ids, in a fixed order. Iterating reads them once more, unless they come from a pipe or a generator.

    sources: what is read. tally: texts so far, and records without one, of the iteration that began last.

    corpus: names of files, folders or patterns, "-" for standard input, or an iterable of strings or of lists of
    tokens. reading: kind, column and encoding of the files. tell: is told of files that are left out.
    skips_unusable: whether a file that was found in a folder or by a pattern, and cannot be read, is left out and told
    of, instead of an error; links out of a folder are then left out as well.

    Raises SettingsError for what is no corpus, or has no columns; CorpusError for files that do not exist, and, while
    they are read, for damaged ones.
    """

    def __init__(
        self,
        corpus: Corpus,
        reading: Reading | None = None,
        *,
        tell: Callable[[str], None] = lambda _: None,
        skips_unusable: bool = False,
    ) -> None:
        self.reading = reading or Reading()
        self._tell = tell
        self._skips_unusable = skips_unusable
        self.tally = Tally()
        check_reading(self.reading)
        found = names_or_texts(corpus)
        if isinstance(found, PythonTexts):
            _check_python(self.reading)
            self.sources: tuple[Source, ...] = (found,)
        else:
            self.sources = without_vectors(
                each_once(expand(found, tell if skips_unusable else None), tell), self.reading, tell
            )

    def __iter__(self) -> Iterator[Text]:
        self.tally = Tally()
        for source in self.sources:
            if isinstance(source, PythonTexts):
                yield from source.texts()
                continue
            try:
                opened = Opened(source, source.read(_STEP), self.reading, self.tally)
                kind = kind_of(self.reading, opened, source)
                self.tally.kinds[kind.name] = None
                yield from kind.texts(opened)
            except CorpusError as error:
                if not (self._skips_unusable and source.met):
                    raise
                self._tell(f"left out: {error}")

    @property
    def are_tokens(self) -> bool:
        """Whether the texts are lists of tokens, which must not be split in another way."""
        return any(isinstance(source, PythonTexts) and source.are_tokens for source in self.sources)

    @property
    def size(self) -> int | None:
        """Bytes of all sources; None where nobody knows it beforehand. Such texts can be read only once."""
        sizes = [source.size for source in self.sources]
        return None if None in sizes else sum(size or 0 for size in sizes)

    def reader(
        self,
        *,
        folding: Transform = AS_IT_IS,
        block_size: int = BLOCK,
        cut_at_wide_marks: bool = False,
        on_plain: Callable[[str, bytes], None] = lambda name, head: None,
        fingerprinted: bool = True,
    ) -> TextReader:
        """Return what reads the same texts in blocks, as counting takes them. Arguments: as of `TextReader`."""
        return TextReader(
            self.sources,
            self.reading,
            folding=folding,
            block_size=block_size,
            cut_at_wide_marks=cut_at_wide_marks,
            on_plain=on_plain,
            fingerprinted=fingerprinted,
        )


def _check_python(reading: Reading) -> None:
    for setting, default in (("input_format", None), ("column", None), ("id_column", None), ("encoding", UTF8)):
        value = getattr(reading, setting)
        if value != default:
            raise SettingsError(
                f"{setting} is {value!r}, and the texts are from Python", hint="it is for files: leave it out"
            )
