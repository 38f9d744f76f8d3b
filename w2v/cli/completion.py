"""Shell completion for the names of evaluation sets and bias tests; click itself completes options and files."""

from __future__ import annotations

import click

__all__ = ["complete_set", "complete_suites", "complete_test"]


def complete_set(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names in `w2v data list` that begin with `incomplete`."""
    from w2v.data import manifests

    return _beginning(incomplete, [manifest.name for manifest in manifests()])


def complete_suites(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names that `w2v eval --suite` accepts; of several names with commas, the last one is completed."""
    from w2v.data import manifests
    from w2v.evaluation.suites import groups

    sets = [manifest.name for manifest in manifests() if manifest.kind not in ("corpus", "vectors", "bias")]
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in _beginning(last, [*sets, *groups()])]


def complete_test(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the bias tests in the published word lists."""
    from w2v.evaluation.tasks.bias import published

    return _beginning(incomplete, [design.name for design in published().designs])


def _beginning(incomplete: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
