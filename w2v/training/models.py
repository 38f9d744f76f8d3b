"""The registry of models. A new model is a folder beside this file, as sgns/ is, and a line in `MODELS`."""

from __future__ import annotations

from w2v.errors import SettingsError
from w2v.lazy import find
from w2v.training.model import Model
from w2v.training.settings import ModelSettings

__all__ = ["DEFAULT", "MODELS", "model_named", "model_of"]

DEFAULT = "sgns"
MODELS: dict[str, Model] = {
    "sgns": find("w2v.training.sgns.model:SGNS"),
    "cbow": find("w2v.training.cbow.model:CBOW"),
    "glove": find("w2v.training.glove.model:GLOVE"),
}


def model_named(name: object) -> Model:
    """Return the model of a name. Raises SettingsError where there is none."""
    if not isinstance(name, str) or name not in MODELS:
        raise SettingsError(f"model is {name!r}", hint=f"model must be one of {', '.join(MODELS)}")
    return MODELS[name]


def model_of(settings: ModelSettings) -> Model:
    """Return the model that settings belong to. Raises SettingsError where there is none."""
    return next((model for model in MODELS.values() if type(settings) is model.settings), None) or model_named(settings)
