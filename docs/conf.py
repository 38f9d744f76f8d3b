"""How Sphinx builds the site out of this folder: `sphinx-build docs site` (pip install '.[docs]'); it needs no network.

Pages are Markdown that can also be read where the source is kept. There, links may lead to any file of the repository.
The site has only the pages of this folder and a few of other folders (`BORROWED`); `rewrite_links` turns links to other
files into their plain text.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from posixpath import dirname, join, normpath, relpath
from typing import TYPE_CHECKING, Any

import w2v

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
BORROWED = {  # pages of the site that are made of a file outside of docs
    "index": "README.md",
    "evidence/benchmarks": "benchmarks/README.md",
    "evidence/hardening": "hardening/README.md",
}

project = "w2v"
author = "The w2v authors"
version = release = w2v.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["README.md"]
smartquotes = False  # --dim must not become –dim
html_theme = "furo"
html_title = f"w2v {version}"
html_show_sphinx = False
html_show_copyright = False
myst_heading_anchors = 5
myst_enable_extensions = ["deflist"]
suppress_warnings = ["myst.header"]  # some tables of contents begin below the first level
default_role = "code"  # `name` in a docstring is code, as it is in Markdown
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
highlight_language = "none"


def rewrite_links(text: str, source: str, page: str) -> str:
    """Return the Markdown `text` of the file `source` with links that hold on the page `page` of the site.

    Both are paths with slashes: `source` below the root of the repository, `page` below docs and without an ending.
    """
    homes = {path: name for name, path in BORROWED.items()}

    def rewritten(link: re.Match[str]) -> str:
        label, target, anchor = link["label"], link["target"], link["anchor"] or ""
        path = normpath(join(dirname(source), target))
        is_page = path in homes or (path.startswith("docs/") and path.endswith((".md", ".png")))
        if not is_page:
            return label if not link["image"] else ""
        inside = f"{homes[path]}.md" if path in homes else path.removeprefix("docs/")
        return f"{link['image']}[{label}]({relpath(inside, dirname(page) or '.')}{anchor})"

    pattern = r"(?P<image>!?)\[(?P<label>[^\]]*)\]\((?!https?:|mailto:|#)(?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)"
    return re.sub(pattern, rewritten, text)


def read_page(app: Sphinx, page: str, content: list[str]) -> None:
    """Hand Sphinx the text of a page: for pages of `BORROWED` that of the other file, before what the page itself says.

    The anchors of json.md and the names of the tables in own-sets.md get the form that Sphinx knows.
    """
    if not (ROOT / "docs" / f"{page}.md").is_file():
        return
    content[0] = rewrite_links(content[0], f"docs/{page}.md", page)
    content[0] = re.sub(r'^(#+ )<a id="([^"]*)"></a>', r"(\2)=\n\1", content[0], flags=re.MULTILINE)
    content[0] = re.sub(r"^```[ct]sv\b.*$", "```text", content[0], flags=re.MULTILINE)
    if page in BORROWED:
        borrowed = (ROOT / BORROWED[page]).read_text("utf-8")
        content[0] = rewrite_links(borrowed, BORROWED[page], page) + "\n" + content[0]


def describe_parameters(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Turn the lines `name: what it is` of a docstring into Sphinx's list of parameters, in place."""
    try:
        names = set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        return
    fresh: list[str] = []
    inside = False  # whether the line before belongs to the description of a parameter
    for line in lines:
        match = re.match(r"(\w+(?:, \w+)*): (.*)", line)
        if match is not None and set(match[1].split(", ")) <= names:
            if not inside and fresh and fresh[-1]:
                fresh.append("")  # reStructuredText wants an empty line before such a list
            inside = True
            fresh.append(f":param {match[1]}: {match[2]}")
        elif inside and line:
            fresh.append(f"    {line.lstrip()}")
        else:
            inside = False
            fresh.append(line)
    lines[:] = fresh


def setup(app: Sphinx) -> None:
    """Tell Sphinx about the two steps above. Sphinx calls this function."""
    app.connect("source-read", read_page)
    app.connect("autodoc-process-docstring", describe_parameters)
