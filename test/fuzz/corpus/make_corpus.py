"""Writes test/fixtures/corpus: odd and invalid images and checkpoints, and what OpenCV and PyTorch make of them.

Run with a Python that has OpenCV, Pillow, numpy and PyTorch 1.13 (Debian: apt-get install python3-opencv python3-pil
python3-torch):

    /usr/bin/python3 test/fuzz/corpus/make_corpus.py

`reference` in expected.json is what cv2.imread or torch.load gives, or null where they refuse. `outcome` is what this
package must do: `read` (then with the reference's very pixels or tensors) or `refused`; where the two differ, `why`.
"""
import collections
import hashlib
import io
import json
import os
import struct
import zipfile
import zlib

import cv2
import numpy as np
import torch
from PIL import Image

OUT = os.path.join(os.path.dirname(__file__), '..', '..', 'fixtures', 'corpus')
EXPECTED = {}


def put(name, data, reference, why=None, outcome=None):
    with open(os.path.join(OUT, name), 'wb') as f:
        f.write(data)
    ref = reference(os.path.join(OUT, name))
    entry = {'outcome': outcome or ('refused' if ref is None else 'read'), 'reference': ref}
    if (entry['outcome'] == 'refused') != (ref is None):
        entry['why'] = why
        assert why, f'{name}: differs from the reference ({ref}) without a reason'
    EXPECTED[name] = entry


def imread(path):
    try:
        image = cv2.imread(path, cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    if image is None:
        return None
    return {'width': image.shape[1], 'height': image.shape[0],
            'sha256': hashlib.sha256(image[:, :, ::-1].tobytes()).hexdigest()}


def picture(width=13, height=9, channels=3):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return ((x * 17 + y * 29 + c * 71 + (x * y) % 7 * 11) % 256).astype(np.uint8)


# PNG -----------------------------------------------------------------------------------------------------

def chunk(kind, body=b'', crc=None):
    kind = kind.encode() if isinstance(kind, str) else kind
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body) if crc is None else crc)


