"""Contact sheets and example scans, to judge the generator by eye.

    python3 asoct_sheet.py sheet OUT.png --first 0 --count 12 [--mark] [--close]
    python3 asoct_sheet.py examples FOLDER SEED SEED ...    (the bundled examples: 9000001 9000005)

`--mark` draws the spurs, `--close` shows the surroundings of the right and left spur instead of whole scans.
"""

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

import asoct


def _marked(picture: np.ndarray, points, scale: float = 1.0) -> np.ndarray:
    picture = picture.copy()
    for x, y in points:
        at = (int(round(x * scale * 16)), int(round(y * scale * 16)))
        cv2.circle(picture, at, 12 * 16, (0, 255, 255), 1, cv2.LINE_AA, 4)
        cv2.drawMarker(picture, (at[0] // 16, at[1] // 16), (0, 0, 255), cv2.MARKER_CROSS, 7, 1)
    return picture


def _label(tile: np.ndarray, text: str) -> np.ndarray:
    cv2.putText(tile, text, (4, tile.shape[0] - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (80, 255, 80), 1, cv2.LINE_AA)
    return tile


def _close(picture: np.ndarray, point, reach: int) -> np.ndarray:
    padded = cv2.copyMakeBorder(picture, reach, reach, reach, reach, cv2.BORDER_CONSTANT)
    x, y = int(round(point[0])), int(round(point[1]))
    return padded[y : y + 2 * reach, x : x + 2 * reach].copy()


def sheet(first: int, count: int, mark: bool, close: bool, across: int) -> np.ndarray:
    """A grid of scans (or of the spurs' surroundings, 400 pixels wide) for seeds first .. first+count-1."""
    tiles = []
    for seed in range(first, first + count):
        picture, points = asoct.generate(seed)
        if close:
            for point in points:
                tile = _close(picture, point, 200)
                if mark:
                    tile = _marked(tile, [(200.0, 200.0)])
                tiles.append(_label(tile, str(seed)))
            continue
        scale = 0.45
        tile = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tiles.append(_label(_marked(tile, points, scale) if mark else tile, str(seed)))
    while len(tiles) % across:
        tiles.append(np.zeros_like(tiles[0]))
    return np.vstack([np.hstack(tiles[i : i + across]) for i in range(0, len(tiles), across)])


def examples(folder: Path, seeds: list[int]) -> None:
    """Writes asoct-1.jpg, asoct-2.jpg, ... and asoct-truth.csv."""
    with open(folder / "asoct-truth.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "x_left", "y_left", "x_right", "y_right"])
        for i, seed in enumerate(seeds, 1):
            picture, (left, right) = asoct.generate(seed)
            name = f"asoct-{i}.jpg"
            cv2.imwrite(str(folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
            rows.writerow([name] + [f"{v:.2f}" for v in (*left, *right)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("sheet")
    one.add_argument("out")
    one.add_argument("--first", type=int, default=0)
    one.add_argument("--count", type=int, default=12)
    one.add_argument("--across", type=int, default=2)
    one.add_argument("--mark", action="store_true")
    one.add_argument("--close", action="store_true")
    two = commands.add_parser("examples")
    two.add_argument("folder", type=Path)
    two.add_argument("seeds", type=int, nargs="+")
    args = parser.parse_args()
    if args.command == "sheet":
        cv2.imwrite(args.out, sheet(args.first, args.count, args.mark, args.close, args.across))
    else:
        examples(args.folder, args.seeds)


if __name__ == "__main__":
    main()
