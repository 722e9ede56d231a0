"""Writes PNGs of every kind that the specification allows, which image libraries rarely do."""

import struct
import zlib

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))


def pack_row(samples, depth):
    """samples: list of ints of one row."""
    if depth == 16:
        return b''.join(struct.pack('>H', int(s)) for s in samples)
    if depth == 8:
        return bytes(int(s) for s in samples)
    per_byte = 8 // depth
    out = bytearray()
    for i in range(0, len(samples), per_byte):
        byte = 0
        for j in range(per_byte):
            byte = byte << depth | (int(samples[i + j]) if i + j < len(samples) else 0)
        out.append(byte)
    return bytes(out)


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filter_row(kind, row, above, bpp):
    out = bytearray([kind])
    for i, value in enumerate(row):
        a = row[i - bpp] if i >= bpp else 0
        b = above[i]
        c = above[i - bpp] if i >= bpp else 0
        out.append((value - (0, a, b, (a + b) // 2, paeth(a, b, c))[kind]) & 255)
    return bytes(out)


def encode(samples, color_type, depth, interlaced, rng, palette=None, trns=None, before=(), after=(), pieces=1):
    """samples: array height x width x channels. `before`, `after`: extra (kind, body) chunks around IDAT."""
    height, width = samples.shape[:2]
    bpp = max(1, CHANNELS[color_type] * depth // 8)
    raw = b''
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.shape[0] == 0 or part.shape[1] == 0:
            continue
        above = None
        for row in part:
            packed = pack_row(row.reshape(-1), depth)
            raw += filter_row(int(rng.integers(0, 5)), packed, above or bytes(len(packed)), bpp)
            above = packed
    data = zlib.compress(raw)
    size = -(-len(data) // pieces)
    out = b'\x89PNG\r\n\x1a\n'
    out += chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, color_type, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b'PLTE', palette)
    if trns is not None:
        out += chunk(b'tRNS', trns)
    for kind, body in before:
        out += chunk(kind, body)
    for i in range(0, len(data), size):
        out += chunk(b'IDAT', data[i : i + size])
    for kind, body in after:
        out += chunk(kind, body)
    return out + chunk(b'IEND', b'')
