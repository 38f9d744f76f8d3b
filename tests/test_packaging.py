"""What is in the wheel, and that the sets and manifests are found from a wheel and from a clone alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from w2v.data import load_manifest

ROOT = Path(__file__).parent.parent
FOLDERS = ("eval_sets", "corpora", "pretrained")
SHIPPED = (".py", ".typed", ".css", ".js", ".html", ".json", ".toml")


def carried() -> set[Path]:
    """Every file of the sets' folders."""
    return {path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}


def manifest_paths() -> list[Path]:
    """Manifests lie directly in those folders; below are a set's own files."""
    return sorted(path for path in carried() if path.suffix == ".toml" and len(path.parts) == 2)


LIST_MANIFESTS = """
import json, w2v
from w2v.data import find, manifests
print(json.dumps({
    "package": w2v.__file__,
    "folders": sorted({str(each.folder) for each in manifests()}),
    "names": sorted(each.name for each in manifests()),
    "found": [str(find(each)) for each in manifests() if each.source.path and not each.source.package],
}))
"""


def what_it_finds(path: Path, cwd: Path) -> dict[str, Any]:
    """Run a Python that imports w2v from `path`, in a folder that has nothing to do with it."""
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LIST_MANIFESTS], cwd=cwd, env=environment, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert Path(found["package"]).is_relative_to(path)
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed here, so no wheel can be built without the network")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("w2v-*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "unpacked")
    return wheel.parent / "unpacked"


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_the_sets_and_nothing_else(unpacked: Path) -> None:
    inside = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}
    sources = {path.relative_to(ROOT) for path in (ROOT / "w2v").rglob("*") if path.suffix in SHIPPED}
    described = {path for path in inside if path.parts[0].endswith(".dist-info")}
    assert Path("w2v/py.typed") in sources
    assert inside - described == sources | {Path("w2v") / path for path in carried()}
    for path in carried():
        assert (unpacked / "w2v" / path).read_bytes() == (ROOT / path).read_bytes()


def test_the_wheel_carries_licence_and_command(unpacked: Path) -> None:
    (info,) = unpacked.glob("*.dist-info")
    assert (info / "licenses" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    metadata = (info / "METADATA").read_text("utf-8")
    assert "License-Expression: Apache-2.0" in metadata
    assert "w2v = w2v.cli:main" in (info / "entry_points.txt").read_text("utf-8")


@pytest.mark.parametrize("path", manifest_paths(), ids=str)
def test_every_manifest_parses(path: Path) -> None:
    manifest = load_manifest(ROOT / path)
    of_folder = {"corpora": "corpus", "pretrained": "vectors"}
    assert of_folder.get(path.parts[0], manifest.kind) == manifest.kind
    assert path.parts[0] in of_folder or manifest.kind not in of_folder.values()
    assert manifest.redistributable or manifest.source.path is None or manifest.source.package


def test_a_wheel_finds_what_it_carries(unpacked: Path, tmp_path: Path) -> None:
    found = what_it_finds(unpacked, tmp_path)
    assert found["folders"] == [str(unpacked / "w2v" / folder) for folder in sorted(FOLDERS)]
    assert found["names"] == sorted(path.stem for path in manifest_paths())
    assert str(unpacked / "w2v" / "eval_sets" / "demo-world.txt") in found["found"]


def test_a_clone_finds_the_sets_beside_the_package(tmp_path: Path) -> None:
    found = what_it_finds(ROOT, tmp_path)
    assert found["folders"] == [str(ROOT / folder) for folder in sorted(FOLDERS)]
    assert found["names"] == sorted(path.stem for path in manifest_paths())
    assert str(ROOT / "eval_sets" / "demo-world.txt") in found["found"]
