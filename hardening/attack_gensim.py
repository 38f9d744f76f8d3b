"""Give gensim the bad files that w2v must refuse, and print what becomes of them: `python -m hardening.attack_gensim`.

Vectors go to `KeyedVectors.load_word2vec_format` (.kv files to `KeyedVectors.load`), models of fastText to
`load_facebook_vectors`, corpora to `LineSentence` and a small `Word2Vec`, sets to `evaluate_word_analogies` and
`evaluate_word_pairs`. Each file gets a process of its own with 20 s of CPU time and 4 GB. A file counts as "silent" if
gensim raises nothing and logs no warning. tests/attacks checks that w2v refuses all of these files. Files that only w2v
reads are left out.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import pickle
import resource
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from attacks.catalogue import ATTACKS, Attack, lay_down
from gensim.models import KeyedVectors, Word2Vec
from gensim.models.fasttext import load_facebook_vectors
from gensim.models.word2vec import LineSentence

CLASSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("vectors", "pickles that run code", ("protocol",)),
    (
        "vectors",
        "first lines that promise too much or nonsense",
        ("rows.", "dim.", "both.", "digits", "negative", "zero-"),
    ),
    ("vectors", "files cut short, rows missing", ("cut", "missing", "header-only", "word-only", "short")),
    ("vectors", "surplus rows, values or bytes", ("surplus", "long.", "trailing", "empty-line", "wrong-dim")),
    ("vectors", "NaN and infinity", ("nan", "inf", "overflow")),
    ("vectors", "what is no number", ("letters", "comma", "two-points", "underscore", "hex", "nul.")),
    (
        "vectors",
        "words that are empty or in other encodings",
        ("latin1", "surrogate", "not-utf8", "empty-word", "no-word"),
    ),
    ("vectors", "gzip that is flipped or holds a bomb", ("flipped.txt", "crc", "twice", "bomb")),
    ("vectors", "everything else that is no vectors", ("",)),
    ("fasttext", "models of fastText", ("",)),
    ("corpus", "compressed corpora cut short", ("cut", "nothing.", "three-bytes")),
    ("corpus", "compressed corpora damaged, or with something behind", ("flipped", "page-behind", "text-behind")),
    (
        "corpus",
        "corpora in other encodings",
        ("latin", "koi8", "gb18030", "shift", "utf-", "one-bad", "overlong", "surrogate"),
    ),
    ("corpus", "endless words, NUL, windows of 256 MB", ("endless", "zeros", "nul", "memory")),
    ("corpus", "everything else that is no text", ("",)),
    ("questions-words", "questions", ("",)),
    ("pairs", "rated pairs", ("",)),
)
OUTCOMES = ("silent", "logged", "raised", "exhausted", "ran code")
CPU_SECONDS, MEMORY = 20, 4 << 30


class Told(logging.Handler):
    """A logging handler that remembers whether a warning was logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = False

    def emit(self, record: logging.LogRecord) -> None:
        self.heard = True


def vectors(path: Path) -> None:
    if path.suffix == ".kv":
        KeyedVectors.load(str(path))
    else:
        headless = ".glove." in path.name
        KeyedVectors.load_word2vec_format(str(path), binary=".bin" in path.name, no_header=headless)


def corpus(path: Path) -> None:
    Word2Vec(LineSentence(str(path)), vector_size=5, min_count=1, epochs=1, workers=1)


def known() -> KeyedVectors:
    found = KeyedVectors(2)
    found.add_vectors(["king", "queen", "man", "woman"], [[1, 0], [0, 1], [1, 1], [1, 2]])
    return found


USES: dict[str, Callable[[Path], object]] = {
    "vectors": vectors,
    "fasttext": lambda path: load_facebook_vectors(str(path)),
    "corpus": corpus,
    "questions-words": lambda path: known().evaluate_word_analogies(str(path)),
    "pairs": lambda path: known().evaluate_word_pairs(str(path)),
}


def fate(attack: Attack, folder: Path) -> str:
    """Let gensim read one file in a child process, and return one of OUTCOMES."""
    path = lay_down(folder, attack)
    child = os.fork()
    if child == 0:
        os._exit(OUTCOMES.index(_inside(USES[attack.reader], path)))
    _, status = os.waitpid(child, 0)
    path.unlink()
    if os.WIFSIGNALED(status):
        return "exhausted"
    return OUTCOMES[os.WEXITSTATUS(status)] if os.WEXITSTATUS(status) < len(OUTCOMES) else "raised"


def _inside(use: Callable[[Path], object], path: Path) -> str:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    told, out = Told(), io.StringIO()
    logging.getLogger().addHandler(told)
    outcome = "silent"
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            use(path)
        except MemoryError:
            outcome = "exhausted"
        except (Exception, pickle.PickleError):
            outcome = "raised"
    if "unpickled" in out.getvalue():
        return "ran code"
    return "logged" if outcome == "silent" and told.heard else outcome


def main() -> None:
    left = [attack for attack in ATTACKS if attack.reader in USES and not attack.name.endswith(".safetensors")]
    print("| bad files | number | silent | a warning in the log | raises | 4 GB or 20 s exceeded | runs code |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="w2v-gensim-") as name:
        for reader, title, beginnings in CLASSES:
            mine = [attack for attack in left if attack.reader == reader and attack.name.startswith(beginnings)]
            left = [attack for attack in left if attack not in mine]
            found = Counter(fate(attack, Path(name)) for attack in mine)
            total.update(found)
            print(f"| {title} | {len(mine)} | {' | '.join(str(found[each]) for each in OUTCOMES)} |", flush=True)
    print(f"| all | {total.total()} | {' | '.join(str(total[each]) for each in OUTCOMES)} |")


if __name__ == "__main__":
    main()
