"""Measure the private memory of questions to a file of 12 GB: `python -m benchmarks.mapped FOLDER [--real VECTORS]`.

The file has 10,000,000 rows of 300 dimensions. The first rows are those of VECTORS, so that sets of questions score
something; the others have invented words and random values. It is written in w2v's own format, and with --bin also as
`.bin`; a file that is there already is used again. Every command is a process of its own. Printed are the seconds of
the clock and of the processor, and the largest private memory (benchmarks/watching.py), which has to stay below 2 GB:
pages of the file itself belong to the system, which takes them back when it needs them.

--only NAME runs some of the commands alone. --data-dir names a folder with evaluation sets. --own evaluates by a dozen
questions of each kind in place of whole sets: minutes in place of an hour, with the same passes over the file and the
same tables of its words. Translations are looked for in the same file, which is then open twice.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import w2v as library
from benchmarks.watching import Watched, w2v, watch
from w2v.arrays import F32, Array
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.tasks.registry import TASKS
from w2v.files.made import MadeRows
from w2v.files.rows import first_rows
from w2v.files.tensors import PackedWords, packed
from w2v.formats import write
from w2v.vectors import Vectors

BOUND = 2_000_000_000  # bytes of private memory
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
AT_ONCE = 100_000  # words
TRANSLATIONS = "house\thouse\nking\tqueen\ndog\tcat\nwater\tfire\nhand\thand\nbread\twine\n"
FACTORS = 3_200  # random rows, and random signs; a row is the product of one of each


def invented(first: int, last: int) -> Iterator[str]:
    """Yield invented words, two of a number with and without a capital; some have letters that are not ASCII."""
    for number in range(first, last):
        word, left = "", number // 2
        for _ in range(4):
            left, which = divmod(left, len(SYLLABLES))
            word += SYLLABLES[which]
        word = f"{word}x".replace("o", "ö") if number // 2 % 25 == 0 else f"{word}x"
        yield word.capitalize() if number % 2 else word


def make(real: Vectors | None, rows: int, dim: int) -> Vectors:
    """Return vectors whose rows are made when they are written."""
    known = 0 if real is None else min(len(real), rows)
    start = packed([] if real is None else real.stored_words[:known])
    text, offsets = bytearray(start.text.tobytes()), [start.offsets[:1] * 0, start.offsets[1:]]
    for first in range(known, rows, AT_ONCE):
        some = packed(list(invented(first, min(first + AT_ONCE, rows))))
        offsets.append(some.offsets[1:] + len(text))
        text += some.text.tobytes()
    words = PackedWords(np.frombuffer(bytes(text), dtype=np.uint8), np.concatenate(offsets))
    generator = np.random.default_rng(1)
    values = generator.standard_normal((FACTORS, dim), dtype=np.float32)
    signs = generator.choice(np.array([-1, 1], dtype=np.float32), (FACTORS, dim))
    top: F32 = np.zeros((0, dim), np.float32) if real is None else first_rows(real.stored, known)[:][:, :dim]

    def rows_of(numbers: Array) -> F32:
        chosen = numbers.reshape(-1)
        made = values[chosen % FACTORS] * signs[chosen // FACTORS % FACTORS]
        made[chosen < known] = top[chosen[chosen < known]]
        return made

    matrix = MadeRows(np.arange(rows)[:, None], rows_of, dim, is_finite=True)
    counts = np.maximum(5, 50_000_000 // np.arange(1, rows + 1))
    return Vectors.unchecked(words, matrix, counts, name="invented")


def measured(name: str, *arguments: str | Path) -> Watched:
    """Run `w2v` with some arguments, and print what it took."""
    found = watch(w2v(*arguments))
    over = "" if found.peaks[0] <= BOUND else "  ABOVE 2 GB"
    failed = "" if found.code == 0 else f"  ENDED WITH {found.code}: {found.output[-500:]}"
    print(f"{name}: {found}{over}{failed}", flush=True)
    return found


def questions(folder: Path) -> dict[str, list[str]]:
    """Return what is asked beside evaluations, by name: arguments of `w2v` without the file."""
    texts = folder / "texts.txt"
    texts.write_text("the king of france\nthe queen of england\na dog and a cat\n" * 100, "utf-8")
    return {
        "similar": ["similar", "king"],
        "similar, 3 words, one in another case": ["similar", "king", "FRANCE", "paris", "--unknown-words", "skip"],
        "analogy": ["analogy", "man", "king", "woman"],
        "similarity of two words": ["similarity", "king", "queen"],
        "an unknown word": ["similar", "kimg"],
        "encode": ["encode", str(texts), "-o", str(folder / "texts.npy")],
        "index": ["index", str(texts), "-o", str(folder / "texts.w2v")],
        "search": ["search", "a king and his dog", "--index", str(folder / "texts.w2v")],
        "info": ["info"],
    }


def evaluations(data: list[str]) -> dict[str, list[str]]:
    """Return evaluations by whole sets, by name, as `questions` does."""
    suites = {
        "analogies": ["google-analogies"],
        "analogies of pairs": ["bats"],
        "similarity": ["similarity"],
        "categorization": ["categorization"],
        "outliers": ["outliers"],
        "bias": ["bias"],
        "text similarity": ["text-similarity"],
        "classification": ["classification"],
        "retrieval": ["retrieval"],
        "in context": ["in-context"],
        "geometry": ["geometry"],
    }
    found = {"eval, default": ["eval", *data]}
    found |= {f"eval, {name}": ["eval", "--suite", ",".join(given), *data] for name, given in suites.items()}
    found |= {
        "eval, analogies, gensim's rules": ["eval", "--suite", "google-analogies", "--as", "gensim", *data],
        "eval, analogies, gensim's rules, all words": [
            *("eval", "--suite", "google-analogies", "--as", "gensim", "--restrict-vocab", "0", *data)
        ],
        "eval, analogies, 300,000 words": ["eval", "--suite", "google-analogies", "--restrict-vocab", "300000", *data],
    }
    return found


def own_evaluations(folder: Path, file: Path) -> dict[str, list[str]]:
    """Return evaluations by the examples of each kind of suite, by name, as `questions` does.

    file: vectors in whose space translations are looked for, here the same.
    """
    found = {}
    for kind, listed in TASKS.items():
        if listed.own_file is None:
            found[f"own, {kind}"] = ["eval", "--suite", kind]
            continue
        path = folder / f"own-{kind}.txt"
        path.write_text(TRANSLATIONS if kind == "bilingual" else task_of(kind).example, "utf-8")
        option = ["eval", f"--{listed.own_file.name.replace('_', '-')}", str(path)]
        more = ["--with", str(file)] if kind == "bilingual" else []
        found[f"own, {kind}"] = [*option, *more]
        if kind == "analogy":
            found["own, analogy, 300,000 words"] = [*option, "--restrict-vocab", "300000"]
            found["own, analogy, gensim's rules"] = [*option, "--as", "gensim"]
            found["own, analogy, gensim's rules, all words"] = [*option, "--as", "gensim", "--restrict-vocab", "0"]
            found["own, analogy, word2vec's rules, all words"] = [*option, "--as", "word2vec", "--restrict-vocab", "0"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--real", type=Path, help="vectors whose words come first")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--bin", action="store_true", help="also ask a file in word2vec's binary format")
    parser.add_argument("--format", default="", choices=("safetensors", "bin"), help="ask only the file of this format")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--own", action="store_true", help="a dozen questions of each kind in place of whole sets")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    file = given.folder / "mapped.safetensors"
    if not file.exists():
        started, cpu = time.perf_counter(), time.process_time()
        write(make(None if given.real is None else library.load(given.real), given.rows, given.dim), file)
        took = f"{time.perf_counter() - started:.0f} s, {time.process_time() - cpu:.0f} s of the processor"
        print(f"writing {file.name}: {took} ({file.stat().st_size / 1e9:.2f} GB)", flush=True)
    files = [file]
    if given.bin:
        files.append(file.with_suffix(".bin"))
        if not files[1].exists():
            measured("convert to .bin", "convert", file, files[1])
    data = [] if given.data_dir is None else ["--data-dir", str(given.data_dir)]
    worst = 0
    for asked in (each for each in files if given.format in ("", each.suffix[1:])):
        suites = own_evaluations(given.folder, asked) if given.own else evaluations(data)
        for name, arguments in (questions(given.folder) | suites).items():
            if not given.only or name in given.only:
                found = measured(f"{asked.suffix}, {name}", *arguments, "-m", asked)
                worst = max(worst, found.peaks[0])
    print(f"most private memory of a command: {worst / 1e9:.2f} GB")
    sys.exit(worst > BOUND)


if __name__ == "__main__":
    main()
