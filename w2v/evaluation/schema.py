"""The JSON Schema of results: what is common, and the parts of each kind of suite and of each study.

`results.schema.json` is the same as a file; `python tests/evaluation/test_schema.py` writes it, and docs/json.md, anew.
"""

from __future__ import annotations

from typing import Any

from w2v.evaluation.forms import forms_beside
from w2v.evaluation.studies.base import studies
from w2v.evaluation.tasks.base import tasks

__all__ = ["schema"]


def schema() -> dict[str, Any]:
    """Return the schema of what `w2v eval` and other commands print as JSON, as `common.schema.json` lists them."""
    common = forms_beside(__file__, "common.schema.json")
    forms: dict[str, Any] = {
        name: common["$defs"].pop(name)
        for name in ("eval", "gate", "file", "score", "protocol", "own", "not_used", "studies")
    }
    of_suites = forms["file"]["properties"]["suites"]["items"]["oneOf"]
    of_studies = forms["studies"]["properties"]
    for kind, task in tasks().items():
        forms |= task.forms()
        of_suites.append({"$ref": f"#/$defs/{kind}"})
    for name, study in studies().items():
        of_studies[name], own = study.forms()
        forms |= own
    return {**common, "$defs": {**forms, **common["$defs"]}}
