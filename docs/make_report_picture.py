"""Make the picture of the README, docs/report.png: the top of an HTML report in the light theme, at double resolution.

    python docs/make_report_picture.py [--output FILE] [VECTORS...] [OPTIONS OF w2v eval]

Without VECTORS the script trains two models on the small world of `w2v demo`, which takes a few seconds. The picture in
the README shows two models of the same 100 MB of Wikipedia (wiki8s.txt, see docs/speed.md):

    w2v train wiki8s.txt -o sgns.safetensors
    w2v train wiki8s.txt --model glove -o glove.safetensors
    python docs/make_report_picture.py sgns.safetensors glove.safetensors --suite google-analogies --suite wordsim353
        --suite simlex999 --suite men --suite ap --suite outliers-888

The screenshot needs Chromium or Chrome. The script stops with one line where there is none. The picture is stored with
at most 256 colours, which takes half the space and cannot be told from the page by eye.
"""

from __future__ import annotations

import argparse
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2v.cli import main as w2v

PICTURE = Path(__file__).with_name("report.png")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1100, 1762  # CSS pixels: the first three tables of the page
MOST_BYTES = 300_000
LIGHT = "<style>:root { color-scheme: light !important; }</style>"
PNG = b"\x89PNG\r\n\x1a\n"


def demo_vectors(folder: Path) -> list[Path]:
    """Train both models on the small world of `w2v demo`; return the paths of the vectors, which lie in `folder`."""
    from w2v.demo import generate

    corpus = folder / "demo-world.txt"
    corpus.write_bytes(generate(1).text)
    found = []
    for model in ("sgns", "glove"):
        found.append(folder / f"{model}.safetensors")
        run(["train", str(corpus), "--model", model, "-o", str(found[-1]), "--cache-dir", str(folder), "-q"])
    return found


def write_page(arguments: list[str], page: Path) -> None:
    """Write the HTML report of `w2v eval` with these arguments, fixed to the light theme."""
    run(["eval", *arguments, "--report", str(page), "-q"])
    text = page.read_text("utf-8")
    if "</head>" not in text:
        raise ValueError(f"{page} is no HTML page")
    page.write_text(text.replace("</head>", f"{LIGHT}</head>", 1), "utf-8")


def run(arguments: list[str]) -> None:
    if w2v(arguments):
        sys.exit(f"w2v {' '.join(arguments)} failed")


def browser() -> str:
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    sys.exit(f"a screenshot needs a browser, and none of {', '.join(BROWSERS)} is installed")


def take_screenshot(page: Path, picture: Path, program: str) -> None:
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=2"]
    flags += [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", f"--user-data-dir={page.parent}/profile"]
    done = subprocess.run([program, *flags, page.as_uri()], capture_output=True, text=True, timeout=120)
    if done.returncode or not picture.exists():
        sys.exit(f"{program} made no picture: {done.stderr.strip()}")


def with_palette(png: bytes) -> bytes:
    """The same picture as a PNG of at most 256 colours; similar colours become their mean."""
    pixels = read_png(png)
    height, width, _ = pixels.shape
    flat = pixels.reshape(-1, 3)
    for lost_bits in range(8):
        red, green, blue = (flat >> lost_bits).astype(np.int64).T
        colours = red << 16 | green << 8 | blue
        keys, index, counts = np.unique(colours, return_inverse=True, return_counts=True)
        if len(keys) <= 256:
            break
    sums = np.stack([np.bincount(index, flat[:, channel]) for channel in range(3)], axis=1)
    palette = np.rint(sums / counts[:, None]).astype(np.uint8)
    rows = np.zeros((height, 1 + width), np.uint8)  # the first byte of a row is its filter: none
    rows[:, 1:] = index.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    ]
    return PNG + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def read_png(png: bytes) -> npt.NDArray[np.uint8]:
    """The pixels [height, width, 3] of a PNG with 8 bits a channel and no transparency, as Chromium writes it."""
    chunks: dict[bytes, bytes] = {}
    position = len(PNG)
    while position < len(png):
        length, kind = struct.unpack_from(">I4s", png, position)
        chunks[kind] = chunks.get(kind, b"") + png[position + 8 : position + 8 + length]
        position += 12 + length
    width, height, bits, colours = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    if (bits, colours) != (8, 2):
        raise ValueError("the screenshot is no PNG of RGB values with 8 bits")
    coded = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + 3 * width)
    above = np.zeros((width, 3), np.uint8)
    rows = []
    for row in coded:
        above = unfiltered(int(row[0]), row[1:].reshape(width, 3), above)
        rows.append(above)
    return np.stack(rows)


def unfiltered(kind: int, row: npt.NDArray[np.uint8], above: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Undo a filter of the PNG specification (section 9): 0 none, 1 sub, 2 up, 3 average, 4 Paeth."""
    if kind == 0:
        return row
    if kind == 1:
        return np.cumsum(row, axis=0, dtype=np.uint8)
    if kind == 2:
        return row + above
    done = np.zeros_like(row)
    for channel in range(3):
        left = corner = 0
        values = []
        for value, up in zip(row[:, channel].tolist(), above[:, channel].tolist(), strict=True):
            guess = (left + up) // 2 if kind == 3 else paeth(left, up, corner)
            left, corner = (value + guess) & 255, up
            values.append(left)
        done[:, channel] = values
    return done


def paeth(left: int, up: int, corner: int) -> int:
    """Whichever of the three is nearest to left + up − corner, the earlier one of equals."""
    wanted = left + up - corner
    return min(left, up, corner, key=lambda each: abs(wanted - each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=PICTURE)
    given, arguments = parser.parse_known_args()
    program = browser()
    with tempfile.TemporaryDirectory(prefix="w2v-picture-") as name:
        page, picture = Path(name, "report.html"), Path(name, "report.png")
        if not any(Path(argument).is_file() for argument in arguments):
            arguments = [*map(str, demo_vectors(Path(name))), "--suite", "demo-world", *arguments]
        write_page(arguments, page)
        take_screenshot(page, picture, program)
        data = with_palette(picture.read_bytes())
    if len(data) > MOST_BYTES:
        sys.exit(f"the picture has {len(data):,} bytes, and may have {MOST_BYTES:,}")
    given.output.write_bytes(data)
    print(f"wrote {given.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
