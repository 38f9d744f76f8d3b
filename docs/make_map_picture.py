"""Make the picture of a map in the README, docs/pictures/map.png: a page of `w2v map` in a window, in the light theme.

    python docs/make_map_picture.py PAGE [#WORD] [--output FILE]

The picture in the README shows skip-gram vectors of 300 dimensions of 100 MB of Wikipedia (wiki8s.txt, see
docs/speed.md):

    w2v train wiki8s.txt --dim 300 -o wiki8s-300.safetensors
    w2v map -m wiki8s-300.safetensors -o map.html
    python docs/make_map_picture.py map.html '#music'

The screenshot needs Chromium or Chrome. The script stops with one line where there is none, and where the page could
not be shown. The picture is stored with at most 256 colours.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from make_report_picture import LIGHT, MOST_BYTES, PNG, browser, read_png, with_palette

PICTURE = Path(__file__).with_name("pictures") / "map.png"
WIDTH, HEIGHT, SCALE = 1200, 720, 1.5


def take_screenshot(address: str, picture: Path, program: str) -> None:
    """Write a picture of the window when the page has unpacked and drawn its words."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--force-device-scale-factor={SCALE}"]
    flags += [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", f"--user-data-dir={picture.parent}/profile"]
    flags += ["--virtual-time-budget=20000", "--force-prefers-reduced-motion"]
    done = subprocess.run([program, *flags, address], capture_output=True, text=True, timeout=300)
    if done.returncode or not picture.exists():
        sys.exit(f"{program} made no picture: {done.stderr.strip()}")


def with_few_colours(png: bytes) -> bytes:
    """The same picture as a PNG of RGB values, in which every colour is one of the 250 most frequent ones.

    A point has many shades at its rim; each becomes the most alike of the frequent colours, and lines stay as they are.
    """
    pixels = read_png(png)
    flat = pixels.reshape(-1, 3)
    colours, index, counts = np.unique(flat >> 1, axis=0, return_inverse=True, return_counts=True)
    frequent = colours[np.argsort(-counts)[:250]].astype(np.int64)
    apart = ((colours[:, None].astype(np.int64) - frequent) ** 2).sum(axis=2)
    chosen = (2 * frequent[apart.argmin(axis=1)][index.ravel()] + 1).astype(np.uint8)
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = chosen.reshape(height, 3 * width)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes())),
    ]
    ends = [(*chunk, zlib.crc32(b"".join(chunk))) for chunk in (*chunks, (b"IEND", b""))]
    return PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check) for kind, data, check in ends
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--output", type=Path, default=PICTURE)
    given = parser.parse_args()
    program = browser()
    with tempfile.TemporaryDirectory(prefix="w2v-picture-") as name:
        page, picture = Path(name, "map.html"), Path(name, "map.png")
        text = given.page.read_text("utf-8")
        # The policy of the page lets no other style in, so a copy without it is shown.
        start, end = text.index('<meta http-equiv="Content-Security-Policy"'), text.index('<meta name="viewport"')
        page.write_text((text[:start] + text[end:]).replace("</head>", f"{LIGHT}</head>", 1), "utf-8")
        take_screenshot(page.as_uri() + given.word, picture, program)
        data = with_palette(with_few_colours(picture.read_bytes()))
    if len(data) > MOST_BYTES:
        sys.exit(f"the picture has {len(data):,} bytes, and may have {MOST_BYTES:,}")
    given.output.write_bytes(data)
    print(f"wrote {given.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
