"""Fuzz a reader with atheris: `python tests/fuzz/fuzz.py READER [-runs=N] [other options of libFuzzer]`.

READER is a name of tests/attacks/catalogue.py (vectors, corpus, settings, …). Mutation starts from its good and its bad
files; inputs that reach new code are kept in FOLDER/READER (`--corpus FOLDER`, else a temporary one). It stops at the
first exception that is no W2VError, at an input that takes 20 s, and at 2 GB of memory, and leaves that input in the
current folder. An input's first byte chooses the name of the file and whether its own hash is made right, without which
nothing behind the hash would ever be reached. Needs `pip install '.[fuzz]'`. Not here: what the readers are.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
HASHED = ("vectors", "tokens", "cooccurrences", "checkpoint")
DEFAULTS = ("-timeout=20", "-rss_limit_mb=2048", "-max_len=4096")


def target(reader: str, folder: Path) -> Callable[[bytes], None]:
    """What reads one input; it raises whatever is a bug."""
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
    """A file of tensors whose own hashes are right; others as they are."""
    from attacks.layout import joined, parts

    try:
        return joined(*parts(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return data


def seeds(reader: str) -> list[bytes]:
    """The good files of a reader, and its bad ones of up to 4 KB, with first bytes for each of the names."""
    from attacks.catalogue import ATTACKS, READERS

    good = [READERS[reader].good[name] for name in sorted(READERS[reader].good)]
    bombs = ("endless", "zeros.")
    mine = (attack for attack in ATTACKS if attack.reader == reader and not attack.name.startswith(bombs))
    bad = [attack.data for attack in mine if len(attack.data) < 4096]
    firsts = [*range(len(good)), *[0] * len(bad)]
    plain = [bytes([first]) + data for first, data in zip(firsts, [*good, *bad], strict=True)]
    return plain + [bytes([data[0] | 128]) + data[1:] for data in plain if reader in HASHED]


def main() -> None:
    sys.path.insert(0, str(HERE.parent))
    import atheris

    with atheris.instrument_imports(include=["w2v"]):
        from attacks.catalogue import READERS
    reader, *options = sys.argv[1:] or [""]
    if reader not in READERS:
        sys.exit(f"usage: fuzz.py {{{','.join(READERS)}}} [-runs=N] [libFuzzer options]")
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
