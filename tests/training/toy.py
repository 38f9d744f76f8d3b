"""The toy of hardening/toys/model, importable as if it lay in the tree: what every model must do is tried on it too."""

from __future__ import annotations

from pathlib import Path

import w2v.training
from w2v.lazy import find
from w2v.training.model import Model

TOY_TREE = Path(__file__).parents[2] / "hardening" / "toys" / "model" / "tree"
w2v.training.__path__.append(str(TOY_TREE / "w2v" / "training"))
TOY: Model = find("w2v.training.toy.model:TOY")
