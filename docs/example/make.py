"""Writes what the README's example uses: a checkpoint of the released REFUGE size, and a picture.

    /usr/bin/python3 docs/example/make.py FOLDER

The weights are pseudo-random (test/reference/seeded.py), so the network finds nothing in particular; the picture is
drawn by a formula (test/reference/synthetic.py). Needs what test/reference/README.md names. For docs/images/ the overlay's
colours were reduced to 24 levels per channel, which halves the file.
"""
import os
import sys

import cv2
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'test', 'reference'))

from configuration import Configuration  # noqa: E402
from synthetic import synthetic_image  # noqa: E402
from zian_reference import ZIAN  # noqa: E402


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.save({'state_dict': ZIAN(Configuration()).load_seeded(31).state_dict()}, os.path.join(folder, 'random-weights.pth'))
    cv2.imwrite(os.path.join(folder, 'synthetic-image-random-weights.png'), synthetic_image(640, 700, 20))


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit('usage: make.py FOLDER')
    main(sys.argv[1])
