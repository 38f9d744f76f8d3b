"""Maps of words: a place in the plane for each word, and one HTML page that shows them and needs no network.

making       `w2v.word_map`: vectors to a map
result       `WordMap`: words with places, neighbours and groups
layout       what a way of placing words says of itself; registry lists them; pca, tsne and umap are a file each
space        the words as unit vectors, with their nearest words in the full space
beyond       near words that are not on the map
kept         which share of the nearest words a map keeps near
positions    places that were computed before, read from a page or a table
packing      arrays as a page holds them; page the page itself; browser/ its HTML, style and script
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.maps.making import word_map
    from w2v.maps.result import WordMap

__all__ = ["WordMap", "word_map"]

__getattr__, __dir__ = hand_on(__name__, {"WordMap": "w2v.maps.result", "word_map": "w2v.maps.making"})
