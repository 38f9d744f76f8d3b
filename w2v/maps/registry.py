"""The registry of layouts: a line for each, so that help texts can be made without importing any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.errors import SettingsError
from w2v.lazy import find

if TYPE_CHECKING:
    from w2v.maps.layout import Layout

__all__ = ["DEFAULT", "LAYOUTS", "layout_named"]

DEFAULT = "tsne"
LAYOUTS = {
    "tsne": "w2v.maps.tsne:Tsne",
    "umap": "w2v.maps.umap:Umap",
    "pca": "w2v.maps.pca:Pca",
}


def layout_named(name: str) -> Layout:
    """Return a layout of the registry. Raise `SettingsError` for another name, or where its library is missing."""
    if name not in LAYOUTS:
        raise SettingsError(f"there is no layout {name!r}", hint=f"choose one of {', '.join(LAYOUTS)}")
    layout: Layout = find(LAYOUTS[name])()
    layout.check()
    return layout
