"""A model on one real photograph: whole, mirrored, rotated by 10 degrees, cropped by a quarter on each side in turn,
dimmed, brightened. Errors in pixels of the photograph.

    /usr/bin/python3 tools/demo-model/robustness.py --config tools/demo-model/fovea.yaml --model RUN/model.pth PHOTO --at X,Y [--sheet OUT.png]
"""
import argparse

import cv2
import numpy as np
import torch

import experiment
from evaluate import load, locate


def variants(image, xy):
    """(name, picture, landmark)."""
    height, width = image.shape[:2]
    x, y = xy
    yield 'whole', image, (x, y)
    yield 'mirrored', image[:, ::-1].copy(), (width - 1 - x, y)
    for degrees in (10, -10):
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
        yield f'rotated by {degrees}', cv2.warpAffine(image, turn, (width, height)), tuple(turn @ [x, y, 1])
    left, top = width // 4, height // 4
    yield 'left quarter cut', image[:, left:].copy(), (x - left, y)
    yield 'right quarter cut', image[:, :width - left].copy(), (x, y)
    yield 'top quarter cut', image[top:].copy(), (x, y - top)
    yield 'bottom quarter cut', image[:height - top].copy(), (x, y)
    yield 'dimmed to 50 %', cv2.convertScaleAbs(image, alpha=0.5), (x, y)
    yield 'brightened to 150 %', cv2.convertScaleAbs(image, alpha=1.5), (x, y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('photo')
    parser.add_argument('--at', required=True, help='the landmark, X,Y')
    parser.add_argument('--config', required=True)
    parser.add_argument('--model', required=True)
    parser.add_argument('--sheet', help='PNG file: truth green, coarse yellow, fine cyan')
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load(options.model, experiment.read(options.config))
    tiles = []
    for name, image, truth in variants(cv2.imread(options.photo), tuple(float(v) for v in options.at.split(','))):
        coarse, fine = locate(model, image)
        print(f'{name:20} coarse {np.hypot(*(coarse - truth)):6.1f} px   fine {np.hypot(*(fine - truth)):6.1f} px')
        for at, colour in ((truth, (0, 255, 0)), (coarse, (0, 255, 255)), (fine, (255, 255, 0))):
            cv2.drawMarker(image, tuple(int(round(v)) for v in at), colour, cv2.MARKER_CROSS, image.shape[1] // 15, 4)
        tiles.append(cv2.resize(image, (300, 300), interpolation=cv2.INTER_AREA))
    if options.sheet:
        cv2.imwrite(options.sheet, np.vstack([np.hstack(tiles[:5]), np.hstack(tiles[5:])]))


if __name__ == '__main__':
    main()
