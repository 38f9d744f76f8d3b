"""The Python interface: what `import w2v` offers, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import w2v

HEAVY = {"numpy", "numba", "scipy", "pandas", "gensim", "rich", "click", "requests", "safetensors"}


def test_every_public_name_is_there_and_listed_in_order() -> None:
    assert w2v.__all__ == sorted(w2v.__all__)
    assert set(dir(w2v)) == set(w2v.__all__)
    for name in w2v.__all__:
        assert getattr(w2v, name) is not None
    assert callable(w2v.train)
    assert callable(w2v.evaluate)
    assert not hasattr(w2v, "no_such_name")


def test_functions_stay_functions_whatever_was_imported_first() -> None:
    """No subpackage has the name of a public function: importing one would put itself in the function's place."""
    import w2v.cli
    import w2v.evaluation
    import w2v.training

    for name in ("train", "evaluate", "load", "save"):
        assert callable(getattr(w2v, name))


def test_importing_costs_nothing() -> None:
    script = "import sys, w2v; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)
