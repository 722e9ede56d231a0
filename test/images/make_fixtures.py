"""Makes test/fixtures/images: small images, and what OpenCV reads and resizes them to.

    /usr/bin/python3 test/images/make_fixtures.py            (Debian: python3-opencv python3-pil)
    /usr/bin/python3 test/images/make_fixtures.py --corpus DIR --count 400

The second form writes a larger corpus to compare with locally, and commits nothing.
"""

import argparse
import hashlib
import json
import pathlib
import struct

import cv2
import numpy as np
from PIL import Image, ImageFile

import dicom_writer
import png_writer
import tiff_writer

# PIL gives up on a progressive or optimised JPEG that does not fit its buffer.
ImageFile.MAXBLOCK = 1 << 24

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / 'fixtures' / 'images'


def digest(bgr):
    return hashlib.sha256(np.ascontiguousarray(bgr[:, :, ::-1]).tobytes()).hexdigest()


def tiff(orientation, order='>', entries=()):
    """EXIF's TIFF structure: the given (tag, type, count, 4 bytes) entries, then the orientation."""
    items = [*entries, (0x112, 3, 1, struct.pack(order + 'HH', orientation, 0))]
    head = (b'MM' if order == '>' else b'II') + struct.pack(order + 'HIH', 42, 8, len(items))
    return head + b''.join(struct.pack(order + 'HHI', *e[:3]) + e[3] for e in items) + b'\0\0\0\0'


def with_segments(jpeg, segments):
    extra = b''.join(bytes([255, m]) + struct.pack('>H', len(d) + 2) + d for m, d in segments)
    return jpeg[:2] + extra + jpeg[2:]


