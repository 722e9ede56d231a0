"""Writes the fundus pictures in examples/ and their rows in examples/truth.csv (file,x,y; pixels from 0).

    /usr/bin/python3 tools/demo-model/examples.py [--folder examples]

The seeds are used nowhere else. Rows of other pictures in truth.csv are kept.
"""
import argparse
import csv
import os

import cv2

import fundus

PICTURES = (  # file, seed, longer side in pixels
    ('fundus-1.png', 37, 560),  # clear, a dot of reflected light in the fovea
    ('fundus-2.jpg', 43, 900),  # ring reflex around the fovea, a haemorrhage
    ('fundus-3.jpg', 29, 900),  # bright disc, haemorrhages and exudates
    ('fundus-4.jpg', 20, 900),  # overexposed red
    ('fundus-5.jpg', 19, 900),  # pale, exudates, a crescent of glare
    ('fundus-6.jpg', 18, 900),  # the fovea hardly visible
)
LARGEST = 300_000  # bytes


def shrunk(image, xy, longest):
    factor = min(1.0, longest / max(image.shape[:2]))
    size = round(image.shape[1] * factor), round(image.shape[0] * factor)
    x, y = ((v + 0.5) * s / old - 0.5 for v, s, old in zip(xy, size, image.shape[1::-1]))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), (x, y)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--folder', default='examples')
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    table = os.path.join(options.folder, 'truth.csv')
    rows = []
    for name, seed, longest in PICTURES:
        image, (x, y) = shrunk(*fundus.generate(seed), longest)
        path = os.path.join(options.folder, name)
        cv2.imwrite(path, image, [cv2.IMWRITE_JPEG_QUALITY, 88, cv2.IMWRITE_PNG_COMPRESSION, 9])
        if os.path.getsize(path) > LARGEST:
            raise SystemExit(f'{name} has {os.path.getsize(path)} bytes, more than {LARGEST}')
        rows.append([name, f'{x:.2f}', f'{y:.2f}'])
    if os.path.exists(table):
        with open(table, newline='') as file:
            rows += [row for row in list(csv.reader(file))[1:] if not row[0].startswith('fundus-')]
    with open(table, 'w', newline='') as file:
        csv.writer(file, lineterminator='\n').writerows([['file', 'x', 'y'], *rows])


if __name__ == '__main__':
    main()
