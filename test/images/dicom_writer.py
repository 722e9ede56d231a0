"""Writes DICOM files with one image: explicit or implicit little endian, explicit big endian, RLE, encapsulated JPEG."""

import struct

import numpy as np

import tiff_writer

IMPLICIT, EXPLICIT, BIG_ENDIAN = '1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'
RLE, JPEG = '1.2.840.10008.1.2.5', '1.2.840.10008.1.2.4.50'

LONG_HEADERS = ('OB', 'OW', 'UN', 'SQ')


def element(group, number, vr, value, order='<', explicit=True, undefined=False):
    value = value + (b'' if len(value) % 2 == 0 else b'\0' if vr in ('UI', 'OB', 'OW') else b' ')
    length = 0xFFFFFFFF if undefined else len(value)
    tag = struct.pack(order + 'HH', group, number)
    if not explicit:
        return tag + struct.pack(order + 'I', length) + value
    if vr in LONG_HEADERS:
        return tag + vr.encode() + b'\0\0' + struct.pack(order + 'I', length) + value
    return tag + vr.encode() + struct.pack(order + 'H', length) + value


def item(value):
    value += b'\0' * (len(value) % 2)
    return struct.pack('<HHI', 0xFFFE, 0xE000, len(value)) + value


def encapsulated(frame):
    """An empty offset table, the frame in two fragments, and the end."""
    half = len(frame) // 4 * 2
    return item(b'') + item(frame[:half]) + item(frame[half:]) + struct.pack('<HHI', 0xFFFE, 0xE0DD, 0)


def run_lengths(samples):
    planes = [samples[:, :, c] for c in range(samples.shape[2])]
    if samples.dtype == np.uint16:
        planes = [part for plane in planes for part in (plane >> 8, plane & 255)]
    segments = []
    for plane in planes:
        rows = (tiff_writer.packbits(row.astype(np.uint8).tobytes()) for row in plane)
        segment = b''.join(rows)
        segments.append(segment + b'\0' * (len(segment) % 2))
    offsets = [64 + sum(map(len, segments[:i])) for i in range(len(segments))]
    return struct.pack('<16I', len(segments), *offsets, *[0] * (15 - len(segments))) + b''.join(segments)


def native(samples, photometric, planar, order):
    if photometric == 'YBR_FULL_422':
        pairs = samples.reshape(samples.shape[0], -1, 2, 3)
        return np.stack([pairs[:, :, 0, 0], pairs[:, :, 1, 0], pairs[:, :, 0, 1], pairs[:, :, 0, 2]], axis=2).tobytes()
    whole = samples.transpose(2, 0, 1) if planar else samples
    return whole.astype(whole.dtype.newbyteorder(order)).tobytes()


def encode(samples, photometric, syntax=EXPLICIT, planar=False, stored=None, palette=None, jpeg=None, frames=None):
    """samples: [rows, columns, samples]; palette: first value, bits, entries [3, n]; jpeg: the frame's JPEG stream."""
    syntax = JPEG if jpeg else syntax
    order = '>' if syntax == BIG_ENDIAN else '<'
    explicit = syntax != IMPLICIT
    height, width, count = samples.shape
    bits = 8 * samples.dtype.itemsize
    stored = stored or bits

    def put(group, number, vr, value, **options):
        return element(group, number, vr, value, order, explicit, **options)

    def short(*values):
        return struct.pack(f'{order}{len(values)}H', *values)

    body = put(0x0008, 0x0060, 'CS', b'OP') + put(0x0028, 0x0002, 'US', short(count))
    body += put(0x0028, 0x0004, 'CS', photometric.encode())
    if count == 3:
        body += put(0x0028, 0x0006, 'US', short(int(planar)))
    if frames is not None:
        body += put(0x0028, 0x0008, 'IS', str(frames).encode())
    body += put(0x0028, 0x0010, 'US', short(height)) + put(0x0028, 0x0011, 'US', short(width))
    body += put(0x0028, 0x0100, 'US', short(bits)) + put(0x0028, 0x0101, 'US', short(stored))
    body += put(0x0028, 0x0102, 'US', short(stored - 1)) + put(0x0028, 0x0103, 'US', short(0))
    if palette:
        first, depth, entries = palette
        for c in range(3):
            body += put(0x0028, 0x1101 + c, 'US', short(entries.shape[1], first, depth))
        for c in range(3):
            body += put(0x0028, 0x1201 + c, 'OW', entries[c].astype(order + 'u2').tobytes())
    if jpeg or syntax == RLE:
        frame = jpeg or run_lengths(samples)
        body += put(0x7FE0, 0x0010, 'OB', encapsulated(frame), undefined=True)
    else:
        body += put(0x7FE0, 0x0010, 'OB' if bits == 8 else 'OW', native(samples, photometric, planar, order))
    meta = element(0x0002, 0x0001, 'OB', b'\0\1') + element(0x0002, 0x0010, 'UI', syntax.encode())
    length = element(0x0002, 0x0000, 'UL', struct.pack('<I', len(meta)))
    return b'\0' * 128 + b'DICM' + length + meta + body