def photo(rng, width, height):
    """Smooth shapes, an edge and some noise: what JPEG is made for and what upsampling shows on."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for _ in range(3):
        a, b, c = rng.uniform(0.01, 0.3, 3)
        planes.append(127 + 80 * np.sin(a * x + c * 9) * np.cos(b * y) + 40 * (x * c + y * a > (width + height) * 0.1))
    image = np.stack(planes, axis=2) + rng.normal(0, rng.uniform(0, 25), (height, width, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def restamp_sampling(jpeg, h, v, width, height):
    """Another chroma layout with as many blocks in each MCU, on an image with as many MCUs."""
    at = jpeg.index(b'\xff\xc0')
    out = bytearray(jpeg)
    out[at + 5 : at + 9] = struct.pack('>HH', height, width)
    out[at + 11] = h << 4 | v
    return bytes(out)


def cv2_jpeg(image, *parameters):
    return cv2.imencode('.jpg', image, list(parameters))[1].tobytes()


def pil_jpeg(image, **options):
    import io

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, 'JPEG', **options)
    return buffer.getvalue()


def random_jpeg(rng, size):
    width, height = (int(v) for v in rng.integers(1, size, 2))
    image = photo(rng, width, height)
    quality = int(rng.integers(20, 101))
    kind = rng.choice(['pil', 'pil', 'grey', 'cv2', '440', '411'])
    if kind == 'grey':
        out = pil_jpeg(image[:, :, 0], quality=quality, progressive=bool(rng.integers(2)))
    elif kind == 'pil':
        out = pil_jpeg(
            image,
            quality=quality,
            subsampling=int(rng.integers(3)),
            progressive=bool(rng.integers(2)),
            optimize=bool(rng.integers(2)),
        )
    elif kind == 'cv2':
        out = cv2_jpeg(
            image,
            cv2.IMWRITE_JPEG_QUALITY, quality,
            cv2.IMWRITE_JPEG_RST_INTERVAL, int(rng.integers(0, 6)),
            cv2.IMWRITE_JPEG_PROGRESSIVE, int(rng.integers(2)),
        )
    elif kind == '440':
        cols, rows = (int(v) for v in rng.integers(1, max(2, size // 16), 2))
        base = pil_jpeg(photo(rng, 16 * cols, 8 * rows), quality=quality, subsampling=1)
        out = restamp_sampling(base, 1, 2, 8 * cols - int(rng.integers(8)), 16 * rows - int(rng.integers(16)))
    else:
        cols, rows = (int(v) for v in rng.integers(1, max(2, size // 16), 2))
        base = pil_jpeg(photo(rng, 16 * cols, 16 * rows), quality=quality, subsampling=2)
        out = restamp_sampling(base, 4, 1, 32 * cols - int(rng.integers(32)), 8 * rows - int(rng.integers(8)))
    if rng.integers(3) == 0:
        order = rng.choice(['>', '<'])
        segment = (0xE1, b'Exif\0\0' + tiff(int(rng.integers(0, 10)), order))
        xmp = (0xE1, b'http://ns.adobe.com/xap/1.0/\0<x/>')
        out = with_segments(out, [[segment], [xmp, segment], [segment, xmp]][int(rng.integers(0, 3))])
    if rng.integers(6) == 0:
        out += b'\0' * int(rng.integers(1, 50))
    return out


def random_png(rng, size, color_type=None, depth=None, interlaced=None):
    color_type = int(rng.choice(list(png_writer.CHANNELS))) if color_type is None else color_type
    depth = int(rng.choice(png_writer.DEPTHS[color_type])) if depth is None else depth
    interlaced = bool(rng.integers(2)) if interlaced is None else interlaced
    width, height = (int(v) for v in rng.integers(1, size, 2))
    samples = rng.integers(0, 1 << depth, (height, width, png_writer.CHANNELS[color_type]))
    palette = trns = None
    if color_type == 3:
        entries = int(rng.integers(1, (1 << depth) + 1))
        palette = rng.integers(0, 256, 3 * entries, dtype=np.uint8).tobytes()
        if rng.integers(2):
            trns = rng.integers(0, 256, int(rng.integers(1, entries + 1)), dtype=np.uint8).tobytes()
        if rng.integers(4):
            samples %= entries
    elif color_type in (0, 2) and rng.integers(2):
        trns = b''.join(struct.pack('>H', int(v)) for v in samples[0, 0])
    before, after = [], []
    if rng.integers(3) == 0:
        before.append((b'gAMA', struct.pack('>I', int(rng.choice([45455, 100000, 220000])))))
    if rng.integers(3) == 0:
        target = before if rng.integers(2) else after
        target.append((b'eXIf', tiff(int(rng.integers(0, 10)), rng.choice(['>', '<']))))
    return png_writer.encode(
        samples, color_type, depth, interlaced, rng, palette, trns, before, after, int(rng.integers(1, 4))
    )


def write_with_expectations(folder, files):
    expected = []
    for name, data in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        image = cv2.imread(str(folder / name))
        if image is None:
            raise SystemExit(f'OpenCV does not read {name}')
        expected.append({'file': name, 'width': image.shape[1], 'height': image.shape[0], 'sha256': digest(image)})
    return expected


def write_dicom(folder, files):
    expected = []
    for name, data, rgb in files:
        (folder / 'dicom').mkdir(exist_ok=True)
        (folder / 'dicom' / name).write_bytes(data)
        sha256 = hashlib.sha256(np.ascontiguousarray(rgb).tobytes()).hexdigest()
        expected.append({'file': f'dicom/{name}', 'width': rgb.shape[1], 'height': rgb.shape[0], 'sha256': sha256})
    # Refused, so that nothing is expected of its pixels.
    frames = dicom_writer.encode(np.zeros((6, 4, 1), np.uint8), 'MONOCHROME2', frames=2)
    (folder / 'dicom' / 'frames.dcm').write_bytes(frames)
    return expected


def fixture_files(rng):
    image = photo(rng, 53, 37)
    yield 'baseline-444.jpg', pil_jpeg(image, quality=92, subsampling=0)
    yield 'baseline-422.jpg', pil_jpeg(image, quality=85, subsampling=1)
    yield 'baseline-420.jpg', pil_jpeg(image, quality=75, subsampling=2)
    yield 'progressive-420.jpg', pil_jpeg(image, quality=80, subsampling=2, progressive=True)
    yield 'progressive-444.jpg', pil_jpeg(image, quality=95, subsampling=0, progressive=True, optimize=True)
    yield 'grey.jpg', pil_jpeg(image[:, :, 1], quality=80)
    yield 'restarts.jpg', cv2_jpeg(image, cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    yield '440.jpg', restamp_sampling(pil_jpeg(photo(rng, 64, 32), subsampling=1), 1, 2, 29, 62)
    yield '411.jpg', restamp_sampling(pil_jpeg(photo(rng, 32, 64), subsampling=2), 4, 1, 61, 30)
    yield 'one-pixel.jpg', pil_jpeg(image[:1, :1])
    small = pil_jpeg(photo(rng, 11, 7), quality=90)
    for orientation in range(1, 9):
        exif = b'Exif\0\0' + tiff(orientation, '<' if orientation % 2 else '>')
        yield f'orientation-{orientation}.jpg', with_segments(small, [(0xE1, exif)])
    xmp, exif = b'http://ns.adobe.com/xap/1.0/\0<x/>', b'Exif\0\0' + tiff(6)
    yield 'exif-after-xmp.jpg', with_segments(small, [(0xE1, xmp), (0xE1, exif)])
    lost_string = b'Exif\0\0' + tiff(6, entries=[(0x10F, 2, 1000, b'\0\0\1\0')])
    yield 'exif-lost-string.jpg', with_segments(small, [(0xE1, lost_string)])
    for color_type, depths in png_writer.DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                name = f'type{color_type}-{depth}bit{"-interlaced" if interlaced else ""}.png'
                yield name, random_png(rng, 24, color_type, depth, interlaced)
    tiny = rng.integers(0, 256, (3, 5, 3))
    yield 'exif-before.png', png_writer.encode(tiny, 2, 8, False, rng, before=[(b'eXIf', tiff(6))])
    yield 'exif-after.png', png_writer.encode(tiny, 2, 8, False, rng, after=[(b'eXIf', tiff(8, '<'))])
    yield 'trailing.png', png_writer.encode(tiny, 2, 8, False, rng) + b'more'
    yield 'one-pixel.png', png_writer.encode(tiny[:1, :1], 2, 8, True, rng)


def random_tiff(rng, size):
    """Any TIFF that OpenCV and this package both read."""
    width, height = (int(v) for v in rng.integers(1, size, 2))
    kind = rng.choice(['grey', 'white', 'rgb', 'rgb', 'rgba', 'grey-alpha', 'palette', 'jpeg'])
    count = {'rgb': 3, 'rgba': 4, 'grey-alpha': 2}.get(kind, 1)
    wide = kind not in ('palette', 'jpeg') and bool(rng.integers(2))
    levels = int(rng.choice([4, 256])) if not wide else int(rng.choice([4, 65536]))
    samples = rng.integers(0, levels, (height, width, count)).astype(np.uint16 if wide else np.uint8)
    options = {'order': str(rng.choice(['<', '>'])), 'big': bool(rng.integers(4) == 0)}
    # At the edges of tiled images libtiff misplaces what is mirrored, and grey of 16 bits or with alpha.
    options['orientation'] = int(rng.choice([1, 4, 5, 8]))
    if rng.integers(2) and not (kind == 'grey-alpha' or (wide and count == 1)):
        options['tile'] = tuple(int(v) for v in 16 * rng.integers(1, 4, 2))
    else:
        options['rows_per_strip'] = int(rng.integers(1, height + 1))
        options['orientation'] = int(rng.integers(1, 9))
    if kind == 'jpeg':
        samples = photo(rng, width, height)
        subsampling = int(rng.integers(3))
        if 'rows_per_strip' in options:
            options['rows_per_strip'] = 16 * int(rng.integers(1, 4))
        options['tags'] = [(530, 3, [[1, 1], [2, 1], [2, 2]][subsampling])]
        options['jpeg'] = lambda block: pil_jpeg(block, quality=85, subsampling=subsampling)
        return tiff_writer.encode(samples, 6, 'jpeg', **options)
    compression = str(rng.choice(['none', 'lzw', 'deflate', 'old-deflate', 'packbits']))
    if compression in ('lzw', 'deflate', 'old-deflate') and kind != 'palette':
        options['predictor'] = int(rng.integers(1, 3))
    if kind in ('rgba', 'grey-alpha'):
        options['extra'] = int(rng.integers(0, 3))
    if kind in ('rgb', 'rgba'):
        options['planar'] = bool(rng.integers(2))
    if kind == 'palette':
        options['palette'] = rng.integers(0, 256 if rng.integers(4) == 0 else 65536, 768)
    photometric = {'white': 0, 'rgb': 2, 'rgba': 2, 'palette': 3}.get(kind, 1)
    return tiff_writer.encode(samples, photometric, compression, **options)


def tiff_files(rng):
    rgb = rng.integers(0, 256, (13, 17, 3), dtype=np.uint8)
    # Few values, so that LZW's codes and PackBits' runs grow.
    flat = rng.integers(0, 6, (60, 70, 3), dtype=np.uint8) * 40
    rgb16 = rng.integers(0, 65536, (13, 17, 3), dtype=np.uint16)
    for compression in ('none', 'lzw', 'deflate', 'packbits'):
        yield f'{compression}.tif', tiff_writer.encode(rgb, 2, compression)
        yield f'{compression}-strips.tif', tiff_writer.encode(flat, 2, compression, rows_per_strip=7)
        yield f'{compression}-tiles.tif', tiff_writer.encode(rgb, 2, compression, '>', tile=(16, 16))
        yield f'{compression}-16bit.tif', tiff_writer.encode(rgb16, 2, compression)
        yield f'{compression}-16bit-big-endian.tif', tiff_writer.encode(rgb16, 2, compression, '>', rows_per_strip=5)
        yield f'{compression}-planar.tif', tiff_writer.encode(rgb, 2, compression, planar=True, rows_per_strip=5)
        yield f'{compression}-planar-16bit.tif', tiff_writer.encode(rgb16, 2, compression, '>', planar=True, tile=(16, 16))
    for compression in ('lzw', 'deflate'):
        for order, name in (('<', ''), ('>', '-big-endian')):
            yield f'{compression}-differences{name}.tif', tiff_writer.encode(rgb, 2, compression, order, 2)
            yield (
                f'{compression}-differences-16bit{name}.tif',
                tiff_writer.encode(rgb16, 2, compression, order, 2, tile=(16, 16)),
            )
        yield f'{compression}-differences-planar.tif', tiff_writer.encode(rgb16, 2, compression, '>', 2, planar=True)
    for name, samples in (('', rgb), ('-16bit', rgb16)):
        yield f'grey{name}.tif', tiff_writer.encode(samples[:, :, :1], 1)
        yield f'grey-white{name}.tif', tiff_writer.encode(samples[:, :, :1], 0)
        alpha = np.concatenate([samples, samples[::-1, :, :1]], axis=2)
        for extra in range(3):
            yield f'rgba-extra{extra}{name}.tif', tiff_writer.encode(alpha, 2, extra=extra)
        yield f'rgba-planar{name}.tif', tiff_writer.encode(alpha, 2, extra=2, planar=True, rows_per_strip=4)
        yield f'grey-alpha{name}.tif', tiff_writer.encode(samples[:, :, :2], 1, extra=2)
    yield 'palette.tif', tiff_writer.encode(rgb[:, :, :1], 3, palette=rng.integers(0, 65536, 768))
    yield 'palette-8bit.tif', tiff_writer.encode(rgb[:, :, :1], 3, 'lzw', palette=rng.integers(0, 256, 768))
    yield 'pages.tif', tiff_writer.encode(rgb, 2, pages=3)
    yield 'bigtiff.tif', tiff_writer.encode(rgb, 2, 'deflate', big=True, rows_per_strip=5)
    yield 'bigtiff-big-endian.tif', tiff_writer.encode(rgb16, 2, order='>', big=True)
    for orientation in range(1, 9):
        yield f'orientation-{orientation}.tif', tiff_writer.encode(rgb, 2, orientation=orientation, rows_per_strip=5)
    image = photo(rng, 53, 37)
    for subsampling, factors in enumerate(([1, 1], [2, 1], [2, 2])):
        yield (
            f'jpeg-ycbcr-{subsampling}.tif',
            tiff_writer.encode(
                image, 6, 'jpeg', rows_per_strip=16, tags=[(530, 3, factors)],
                jpeg=lambda block: pil_jpeg(block, quality=85, subsampling=subsampling),
            ),
        )  # fmt: skip
    yield (
        'jpeg-tiles.tif',
        tiff_writer.encode(image, 6, 'jpeg', tile=(32, 32), tags=[(530, 3, [1, 1])], jpeg=lambda b: pil_jpeg(b, subsampling=0)),
    )
    yield 'jpeg-grey.tif', tiff_writer.encode(image[:, :, :1], 1, 'jpeg', jpeg=lambda b: pil_jpeg(b[:, :, 0]))
    # As libtiff writes them: tables apart, RGB without conversion.
    yield 'jpeg-libtiff.tif', libtiff(image, compression='jpeg')
    yield 'lzw-libtiff.tif', libtiff(image, compression='tiff_lzw')
    yield 'opencv.tif', cv2.imencode('.tif', image)[1].tobytes()
    yield 'opencv-16bit.tif', cv2.imencode('.tif', rgb16)[1].tobytes()


def libtiff(image, **options):
    import io

    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, 'TIFF', **options)
    return buffer.getvalue()


def ybr(rgb):
    """R, G, B of JPEG's Y, Cb, Cr, halves up as Math.round does."""
    y, cb, cr = (rgb[:, :, c].astype(np.float64) for c in range(3))
    cb, cr = cb - 128, cr - 128
    planes = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb]
    return np.clip(np.floor(np.stack(planes, axis=2) + 0.5), 0, 255).astype(np.uint8)


