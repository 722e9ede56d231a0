"""Writes generated pictures as JPEG files, and their truth as a table.

    /usr/bin/python3 tools/demo-model/pictures.py --generator fundus --seed 600000 --count 800 --size 560 560 --folder PICTURES
    /usr/bin/python3 tools/demo-model/pictures.py --generator fundus --count 2000 --size 1634 1634 --scenes 20 --folder PICTURES

FOLDER/truth.csv has a row per picture: its file name, and the landmark in pixels counted from 1, as `zian evaluate` reads
it; for whole scans (asoct), both spurs. With --scenes only so many scenes are drawn, and the pictures are variations of
them (mirrored, brighter or darker, another JPEG quality): as many files as are wanted in little time, for measurements of
speed and not of accuracy.
"""
import argparse
import importlib
import pathlib

import cv2
import numpy as np


HEADERS = {1: 'ImageName,Fovea_X,Fovea_Y', 2: 'ASOCT_NAME,X_LEFT,Y_LEFT,X_RIGHT,Y_RIGHT'}


def draw(generator, seed, size):
    """A picture and its landmarks, from left to right."""
    if generator.__name__ == 'asoct':
        return generator.generate(seed, size and size[::-1])
    image, landmark = generator.generate(seed, size)
    return image, [landmark]


def variation(image, landmarks, number):
    """The `number`th variation of a picture; the first is the picture itself."""
    if number % 2 == 1:
        landmarks = [(image.shape[1] - 1 - x, y) for x, y in landmarks][::-1]
        image = image[:, ::-1]
    gain = 1 + 0.1 * np.sin(number)
    table = np.clip(np.round(np.arange(256) * gain), 0, 255).astype(np.uint8)
    return table[image], landmarks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--generator', required=True)
    parser.add_argument('--seed', type=int, default=600_000)
    parser.add_argument('--count', type=int, required=True)
    parser.add_argument('--size', type=int, nargs=2, metavar=('WIDTH', 'HEIGHT'), help='default: as a camera stores it')
    parser.add_argument('--scenes', type=int, help='default: one for each picture')
    parser.add_argument('--folder', type=pathlib.Path, required=True)
    options = parser.parse_args()
    generator = importlib.import_module(options.generator)
    options.folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    size = options.size and tuple(options.size)
    scenes = {}
    with open(options.folder / 'truth.csv', 'w', newline='\n') as table:
        for i in range(options.count):
            if options.scenes is None:
                image, landmarks = draw(generator, options.seed + i, size)
            else:
                seed = options.seed + i % options.scenes
                if seed not in scenes:
                    scenes[seed] = draw(generator, seed, size)
                image, landmarks = variation(*scenes[seed], i // options.scenes)
            if i == 0:
                table.write(f'{HEADERS[len(landmarks)]}\n')
            name = f'{i:05}.jpg'
            quality = 92 if options.scenes is None else 85 + i % 11
            if not cv2.imwrite(str(options.folder / name), image, [cv2.IMWRITE_JPEG_QUALITY, quality]):
                raise SystemExit(f'{options.folder / name} cannot be written')
            table.write(','.join([name, *(f'{value + 1:.3f}' for at in landmarks for value in at)]) + '\n')


if __name__ == '__main__':
    main()
