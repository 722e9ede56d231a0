"""Writes test/fixtures/taps.json: the interpolation weights that PyTorch's CPU kernels use, as digests.

    /usr/bin/python3 test/reference/make_tap_fixtures.py

The weights are seen by resizing (or cropping from) images that are one in a single column and zero elsewhere: a float32
matrix [input, output], bit for bit. Its SHA-256 (little-endian, C order) is kept, so many sizes make a small file.
PyTorch chooses among kernels by the processor: these are those for AVX2 with FMA, on contiguous tensors.
"""
import hashlib
import json
import os

import numpy as np
import torch
from torch.nn import functional

from zian_reference import crop_and_resize

OUT = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'taps.json')
RNG = np.random.default_rng(20221018)
SCALES = {'1': 1.0, '1.5': 1.5, '2': 2.0, '1/1.5': 1 / 1.5, '1/2': 0.5, '1/4': 0.25}


def digest(matrix):
    return hashlib.sha256(np.ascontiguousarray(matrix.numpy(), np.float32).tobytes()).hexdigest()


def resize_weights(source, target, mode, align_corners):
    columns = torch.eye(source).reshape(source, 1, 1, source)
    corners = {} if mode == 'nearest' else {'align_corners': align_corners}
    return functional.interpolate(columns, (1, target), mode=mode, **corners).reshape(source, target)


def crop_weights(center, size, scale, extent):
    # Constant along 64 rows; the crop's middle row lies between two of them, so halves add up to the whole exactly.
    columns = torch.eye(extent).reshape(1, extent, 1, extent).repeat(1, 1, 64, 1)
    return crop_and_resize(columns, (float(center), 32.0), size, scale)[0, :, size // 2, :]


def resizes():
    sizes = [(1, 1), (1, 5), (5, 1), (2, 2), (1, 2), (1024, 256), (256, 64), (64, 256), (64, 16), (16, 64)]
    sizes += [tuple(int(v) for v in RNG.integers(1, 260, 2)) for _ in range(60)]
    for mode, align_corners in (('nearest', False), ('bilinear', False), ('bilinear', True)):
        for source, target in sizes:
            yield {'mode': mode, 'alignCorners': align_corners, 'source': source, 'target': target,
                   'sha256': digest(resize_weights(source, target, mode, align_corners))}


def crops():
    for extent in (2, 3, 7, 10, 33, 48, 64, 96, 160, 224, 256, 320):
        for scale in SCALES:
            for center in sorted({0, extent - 1, int(RNG.integers(0, extent))}):
                size = int(RNG.integers(1, 100)) if extent < 256 else 256
                yield {'center': center, 'size': size, 'scale': scale, 'extent': extent,
                       'sha256': digest(crop_weights(center, size, SCALES[scale], extent))}


if __name__ == '__main__':
    torch.set_num_threads(1)
    fixtures = {'torch': torch.__version__, 'resizes': list(resizes()), 'crops': list(crops())}
    lines = [f' {json.dumps(key)}: [\n' + ',\n'.join(f'  {json.dumps(row)}' for row in rows) + '\n ]'
             for key, rows in fixtures.items() if isinstance(rows, list)]
    with open(OUT, 'w', encoding='utf-8') as file:
        file.write('{\n "torch": ' + json.dumps(fixtures['torch']) + ',\n' + ',\n'.join(lines) + '\n}\n')