def dicom_files(rng):
    """Name, file, and the R, G, B that it means."""
    rgb = rng.integers(0, 256, (12, 18, 3), dtype=np.uint8)
    runs = np.repeat(rgb[:, :6], 3, axis=1)
    grey, deep = rgb[:, :, :1], rng.integers(0, 65536, (12, 18, 1), dtype=np.uint16)
    twelve = deep >> 4
    shades = lambda plane: np.repeat(plane.astype(np.uint8), 3, axis=2)
    write = dicom_writer.encode
    yield 'rgb.dcm', write(rgb, 'RGB'), rgb
    yield 'rgb-implicit.dcm', write(rgb, 'RGB', syntax=dicom_writer.IMPLICIT), rgb
    yield 'rgb-planar.dcm', write(rgb, 'RGB', planar=True), rgb
    yield 'rgb-rle.dcm', write(runs, 'RGB', syntax=dicom_writer.RLE), runs
    yield 'monochrome2.dcm', write(grey, 'MONOCHROME2'), shades(grey)
    yield 'monochrome1.dcm', write(grey, 'MONOCHROME1'), 255 - shades(grey)
    yield 'monochrome2-16bit.dcm', write(deep, 'MONOCHROME2'), shades(deep >> 8)
    yield 'monochrome2-12bit.dcm', write(twelve | 0xF000, 'MONOCHROME2', stored=12), shades(twelve >> 4)
    yield 'monochrome2-big-endian.dcm', write(deep, 'MONOCHROME2', syntax=dicom_writer.BIG_ENDIAN), shades(deep >> 8)
    yield 'monochrome2-16bit-rle.dcm', write(deep, 'MONOCHROME2', syntax=dicom_writer.RLE), shades(deep >> 8)
    yield 'ybr-full.dcm', write(rgb, 'YBR_FULL'), ybr(rgb)
    shared = rgb.copy()
    shared[:, 1::2, 1:] = shared[:, ::2, 1:]
    yield 'ybr-full-422.dcm', write(shared, 'YBR_FULL_422'), ybr(shared)
    for bits in (8, 16):
        palette = rng.integers(0, 2**bits, (3, 200))
        lookup = np.clip(rgb[:, :, 0].astype(int) - 30, 0, 199)
        want = (palette[:, lookup] >> (bits - 8)).transpose(1, 2, 0).astype(np.uint8)
        yield f'palette-{bits}bit.dcm', write(grey, 'PALETTE COLOR', palette=(30, bits, palette)), want
    image = photo(rng, 50, 36)
    for name, photometric, data in (
        ('jpeg', 'YBR_FULL_422', pil_jpeg(image, quality=90, subsampling=1)),
        ('jpeg-grey', 'MONOCHROME2', pil_jpeg(image[:, :, 0], quality=90)),
    ):
        want = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
        yield f'{name}.dcm', write(image if name == 'jpeg' else image[:, :, :1], photometric, jpeg=data), want


