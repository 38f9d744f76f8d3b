"""Every reader of w2v, a good file of each, and all bad files: what the tests, the fuzzers and the table share.

Not here: the files (the modules beside this one), and what is asked of the readers (hardening/measure_attacks.py).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attacks import (
    corpus_files,
    folder_files,
    ngram_files,
    npy_files,
    pickle_files,
    small_files,
    tensor_files,
    text_files,
    vector_files,
)

from w2v import formats
from w2v.cli import Session, cli
from w2v.cli.eval_gates import read_baseline
from w2v.compare.deals.kept import load_deal
from w2v.compare.map_file import load_map
from w2v.cooccurrences.file import load_cooccurrences
from w2v.data.manifest import load_manifest
from w2v.errors import FormatError, W2VError
from w2v.evaluation.own import OwnChoices
from w2v.evaluation.tasks import (
    categories,
    contextual_similarity,
    outliers,
    similarity,
    text_similarity,
    word_in_context,
)
from w2v.evaluation.tasks.analogies import sets
from w2v.evaluation.tasks.bias import read_lists, read_table_of_lists
from w2v.evaluation.tasks.classification.sets import read_own_labels
from w2v.evaluation.tasks.retrieval.sets import read_own_collection
from w2v.search.index_file import open_index
from w2v.search.searching import SearchIndex
from w2v.text import TextReader, expand
from w2v.text.reading import Reading as TextReading
from w2v.tokens.cache import open_cache
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import lists_of
from w2v.training.checkpoint_file import load_checkpoint
from w2v.verification import verify

__all__ = ["ATTACKS", "READERS", "Attack", "Reader", "lay_down"]

VECTORS = "beside.safetensors"  # good vectors in the folder of the attacks


@dataclass(frozen=True)
class Reader:
    """What reads a file of one kind.

    read: raises W2VError for a bad file. name: of the file, {} for that of the attack. command: of w2v, which reads the
    file too; {} is its path; empty where there is none. code: with which it ends. good: whole files, by name. beside:
    other files that must be there.
    """

    read: Callable[[Path], object]
    good: dict[str, bytes]
    name: str = "{}"
    command: Sequence[str] = ()
    code: int = 1
    beside: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Attack:
    """A bad file: the reader that it is for, its name, its bytes, and what the error must say."""

    reader: str
    name: str
    data: bytes
    fragment: str


def _counts(path: Path) -> None:
    """Counts that do not fit are left out aloud when vectors are read; to `verify` they are a fault."""
    found = verify(path.with_name("v.txt"))
    if found.problem:
        raise FormatError(found.problem, hint=found.hint or "")


def _table_of_ngrams(path: Path) -> None:
    """Read a table of n-grams with a vocabulary, and compose a word that is not in it."""
    vectors = formats.read(path, only_words=["a", "bc"], progress=False)
    vectors.vector("naïve", unknown="subwords")


def _settings(path: Path) -> None:
    arguments = ["info", "--show-config", "--config", str(path)]
    cli.main(arguments, prog_name="w2v", standalone_mode=False, obj=Session())


def _folder(path: Path) -> None:
    formats.read(path.parent)


def _text(path: Path) -> None:
    for _ in TextReader(expand([path]), block_size=1 << 16):
        pass


def _texts(kind: str, column: str | None = None) -> Callable[[Path], None]:
    """Return a function that reads a file as texts of this kind, as training does."""

    def read(path: Path) -> None:
        for _ in TextReader(expand([path]), TextReading(input_format=kind, column=column), block_size=1 << 16):
            pass

    return read


def _search(path: Path) -> None:
    """Read an index, and ask it whatever can be asked without vectors."""
    index = SearchIndex(open_index(path))
    index.search("bé a", mode="words")
    index.farthest(2)
    open_index(path, check=True)


def _train(*options: str) -> tuple[str, ...]:
    return ("train", "{}", "-o", "made.bin", "--no-cache", *options)


def _eval(kind: str) -> tuple[str, ...]:
    return ("eval", VECTORS, f"--{kind}", "{}")


def _with_words(path: Path) -> None:
    """Read a file as each kind of a user's own, with a vocabulary that has every other word."""
    choices = OwnChoices(accept_partial=True, known=lambda word: zlib.crc32(word.encode()) % 2 == 0)
    failures = []
    for read in (
        similarity.read_own_pairs,
        sets.read_own_analogies,
        outliers.read_own_outliers,
        categories.read_own_categories,
    ):
        try:
            read(path, choices)
        except W2VError as error:
            failures.append(error)
    if len(failures) == 4:
        raise failures[0]


