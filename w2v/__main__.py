"""`python -m w2v` is `w2v`, for where the script is not on the PATH."""

import sys

from w2v.cli import main

if __name__ == "__main__":
    sys.exit(main())
