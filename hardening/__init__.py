"""Scripts that damage files, kill runs and fill disks; README.md describes each. Bad files are in `tests/attacks`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))