_PAIRS = b"king\tqueen\t8.5\nman\twoman\t7\n"
_TOPICS = b"category,outliers,words\nx,\"['dog']\",\"['a', 'b']\"\n"

READERS: dict[str, Reader] = {
    "vectors": Reader(
        formats.read,
        {f"v{end}": vector_files.good(end) for end in vector_files.SUFFIXES},
        command=("info", "{}"),
    ),
    "fasttext": Reader(
        formats.read, ngram_files.GOOD_FASTTEXT, name="{}.fasttext.bin", command=("similar", "a", "-m", "{}")
    ),
    "floret": Reader(_table_of_ngrams, ngram_files.GOOD_FLORET, name="{}.floret", command=("info", "{}")),
    "npy": Reader(
        formats.read,
        {
            "v.npy": npy_files.saved(npy_files.ROWS),
            "half.npy": npy_files.saved(npy_files.ROWS.astype(">f2")),
            "columns.npy": npy_files.saved(npy_files.ROWS.astype("<f8").T.copy().T),
        },
        command=("info", "{}"),
        beside={"words.txt": npy_files.WORDS},
    ),
    "gensim": Reader(formats.read, pickle_files.GOOD, command=("info", "{}")),
    "hub-tensors": Reader(
        _folder,
        {"model.safetensors": folder_files.GOOD},
        name="{}/model.safetensors",
        beside={"tokenizer.json": folder_files.tokenizer()},
    ),
    "hub-tokenizer": Reader(
        _folder,
        {"tokenizer.json": folder_files.tokenizer()},
        name="{}/tokenizer.json",
        beside={"model.safetensors": folder_files.GOOD},
    ),
    "spacy-keys": Reader(
        _folder,
        {"key2row": folder_files.packed(dict(zip(folder_files.HASHES[:2], (1, 0), strict=True)))},
        name="{}/key2row",
        beside={"vectors": npy_files.saved(npy_files.ROWS), "strings.json": folder_files.STRINGS},
    ),
    "parquet": Reader(formats.read, {"v.parquet": folder_files.WHOLE}, command=("info", "{}")),
    "npy-words": Reader(
        lambda path: formats.read(path.with_name("v.npy")),
        {"v.words.txt": npy_files.WORDS},
        name="{}/v.words.txt",
        beside={"v.npy": npy_files.saved(npy_files.ROWS)},
    ),
    "counts": Reader(
        _counts, {"v.txt.vocab.txt": b"a 7\nb 5\n"}, name="{}/v.txt.vocab.txt", beside={"v.txt": b"a 1\nb 2\n"}
    ),
    "tokens": Reader(open_cache, {"good.tokens": tensor_files.token_cache()}, "{}.tokens", ("verify", "{}")),
    "cooccurrences": Reader(load_cooccurrences, {"good": tensor_files.cooccurrence_file()}, command=("info", "{}")),
    "checkpoint": Reader(load_checkpoint, {"good": tensor_files.checkpoint()}, command=("verify", "{}")),
    "deal": Reader(load_deal, {"0001.deal": tensor_files.deal()}, command=("verify", "{}")),
    "index": Reader(_search, {"docs.w2v": tensor_files.index()}, command=("info", "{}")),
    "map": Reader(load_map, {"good.map": tensor_files.map_file()}, command=("info", "{}")),
    "corpus": Reader(
        _text,
        {f"t.{end}": pack(corpus_files.TEXT) for end, pack in corpus_files.PACK.items()} | {"t": corpus_files.TEXT},
        command=_train(),
    ),
    "html": Reader(
        _texts("html"),
        {"t.html": text_files.GOOD_HTML, "two.html": b"<html><body>a b<p>c</html>\n<html>d</html>\n"},
        command=_train("--input-format", "html"),
    ),
    "csv-texts": Reader(
        _texts("csv", "title"),
        {"t.csv": text_files.GOOD_TABLE, "semicolons.csv": b"id;title\n1;a b\n"},
        command=_train("--input-format", "csv", "--column", "title"),
    ),
    "json-texts": Reader(
        _texts("json", "title"),
        {"t.jsonl": text_files.GOOD_JSON, "array.json": b'[{"title": "a b"},\n {"title": "c"}]\n'},
        command=_train("--input-format", "json", "--column", "title"),
    ),
    "word-lists": Reader(
        lambda path: lists_of(CorpusConfig(vocabulary=str(path), lowercase=True)),
        {"l.txt": b"a\nb\n", "counts.txt": b"the 9\na 5\n"},
        command=("train", "--vocabulary", "{}", "-o", "made.bin", "--input-format", "plain"),
        code=2,
    ),
    "pairs": Reader(similarity.read_own_pairs, {"p": _PAIRS}, command=_eval("pairs")),
    "analogies": Reader(sets.read_own_analogies, {"a": b": x\na b c d/e\n"}, command=_eval("analogies")),
    "outliers": Reader(outliers.read_own_outliers, {"o": b"x: a b c | d e\n"}, command=_eval("outliers")),
    "own-categories": Reader(
        categories.read_own_categories, {"c": b"carp,fish\nowl,bird\n"}, command=_eval("categories")
    ),
    "own-known": Reader(
        _with_words,
        {
            "p": b"#cat\t:(\t1\n'1,2-x'\tid\t0,5\n",
            "a": b": x\n:( b /c d/e\n",
            "o": b"x: a, b c | d\n",
            "c": b'"1,2-x",y\nz,u\n',
            "named-pairs": b"id,word2,word1,score,who\n1,#cat,:(,3,A\n2,b,c,5,B\n",
            "named-categories": b"category\tid\tword\nx\t1\ta\ny\t2\tb\n",
            "named-analogies": b"section;word1;word2;word3;word4\ns;a;b;c;d\n",
        },
    ),
    "text-pairs": Reader(
        text_similarity.read_own_text_pairs,
        {"p.csv": b'text1,text2,score\n"a, b",c,3\n', "t.tsv": b"a\tb\t1\n"},
        name="{}.csv",
        command=_eval("text-pairs"),
    ),
    "text-records": Reader(
        text_similarity.read_own_text_pairs,
        {"r.jsonl": b'{"text1": "a", "text2": "b", "score": 1}\n'},
        name="{}.jsonl",
        command=_eval("text-pairs"),
    ),
    "in-context": Reader(
        word_in_context.read_own_context_pairs,
        {
            "c.csv": b'word,text1,text2,label\na,a b,"a, c",T\nb,b a,c b,F\n',
            "t.tsv": b"a\ta b\ta c\tyes\nb\tb a\tc b\tno\n",
            "parts.csv": b"word,text1,text2,label,part\na,a b,a c,T,train\nb,b a,c b,F,test\n",
        },
        name="{}.csv",
        command=_eval("in-context"),
    ),
    "context-pairs": Reader(
        contextual_similarity.read_own_rated_in_context,
        {
            "c.csv": b"text1,text2,score\n<b>a</b> b,c <b>b</b>,3\n",
            "t.tsv": b"<b>a</b> b\tc <b> b </b>\t0.5\n",
        },
        name="{}.csv",
        command=_eval("context-pairs"),
    ),
    "labels": Reader(
        read_own_labels, {"l.csv": b"label,text\n" + b"x,a\ny,b\n" * 5}, name="{}.csv", command=_eval("labels")
    ),
    "collection": Reader(
        read_own_collection,
        {"c.csv": b"query,document,relevance\na,b,1\na,c,0\n"},
        name="{}.csv",
        command=_eval("collection"),
    ),
    "questions-words": Reader(sets.read_analogies, {"q": b": x\na b c d\n"}),
    "categories": Reader(categories.read_categories, {"c": b"word,category\ncarp,fish\nowl,bird\n"}),
    "outlier-lists": Reader(lambda path: outliers.read_outlier_lists(path, "o", "O"), {"l": _TOPICS}),
    "lists": Reader(read_lists, {"l": small_files.GOOD_LISTS}, command=("bias", "-m", VECTORS, "--lists", "{}")),
    "list-tables": Reader(
        read_table_of_lists,
        {"l": b"role,word\nX,a\nY,b\nA,c\nB,d\n"},
        name="{}.csv",
        command=("bias", "-m", VECTORS, "--lists", "{}"),
    ),
    "manifest": Reader(load_manifest, {"attack.toml": small_files.GOOD_MANIFEST}, name="{}/attack.toml"),
    "settings": Reader(_settings, {"s": b'color = "never"\n'}, command=("info", VECTORS, "--config", "{}"), code=2),
    "baseline": Reader(
        lambda path: read_baseline(path, 1.0),
        {"b": small_files.GOOD_BASELINE},
        command=("eval", VECTORS, "--baseline", "{}", "--fail-under", "1"),
    ),
}