def formula_image(width, height):
    """The image that the TypeScript test makes too: an integer hash of the position, modulo 256."""
    x = np.arange(width, dtype=np.uint32)[None, :, None]
    y = np.arange(height, dtype=np.uint32)[:, None, None]
    c = np.arange(3, dtype=np.uint32)[None, None, :]
    h = (x * np.uint32(73856093)) ^ (y * np.uint32(19349663)) ^ (c * np.uint32(83492791))
    h = (h ^ (h >> np.uint32(13))) * np.uint32(1274126177)
    return ((h ^ (h >> np.uint32(16))) & np.uint32(255)).astype(np.uint8)


RESIZES = [
    ((1, 1), (1, 1)), ((1, 1), (7, 5)), ((1, 9), (4, 4)), ((9, 1), (4, 4)), ((5, 4), (1, 1)), ((2, 2), (1, 1)),
    ((64, 48), (32, 24)), ((64, 48), (32, 25)), ((64, 48), (16, 12)), ((33, 17), (33, 17)), ((33, 17), (66, 34)),
    ((33, 17), (64, 64)), ((257, 3), (100, 50)), ((101, 203), (64, 64)), ((63, 65), (264, 264)),
    ((1634, 1634), (1064, 1064)), ((2124, 2056), (1064, 1064)), ((1064, 998), (1064, 1064)),
    ((2128, 2128), (1064, 1064)), ((700, 3000), (264, 264)), ((4096, 17), (64, 64)),
]  # fmt: skip


