"""Scripts and studies that measure speed and quality; README.md describes each. `tests` holds twins that they use."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests"))