_BAD: dict[str, list[tuple[str, bytes, str]]] = {
    "vectors": vector_files.ATTACKS,
    "fasttext": ngram_files.FASTTEXT,
    "floret": ngram_files.FLORET,
    "npy": npy_files.MATRICES,
    "gensim": pickle_files.ATTACKS,
    "hub-tensors": folder_files.TENSORS,
    "hub-tokenizer": folder_files.TOKENIZERS,
    "spacy-keys": folder_files.KEYS,
    "parquet": folder_files.PARQUET,
    "npy-words": npy_files.LISTS,
    "counts": small_files.COUNTS,
    "tokens": tensor_files.TOKEN_CACHES,
    "cooccurrences": tensor_files.COOCCURRENCES,
    "checkpoint": tensor_files.CHECKPOINTS,
    "deal": tensor_files.DEALS,
    "index": tensor_files.INDEXES,
    "map": tensor_files.MAPS,
    "corpus": corpus_files.CORPORA,
    "html": text_files.HTML,
    "csv-texts": text_files.TABLES,
    "json-texts": text_files.JSON,
    "word-lists": text_files.LISTS,
    "pairs": small_files.PAIRS,
    "analogies": small_files.ANALOGIES,
    "outliers": small_files.OUTLIERS,
    "own-categories": small_files.OWN_CATEGORIES,
    "own-known": small_files.OWN_KNOWN,
    "text-pairs": small_files.TEXT_PAIRS,
    "text-records": small_files.TEXT_RECORDS,
    "in-context": small_files.IN_CONTEXT,
    "context-pairs": small_files.CONTEXT_PAIRS,
    "labels": small_files.LABELS,
    "collection": small_files.COLLECTIONS,
    "questions-words": small_files.QUESTIONS,
    "categories": small_files.CATEGORIES,
    "outlier-lists": small_files.OUTLIER_LISTS,
    "lists": small_files.LISTS,
    "list-tables": small_files.LIST_TABLES,
    "manifest": small_files.MANIFESTS,
    "settings": small_files.SETTINGS,
    "baseline": small_files.BASELINES,
}

ATTACKS = tuple(Attack(reader, *bad) for reader, attacks in _BAD.items() for bad in attacks)


def lay_down(folder: Path, attack: Attack) -> Path:
    """Write a bad file where its reader looks for one; the path to give to the reader."""
    reader = READERS[attack.reader]
    path = folder / attack.reader / reader.name.format(attack.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, data in [(path.name, attack.data), *reader.beside.items()]:
        path.with_name(name).write_bytes(data)
    return path
