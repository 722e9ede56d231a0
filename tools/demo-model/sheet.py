"""A contact sheet of generated pictures, with the truth marked or not; a real photograph may come first.

    /usr/bin/python3 tools/demo-model/sheet.py --generator fundus --seed 1 --count 24 -o sheet.png [--mark] [--beside PHOTO]
"""
import argparse
import importlib

import cv2
import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--generator', default='fundus', help='module with generate(seed, size)')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=24)
    parser.add_argument('--side', type=int, default=250, help='pixels per picture')
    parser.add_argument('--columns', type=int, default=6)
    parser.add_argument('--mark', action='store_true', help='a cross at the truth')
    parser.add_argument('--beside', help='a photograph to show first')
    parser.add_argument('-o', '--output', required=True)
    options = parser.parse_args()
    generate = importlib.import_module(options.generator).generate
    side = options.side
    tiles = []
    if options.beside:
        tiles.append(cv2.resize(cv2.imread(options.beside), (side, side), interpolation=cv2.INTER_AREA))
    for seed in range(options.seed, options.seed + options.count - len(tiles)):
        image, (x, y) = generate(seed, (2 * side, 2 * side))
        if options.mark:
            cv2.drawMarker(image, (round(x), round(y)), (255, 255, 0), cv2.MARKER_CROSS, 30, 1)
        tiles.append(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA))
    while len(tiles) % options.columns:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[i:i + options.columns]) for i in range(0, len(tiles), options.columns)]
    cv2.imwrite(options.output, np.vstack(rows))


if __name__ == '__main__':
    main()
