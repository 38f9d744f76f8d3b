"""Fuzz a reader with atheris: `python -m hardening.fuzz READER [-runs=N] [other options of libFuzzer]`.

READER is a name of tests/attacks/catalogue.py (vectors, corpus, settings, …). Mutation starts from the good and the bad
files of that reader; inputs that reach new code are kept in FOLDER/READER (`--corpus FOLDER`, else a temporary folder).
The fuzzer stops at the first exception that is not a W2VError, at an input that takes 20 s, and at 2 GB of memory, and
leaves that input in the current folder. The first byte of an input chooses the name of the file, and whether the file's
own hash is made right; with a wrong hash, no code behind the check of the hash would be reached. Fuzzing needs
`pip install '.[fuzz]'`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HASHED = ("vectors", "tokens", "cooccurrences", "checkpoint", "index")
DEFAULTS = ("-timeout=20", "-rss_limit_mb=2048", "-max_len=4096")


def target(reader: str, folder: Path) -> Callable[[bytes], None]:
    """Return a function that reads one input; an exception that it raises is a bug."""
    import click
    from attacks.catalogue import READERS, VECTORS, Attack, lay_down
    from attacks.vector_files import good

    from w2v.errors import W2VError

    chosen = READERS[reader]
    (folder / reader).mkdir(exist_ok=True)
    (folder / reader / VECTORS).write_bytes(good(".safetensors"))
    names = sorted(chosen.good) if chosen.name == "{}" else ["fuzz"]

    def one(data: bytes) -> None:
        choice = data[0] if data else 0
        content = rehashed(data[1:]) if choice & 128 and reader in HASHED else data[1:]
        path = lay_down(folder, Attack(reader, names[choice % 64 % len(names)], content, ""))
        with contextlib.suppress(W2VError, click.ClickException), contextlib.redirect_stdout(io.StringIO()):
            chosen.read(path)

    return one


def rehashed(data: bytes) -> bytes:
    """The same file with right hashes of its own, if it is one of w2v's files of tensors; other data unchanged."""
    from attacks.layout import joined, parts

    try:
        return joined(*parts(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return data


def seeds(reader: str) -> list[bytes]:
    """The inputs to start from: the good files of a reader and its bad files of up to 4 KB, each after a first byte."""
    from attacks.catalogue import ATTACKS, READERS

    good = [READERS[reader].good[name] for name in sorted(READERS[reader].good)]
    bombs = ("endless", "zeros.")
    mine = (attack for attack in ATTACKS if attack.reader == reader and not attack.name.startswith(bombs))
    bad = [attack.data for attack in mine if len(attack.data) < 4096]
    firsts = [*range(len(good)), *[0] * len(bad)]
    plain = [bytes([first]) + data for first, data in zip(firsts, [*good, *bad], strict=True)]
    return plain + [bytes([data[0] | 128]) + data[1:] for data in plain if reader in HASHED]


def main() -> None:
    try:
        import atheris
    except ImportError:
        sys.exit("fuzzing needs atheris: pip install '.[fuzz]'")

    with atheris.instrument_imports(include=["w2v"]):
        from attacks.catalogue import READERS
    reader, *options = sys.argv[1:] or [""]
    if reader not in READERS:
        sys.exit(f"usage: python -m hardening.fuzz {{{','.join(READERS)}}} [-runs=N] [libFuzzer options]")
    with tempfile.TemporaryDirectory(prefix="w2v-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        kept = Path(name) / "corpus" / reader
        if "--corpus" in options:
            at = options.index("--corpus")
            kept = Path(options[at + 1]) / reader
            del options[at : at + 2]
        kept.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(reader)):
            (kept / f"seed-{number:03}").write_bytes(data)
        atheris.Setup([sys.argv[0], *DEFAULTS, *options, str(kept)], target(reader, Path(name)))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