def resize_expectations():
    # One thread: OpenCV's result is the same for three channels, this only makes it reproducible by design.
    cv2.setNumThreads(1)
    for source, target in RESIZES:
        # The formula gives R, G, B; resizing is per channel, so the order does not matter to it.
        rgb = formula_image(*source)
        resized = rgb if source == target else cv2.resize(rgb, target, interpolation=cv2.INTER_LINEAR)
        yield {'source': source, 'target': target, 'sha256': hashlib.sha256(resized.tobytes()).hexdigest()}


NORMALIZATIONS = [
    ((0.158, 0.224, 0.350), (0.143, 0.175, 0.255)),
    ((0.152, 0.071, 0.070), (0.138, 0.127, 0.127)),
    ((0.265, 0.130, 0.036), (0.293, 0.154, 0.069)),
]


def normalization_expectations():
    values = np.arange(256, dtype=np.float32) / np.float32(255)
    for mean, std in NORMALIZATIONS:
        rows = [(values - np.float32(m)) / np.float32(s) for m, s in zip(mean, std)]
        table = np.stack(rows).astype('<f4')
        yield {'mean': mean, 'std': std, 'sha256': hashlib.sha256(table.tobytes()).hexdigest()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--corpus', type=pathlib.Path)
    parser.add_argument('--count', type=int, default=400)
    parser.add_argument('--seed', type=int, default=7)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    folder = arguments.corpus or FIXTURES
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.corpus:
        third = arguments.count // 3
        files = [(f'{i:04}.jpg', random_jpeg(rng, 400)) for i in range(third)]
        files += [(f'{i:04}.png', random_png(rng, 90)) for i in range(third)]
        files += [(f'{i:04}.tif', random_tiff(rng, 90)) for i in range(third)]
        result = {'images': write_with_expectations(folder, files)}
    else:
        result = {
            'opencv': cv2.__version__,
            'images': write_with_expectations(folder, fixture_files(rng)),
            'tiff': write_with_expectations(folder, ((f'tiff/{name}', data) for name, data in tiff_files(rng))),
            'dicom': write_dicom(folder, dicom_files(rng)),
            'resizes': list(resize_expectations()),
            'normalizations': list(normalization_expectations()),
        }
    (folder / 'expected.json').write_text(json.dumps(result, indent=1) + '\n')


if __name__ == '__main__':
    main()
