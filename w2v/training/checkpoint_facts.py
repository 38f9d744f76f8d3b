"""What `w2v info` tells of a checkpoint, or of the newest one in a folder, and what `w2v verify` checks."""

from __future__ import annotations

from pathlib import Path

from w2v.errors import FormatError
from w2v.files.own import Description
from w2v.progress import Progress
from w2v.training.checkpoint_file import FORMAT, load_checkpoint
from w2v.training.checkpoints import describe_progress, newest_checkpoint

__all__ = ["describe", "verify"]


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of a checkpoint or of the newest one in a folder. Raises FormatError."""
    found = newest_checkpoint(path, progress)
    if found is None:
        raise FormatError(f"there is no checkpoint in {path}", hint="check the path")
    run, position = found.run, found.position.get("finished") or found.position
    values = {
        "path": str(found.path),
        "format": FORMAT,
        "bytes": found.bytes,
        "saved": found.saved,
        "progress": describe_progress(found),
        "run": dict(run),
        "position": dict(found.position),
    }
    facts = (
        ("progress", f"{values['progress']}, saved {found.saved}"),
        ("model", f"{run.get('model')}, begun {run.get('started')}"),
        ("settings", {**run.get("text", {}), **run["settings"]}),
        ("corpus", f"{' '.join(run.get('sources', []))}  sha256={run.get('data')}"),
        ("loss", tuple(position.get("loss", ()))),
        ("versions", run.get("environment", {})),
    )
    return Description(values, facts, lists=("run", "position"))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check a checkpoint. Its hashes cover all that can be checked. Raises FormatError."""
    load_checkpoint(path)
    return ()
