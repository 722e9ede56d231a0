"""Writes TIFF files of the kinds that no library at hand writes: every layout, byte order, predictor and compression."""

import struct
import zlib

import numpy as np

COMPRESSIONS = {'none': 1, 'lzw': 5, 'jpeg': 7, 'deflate': 8, 'packbits': 32773, 'old-deflate': 32946}
SHORT, LONG, UNDEFINED, LONG8 = 3, 4, 7, 16


def packbits(data):
    """Runs of three and more equal bytes, and literals between them (TIFF 6.0, section 9)."""
    out, literal, i = bytearray(), bytearray(), 0

    def flush():
        for at in range(0, len(literal), 128):
            piece = literal[at : at + 128]
            out.append(len(piece) - 1)
            out.extend(piece)
        literal.clear()

    while i < len(data):
        run = 1
        while run < 128 and i + run < len(data) and data[i + run] == data[i]:
            run += 1
        if run >= 3:
            flush()
            out.extend((257 - run, data[i]))
        else:
            literal.extend(data[i : i + run])
        i += run
    flush()
    return bytes(out)


def lzw(data):
    """TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first, widened one code early."""
    bits, count, out = 0, 0, bytearray()
    table, width = {}, 9

    def reset():
        nonlocal table, width
        table, width = {bytes((v,)): v for v in range(256)}, 9

    def put(code):
        nonlocal bits, count
        bits, count = bits << width | code, count + width
        while count >= 8:
            out.append(bits >> (count - 8) & 255)
            count -= 8
        bits &= (1 << count) - 1

    reset()
    put(256)
    prefix = b''
    for value in data:
        longer = prefix + bytes((value,))
        if longer in table:
            prefix = longer
            continue
        put(table[prefix])
        table[longer] = len(table) + 2
        if len(table) + 2 in (512, 1024, 2048):
            width += 1
        if len(table) + 2 == 4094:
            put(256)
            reset()
        prefix = bytes((value,))
    if prefix:
        put(table[prefix])
        # The decoder adds an entry for that code too.
        if len(table) + 3 in (512, 1024, 2048):
            width += 1
    put(257)
    if count:
        out.append(bits << (8 - count) & 255)
    return bytes(out)


def packed(block, compression, order, predictor):
    """The bytes of a block [rows, columns, samples]."""
    if predictor == 2:
        block = np.concatenate([block[:, :1], block[:, 1:] - block[:, :-1]], axis=1)
    data = block.astype(block.dtype.newbyteorder(order)).tobytes()
    if compression == 'none':
        return data
    if compression in ('deflate', 'old-deflate'):
        return zlib.compress(data)
    if compression == 'lzw':
        return lzw(data)
    # Each row is packed by itself.
    row = len(data) // block.shape[0]
    return b''.join(packbits(data[at : at + row]) for at in range(0, len(data), row))


def encode(
    samples,
    photometric,
    compression='none',
    order='<',
    predictor=1,
    rows_per_strip=None,
    tile=None,
    planar=False,
    orientation=None,
    palette=None,
    extra=None,
    jpeg=None,
    jpeg_tables=None,
    pages=1,
    tags=(),
    big=False,
):
    """
    samples: uint8 or uint16 [rows, columns, samples]. tile: (columns, rows). extra: ExtraSamples of the last sample.
    jpeg: a function from a block to its JPEG stream; jpeg_tables: the JPEGTables field. pages: as many, the first as
    given and the others inverted. tags: further (tag, type, values). big: BigTIFF.
    """
    mark = b'II' if order == '<' else b'MM'
    head = mark + (struct.pack(order + 'HHH', 43, 8, 0) if big else struct.pack(order + 'H', 42))
    offset, count_of, most = ('Q', 'Q', 8) if big else ('I', 'H', 4)
    pointer_at = len(head)
    body = bytearray(head + b'\0' * most)
    for page in range(pages):
        pixels = samples if page == 0 else ~samples
        height, width, count = pixels.shape
        bits = 8 * pixels.dtype.itemsize
        planes = [pixels[:, :, c : c + 1] for c in range(count)] if planar else [pixels]
        offsets, sizes = [], []
        for plane in planes:
            if tile:
                columns, rows = tile
                pad = ((0, -height % rows), (0, -width % columns), (0, 0))
                whole = np.pad(plane, pad, mode='edge')
                blocks = [
                    whole[y : y + rows, x : x + columns]
                    for y in range(0, whole.shape[0], rows)
                    for x in range(0, whole.shape[1], columns)
                ]
            else:
                rows = rows_per_strip or height
                blocks = [plane[y : y + rows] for y in range(0, height, rows)]
            for block in blocks:
                data = jpeg(block) if compression == 'jpeg' else packed(block, compression, order, predictor)
                offsets.append(len(body))
                sizes.append(len(data))
                body += data + b'\0' * (len(data) % 2)
        entries = [
            (256, SHORT, [width]),
            (257, SHORT, [height]),
            (258, SHORT, [bits] * count),
            (259, SHORT, [COMPRESSIONS[compression]]),
            (262, SHORT, [photometric]),
            (277, SHORT, [count]),
            (284, SHORT, [2 if planar else 1]),
        ]
        if orientation is not None:
            entries.append((274, SHORT, [orientation]))
        if predictor != 1:
            entries.append((317, SHORT, [predictor]))
        if palette is not None:
            entries.append((320, SHORT, list(palette)))
        if extra is not None:
            entries.append((338, SHORT, [extra]))
        kind_of = LONG8 if big else LONG
        if tile:
            entries += [(322, SHORT, [tile[0]]), (323, SHORT, [tile[1]]), (324, kind_of, offsets), (325, kind_of, sizes)]
        else:
            entries += [(273, kind_of, offsets), (278, SHORT, [rows_per_strip or height]), (279, kind_of, sizes)]
        if jpeg_tables is not None:
            entries.append((347, UNDEFINED, list(jpeg_tables)))
        entries += tags
        directory = bytearray(struct.pack(order + count_of, len(entries)))
        for tag, kind, values in sorted(entries):
            letter = {SHORT: 'H', LONG: 'I', UNDEFINED: 'B', LONG8: 'Q'}[kind]
            data = struct.pack(f'{order}{len(values)}{letter}', *values)
            if len(data) > most:
                at = len(body)
                body += data + b'\0' * (len(data) % 2)
                data = struct.pack(order + offset, at)
            directory += struct.pack(order + 'HH' + offset, tag, kind, len(values)) + data.ljust(most, b'\0')
        struct.pack_into(order + offset, body, pointer_at, len(body))
        pointer_at = len(body) + len(directory)
        body += directory + b'\0' * most
    return bytes(body)