def ihdr(width=13, height=9, depth=8, colour=2, compression=0, filtering=0, interlace=0):
    return chunk('IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, compression, filtering, interlace))


def rows(image, filters=None):
    """Rows with filter type 0, or with these types (Sub, Up and so on are computed)."""
    flat = image.reshape(image.shape[0], -1)
    if filters is None:
        return b''.join(b'\0' + row.tobytes() for row in flat)
    bpp = image.shape[2]
    out = b''
    above = np.zeros_like(flat[0])
    for kind, row in zip(filters, flat):
        left = np.concatenate([np.zeros(bpp, np.uint8), row[:-bpp]])
        corner = np.concatenate([np.zeros(bpp, np.uint8), above[:-bpp]])
        if kind == 4:
            a, b, c = left.astype(int), above.astype(int), corner.astype(int)
            pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            guess = np.where((pa <= pb) & (pa <= pc), a, np.where(pb <= pc, b, c)).astype(np.uint8)
        else:
            guess = [0 * row, left, above, ((left.astype(int) + above) // 2).astype(np.uint8)][kind]
        out += bytes([kind]) + (row - guess).astype(np.uint8).tobytes()
        above = row
    return out


RGB = picture()
IDAT = zlib.compress(rows(RGB))
SIGNATURE = b'\x89PNG\r\n\x1a\n'
IEND = chunk('IEND')


def png(*chunks, end=IEND):
    return SIGNATURE + b''.join(chunks) + end


def raw_deflate(data, wbits=15, level=9):
    c = zlib.compressobj(level, zlib.DEFLATED, wbits)
    return c.compress(data) + c.flush()


def palette_png(palette, extra=b'', after=b'', index_limit=4):
    pixels = (picture(channels=1)[:, :, 0] % index_limit).astype(np.uint8)
    data = b''.join(b'\0' + row.tobytes() for row in pixels)
    return png(ihdr(colour=3), palette + extra, chunk('IDAT', zlib.compress(data)), after)


def make_png():
    idat = chunk('IDAT', IDAT)
    four = chunk('PLTE', bytes(range(12)))
    grey = picture(channels=1)
    cases = {
        'apng': png(ihdr(), chunk('acTL', struct.pack('>II', 2, 0)), chunk('fcTL', bytes(26)), idat, chunk('fcTL', bytes(26)), chunk('fdAT', bytes(4) + IDAT)),
        'gama-srgb-chrm': png(ihdr(), chunk('gAMA', struct.pack('>I', 100000)), chunk('sRGB', b'\0'), chunk('cHRM', bytes(32)), idat),
        'iccp-broken': png(ihdr(), chunk('iCCP', b'x\0\0garbage'), idat),
        'trns-rgb': png(ihdr(), chunk('tRNS', bytes([0, 0, 0, 71, 0, 142])), idat),
        'trns-grey': png(ihdr(colour=0), chunk('tRNS', bytes([0, 17])), chunk('IDAT', zlib.compress(rows(grey)))),
        'trns-palette': palette_png(four, chunk('tRNS', bytes([0, 128, 255]))),
        'palette-short': palette_png(chunk('PLTE', bytes(range(6)))),
        'palette-256': palette_png(chunk('PLTE', bytes(range(256)) * 3)),
        'palette-257': palette_png(chunk('PLTE', bytes(771))),
        'palette-of-seven-bytes': palette_png(chunk('PLTE', bytes(7))),
        'palette-empty': palette_png(chunk('PLTE')),
        'palette-late': palette_png(b'', after=four),
        'palette-twice': palette_png(four + four),
        'palette-in-rgb': png(ihdr(), four, idat),
        'palette-in-rgb-broken': png(ihdr(), chunk('PLTE', bytes(7)), idat),
        'palette-in-grey': png(ihdr(colour=0), four, chunk('IDAT', zlib.compress(rows(grey)))),
        'header-twice': png(ihdr(), ihdr(), idat),
        'header-late': png(chunk('tEXt', b'a\0b'), ihdr(), idat),
        'header-of-14-bytes': png(chunk('IHDR', bytes(14)), idat),
        'text-between-data': png(ihdr(), chunk('IDAT', IDAT[:20]), chunk('tEXt', b'a\0b'), chunk('IDAT', IDAT[20:])),
        'data-empty-first': png(ihdr(), chunk('IDAT'), idat, chunk('IDAT')),
        'data-bytewise': png(ihdr(), *[chunk('IDAT', IDAT[i:i + 1]) for i in range(len(IDAT))]),
        'data-with-garbage': png(ihdr(), chunk('IDAT', IDAT + b'garbage')),
        'data-with-row-too-many': png(ihdr(), chunk('IDAT', zlib.compress(rows(picture(13, 10))))),
        'data-row-short': png(ihdr(), chunk('IDAT', zlib.compress(rows(picture(13, 8))))),
        'data-missing': png(ihdr()),
        'data-wrong-adler': png(ihdr(), chunk('IDAT', IDAT[:-1] + bytes([IDAT[-1] ^ 1]))),
        'data-without-adler': png(ihdr(), chunk('IDAT', IDAT[:-4])),
        'data-stored': png(ihdr(), chunk('IDAT', zlib.compress(rows(RGB), 0))),
        'data-small-window': png(ihdr(), chunk('IDAT', raw_deflate(rows(RGB), 9))),
        'data-raw-deflate': png(ihdr(), chunk('IDAT', raw_deflate(rows(RGB), -15))),
        'data-gzip': png(ihdr(), chunk('IDAT', raw_deflate(rows(RGB), 31))),
        'data-dictionary': png(ihdr(), chunk('IDAT', b'\x78\xbb\0\0\0\1' + IDAT[2:])),
        'filters-all': png(ihdr(), chunk('IDAT', zlib.compress(rows(RGB, [0, 1, 2, 3, 4, 4, 3, 2, 1])))),
        'filters-first-row': png(ihdr(), chunk('IDAT', zlib.compress(rows(RGB, [4, 3, 2, 1, 0, 1, 2, 3, 4])))),
        'filter-5': png(ihdr(), chunk('IDAT', zlib.compress(b'\5' + rows(RGB)[1:]))),
        'crc-of-data': png(ihdr(), chunk('IDAT', IDAT, crc=1)),
        'crc-of-header': png(chunk('IHDR', ihdr()[8:21], crc=1), idat),
        'crc-of-text': png(ihdr(), chunk('tEXt', b'a\0b', crc=1), idat),
        'crc-of-end': png(ihdr(), idat, end=chunk('IEND', crc=1)),
        'end-missing': png(ihdr(), idat, end=b''),
        'end-with-bytes': png(ihdr(), idat, end=chunk('IEND', b'x')),
        'trailing-zip': png(ihdr(), idat) + b'PK\3\4' + bytes(40),
        'unknown-critical': png(ihdr(), chunk('ABCD', b'x'), idat),
        'unknown-optional': png(ihdr(), chunk('abCd', b'x'), idat),
        'unknown-reserved-bit': png(ihdr(), chunk('abcd', b'x'), idat),
        'chunk-name-of-digits': png(ihdr(), chunk('a1Cd', b'x'), idat),
        'apple-cgbi': png(chunk('CgBI', b'\x50\0\x20\2'), ihdr(), idat),
        'sbit-wrong-length': png(ihdr(), chunk('sBIT', b'\1'), idat),
        'time-and-background': png(ihdr(), chunk('bKGD', bytes(6)), chunk('tIME', bytes(7)), idat),
        'text-compressed-bomb': png(ihdr(), chunk('zTXt', b'a\0\0' + zlib.compress(bytes(1 << 20))), idat),
        'width-0': png(ihdr(width=0), idat),
        'height-0': png(ihdr(height=0), idat),
        'width-2-31': png(ihdr(width=1 << 31), idat),
        'depth-3': png(ihdr(depth=3), idat),
        'depth-16-palette': png(ihdr(depth=16, colour=3), four, idat),
        'colour-7': png(ihdr(colour=7), idat),
        'compression-1': png(ihdr(compression=1), idat),
        'filter-method-64': png(ihdr(filtering=64), idat),
        'interlace-2': png(ihdr(interlace=2), idat),
        'exif-turned': png(ihdr(), chunk('eXIf', tiff(6)), idat),
        'exif-broken': png(ihdr(), chunk('eXIf', b'II*\0\xff\xff\xff\xff'), idat),
        'exif-loop': png(ihdr(), chunk('eXIf', tiff(3, following=8)), idat),
        'signature-only': SIGNATURE,
        'signature-of-mng': b'\x8aMNG\r\n\x1a\n' + png(ihdr(), idat)[8:],
        'two-pngs': png(ihdr(), idat) + png(ihdr(5, 5), idat),
        '16-bit': png(ihdr(depth=16), chunk('IDAT', zlib.compress(b''.join(b'\0' + r.astype('>u2').tobytes() for r in (picture().astype(np.uint16) * 257 - 3).reshape(9, -1))))),
    }
    for size in range(1, 10):
        buffer = io.BytesIO()
        Image.fromarray(picture(size, 10 - size)).save(buffer, 'PNG')
        cases[f'size-{size}x{10 - size}'] = buffer.getvalue()
    stricter = {
        'data-wrong-adler': 'a damaged checksum of the pixels is damage',
        'data-without-adler': 'a missing checksum of the pixels is a truncated file',
        'data-row-short': 'missing rows are not filled with anything',
        'end-missing': 'a file without its end is truncated',
        'crc-of-end': 'a damaged end is damage',
        'header-late': 'no standard decoder reads it alike',
    }
    for name, data in cases.items():
        put(f'{name}.png', data, imread, stricter.get(name))


# JPEG ----------------------------------------------------------------------------------------------------

def tiff(orientation, little=True, following=0, kind=3, entries=()):
    e = '<' if little else '>'
    fields = list(entries) + [struct.pack(e + 'HHIHH', 0x112, kind, 1, orientation, 0)]
    return (b'II' if little else b'MM') + struct.pack(e + 'HI', 42, 8) + struct.pack(e + 'H', len(fields)) + b''.join(fields) + struct.pack(e + 'I', following)


def segment(marker, body):
    return struct.pack('>BBH', 0xff, marker, len(body) + 2) + body


def jpeg_of(mode='RGB', size=(29, 19), **options):
    channels = {'L': 1, 'RGB': 3, 'CMYK': 4}[mode]
    image = picture(*size, channels)
    buffer = io.BytesIO()
    Image.fromarray(image[:, :, 0] if mode == 'L' else image, mode).save(buffer, 'JPEG', **{'quality': 80, **options})
    return buffer.getvalue()


def find(data, *markers):
    at = 2
    while True:
        if data[at + 1] in markers:
            return at
        at += 2 + struct.unpack('>H', data[at + 2:at + 4])[0]


def patched(data, at, new):
    return data[:at] + bytes(new) + data[at + len(new):]


def make_jpeg():
    base = jpeg_of()
    progressive = jpeg_of(progressive=True)
    frame = find(base, 0xc0)
    scan = find(base, 0xda)
    exif = lambda t: base[:2] + segment(0xe1, b'Exif\0\0' + t) + base[2:]
    without_jfif = base[:2] + base[find(base, 0xdb):]
    wframe = find(without_jfif, 0xc0)
    ids = lambda *n: patched(patched(patched(without_jfif, wframe + 10, [n[0]]), wframe + 13, [n[1]]), wframe + 16, [n[2]])

    def with_scan_ids(data, *n):
        at = find(data, 0xda)
        for i, k in enumerate(n):
            data = patched(data, at + 5 + 2 * i, [k])
        return data

    cases = {
        'progressive': progressive,
        'progressive-444': jpeg_of(progressive=True, subsampling=0),
        'optimized': jpeg_of(optimize=True),
        'quality-1': jpeg_of(quality=1),
        'quality-100': jpeg_of(quality=100, subsampling=0),
        'grey': jpeg_of('L'),
        'grey-progressive': jpeg_of('L', progressive=True),
        'grey-sampled-2x2': patched(jpeg_of('L'), find(jpeg_of('L'), 0xc0) + 11, [0x22]),
        'cmyk': jpeg_of('CMYK'),
        'sampling-422': jpeg_of(subsampling=1),
        'adobe-rgb': base[:2] + segment(0xee, b'Adobe\0\x64\0\0\0\0\0') + base[find(base, 0xdb):],
        'adobe-ycc': base[:2] + segment(0xee, b'Adobe\0\x64\0\0\0\0\1') + base[find(base, 0xdb):],
        'adobe-transform-9': base[:2] + segment(0xee, b'Adobe\0\x64\0\0\0\0\x09') + base[find(base, 0xdb):],
        'no-jfif': without_jfif,
        'components-rgb': with_scan_ids(ids(82, 71, 66), 82, 71, 66),
        'components-0-1-2': with_scan_ids(ids(0, 1, 2), 0, 1, 2),
        'components-alike': with_scan_ids(ids(1, 1, 1), 1, 1, 1),
        '12-bit': patched(base, frame + 4, [12]),
        'lossless': patched(base, frame + 1, [0xc3]),
        'hierarchical': patched(base, frame + 1, [0xc5]),
        'arithmetic-claimed': patched(base, frame + 1, [0xc9]),
        'jpeg-ls': patched(base, frame + 1, [0xf7]),
        'height-later': patched(base, frame + 5, [0, 0]),
        'width-0': patched(base, frame + 7, [0, 0]),
        'size-65535': patched(base, frame + 5, [0xff, 0xff, 0xff, 0xff]),
        'frame-twice': base[:scan] + base[frame:scan] + base[scan:],
        'tables-missing': base[:find(base, 0xc4)] + base[scan:],
        'quantization-missing': base[:find(base, 0xdb)] + base[frame:],
        'quantization-zero': patched(base, find(base, 0xdb) + 5, [0]),
        'huffman-broken': patched(base, find(base, 0xc4) + 5, [0xff]),
        'end-missing': base[:-2],
        'end-twice': base + b'\xff\xd9',
        'half': base[:(len(base) + scan) // 2],
        'half-ended': base[:(len(base) + scan) // 2] + b'\xff\xd9',
        'trailing-jpeg': base + jpeg_of(size=(5, 5)),
        'fill-bytes': base[:frame] + b'\xff\xff\xff' + base[frame:],
        'garbage-between': base[:frame] + b'\0\0\0\0' + base[frame:],
        'comment-long': base[:2] + segment(0xfe, b'\x1b[31m' * 200) + base[2:],
        'icc-broken': base[:2] + segment(0xe2, b'ICC_PROFILE\0\2\1xx') + base[2:],
        'restart-unused': base[:scan] + segment(0xdd, b'\0\0') + base[scan:],
        'restart-missing': base[:scan] + segment(0xdd, b'\0\2') + base[scan:],
        'exif-little': exif(tiff(6)),
        'exif-big': exif(tiff(8, little=False)),
        'exif-loop': exif(tiff(3, following=8)),
        'exif-orientation-0': exif(tiff(0)),
        'exif-orientation-9': exif(tiff(9)),
        'exif-orientation-long': exif(tiff(6, kind=4)),
        'exif-count-65535': exif(patched(tiff(6), 8, [0xff, 0xff])),
        'exif-offset-outside': exif(patched(tiff(6), 4, [0xff, 0xff, 0xff, 0x7f])),
        'exif-empty': exif(b''),
        'exif-truncated': exif(tiff(6)[:15]),
        'exif-twice': exif(tiff(6))[:2] + segment(0xe1, b'Exif\0\0' + tiff(3)) + exif(tiff(6))[2:],
        'xmp-first': base[:2] + segment(0xe1, b'http://ns.adobe.com/xap/1.0/\0<x/>') + exif(tiff(6))[2:],
        'segment-length-1': base[:2] + b'\xff\xe5\0\1' + base[2:],
        'segment-beyond': base[:2] + b'\xff\xe5\xff\xff' + base[2:200],
        'soi-only': b'\xff\xd8',
        'soi-eoi': b'\xff\xd8\xff\xd9',
        'scan-missing': base[:scan] + b'\xff\xd9',
        'scan-spectrum-broken': patched(base, scan + 12, [9]),
        'progressive-first-scan': progressive[:second_scan(progressive)] + b'\xff\xd9',
    }
    for size in [(1, 1), (8, 1), (1, 8), (9, 17), (16, 16), (17, 9)]:
        cases[f'size-{size[0]}x{size[1]}'] = jpeg_of(size=size)
    for name, data in cases.items():
        put(f'{name}.jpg', data, imread, STRICTER_JPEG.get(name), 'refused' if name in STRICTER_JPEG else None)


def second_scan(data):
    first = find(data, 0xda)
    at = first + 2
    while not (data[at] == 0xff and data[at + 1] in (0xc4, 0xda)):
        at += 1
    return at


# Checkpoints ---------------------------------------------------------------------------------------------

def load(path):
    try:
        root = torch.load(path, map_location='cpu')
    except Exception:
        return None
    found = {}

    def walk(name, value):
        if isinstance(value, torch.Tensor) and value.layout == torch.strided:
            t = value.detach().contiguous()
            t = t.view(torch.int16) if t.dtype == torch.bfloat16 else t
            found[name] = [str(value.dtype).replace('torch.', ''), list(value.shape), hashlib.sha256(t.numpy().tobytes()).hexdigest()]
        elif isinstance(value, dict):
            for k, v in value.items():
                walk(f'{name}.{k}' if name else str(k), v)
        elif isinstance(value, (list, tuple)):
            for i, v in enumerate(value):
                walk(f'{name}.{i}' if name else str(i), v)

    walk('', root)
    return found


class Command:
    def __reduce__(self):
        return (print, ('this was run',))


def make_checkpoints():
    def saved(value, legacy=False, protocol=2):
        buffer = io.BytesIO()
        torch.save(value, buffer, pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
        return buffer.getvalue()

    x = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    deep = x
    for _ in range(80):
        deep = [deep]
    values = {
        'plain': {'w': x},
        'scalar': {'w': torch.tensor(3.5)},
        'zero-size': {'w': torch.zeros(0, 7), 'v': x},
        'slices': {'a': x[1:3, 2:5], 'b': x.t(), 'c': x[::2, ::3], 'd': x.flatten()},
        'expanded': {'w': torch.ones(1).expand(100, 50)},
        'shared': {'a': x, 'b': x, 'c': x.view(6, 4)},
        'parameter': collections.OrderedDict(w=torch.nn.Parameter(x)),
        'module': collections.OrderedDict(weight=torch.ones(2, 3), bias=torch.zeros(2)),
        'names-odd': {'ü.ñ': x, 'with space': x, '': x, 'a"b': x, '日本': x},
        'keys-numbers': {0: x, 1.5: x, True: x},
        'empty': {},
        'deep': deep,
        'name-escape': {'\x1b[31mred': x},
        'name-proto': {'__proto__': x},
        'name-newline': {'a\nb': x},
        'command': {'w': x, 'c': Command()},
    }
    refused = {
        'deep': 'nested deeper than any checkpoint', 'name-escape': 'a name with control characters is refused by rule',
        'name-newline': 'a name with control characters is refused by rule', 'name-proto': 'this name is refused by rule',
        'command': 'torch.load runs what the file asks for',
    }
    for name, value in values.items():
        for legacy in (False, True):
            file = f'{name}-legacy.pth' if legacy else f'{name}.pth'
            put(file, saved(value, legacy), load, refused.get(name), 'refused' if name in refused else None)
    for protocol in (1, 3, 4, 5):
        put(f'protocol-{protocol}.pth', saved({'w': x}, False, protocol), load)
        put(f'protocol-{protocol}-legacy.pth', saved({'w': x}, True, protocol), load)
    base = saved({'w': x})

    def repacked(change=None, compress=zipfile.ZIP_STORED, extra=(), comment=b''):
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(buffer, 'w', compress) as new:
            for info in old.infolist():
                data = old.read(info)
                name, data = change(info.filename, data) if change else (info.filename, data)
                if name is not None:
                    new.writestr(name, data)
            for name, data in extra:
                new.writestr(name, data)
            new.comment = comment
        return buffer.getvalue()

    directory = base.rindex(b'PK\1\2', 0, base.index(b'PK\1\2') + 4)
    zips = {
        'repacked': (repacked(), None),
        'repacked-comment': (repacked(comment=b'PK\5\6 a comment'), None),
        'deflated': (repacked(compress=zipfile.ZIP_DEFLATED), 'PyTorch stores; compressed archives are refused by rule'),
        'bzip2': (repacked(compress=zipfile.ZIP_BZIP2), None),
        'storage-missing': (repacked(lambda n, d: (None if n.endswith('/data/0') else n, d)), None),
        'storage-short': (repacked(lambda n, d: (n, d[:50] if n.endswith('/data/0') else d)), None),
        'storage-long': (repacked(lambda n, d: (n, d + b'more' if n.endswith('/data/0') else d)), None),
        'version-9': (repacked(lambda n, d: (n, b'9\n' if n.endswith('/version') else d)), None),
        'pickle-twice': (repacked(extra=[('other/data.pkl', b'N.')]), 'it is unclear which is meant'),
        'entry-escape': (repacked(extra=[('archive/\x1b[2J', b'x')]), 'a name with control characters is refused by rule'),
        'truncated': (base[:len(base) // 2], None),
        'name-differs': (base[:30] + b'X' + base[31:], 'the two headers of an entry differ'),
        'encrypted': (patched(base, directory + 8, [base[directory + 8] | 1]), None),
        'prefixed': (b'MZ' + base, None),
        'trailing': (base + b'trailing bytes', None),
    }
    for name, (data, why) in zips.items():
        why = why or STRICTER_ZIP.get(name)
        put(f'zip-{name}.pth', data, load, why, 'refused' if why else None)


# Refused here, read (some with made-up pixels, all with a warning) by OpenCV.
STRICTER_JPEG = {
    'cmyk': 'CMYK is not supported',
    'adobe-transform-9': 'it says something unknown about its colours',
    'components-alike': 'its components cannot be told apart',
    'arithmetic-claimed': 'its data are not of the coding that its header says',
    'end-missing': 'a file without its end is truncated',
    'half': 'missing pixels are not made up',
    'half-ended': 'missing pixels are not made up',
    'garbage-between': 'bytes that belong to no segment are damage',
    'restart-missing': 'markers that its header announces are missing',
    'segment-length-1': 'no segment is that short',
    'scan-spectrum-broken': 'a scan that says something impossible is damage',
    'progressive-first-scan': 'its last scans are missing',
}
# Refused here, read by PyTorch.
STRICTER_ZIP = {
    'storage-short': 'a storage is smaller than its tensors: PyTorch 1.13 shows whatever is in memory',
}

if __name__ == '__main__':
    os.makedirs(OUT, exist_ok=True)
    for old in os.listdir(OUT):
        os.remove(os.path.join(OUT, old))
    make_png()
    make_jpeg()
    make_checkpoints()
    with open(os.path.join(OUT, 'expected.json'), 'w') as f:
        json.dump(EXPECTED, f, indent=1)
        f.write('\n')
