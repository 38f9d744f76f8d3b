"""How scenes are drawn, by matplotlib, which is imported here alone and only when a figure is drawn.

canvas   the paper: text, lines and shapes in points; saved as PNG, SVG or PDF
layout   what all figures have: title, key of the groups, sentences below
chart    points with labels
rows     a value for each word, one below the other
cells    a matrix as colours
"""

from __future__ import annotations
