"""A minimal reader and writer of safetensors files (float32, float64 and int64)."""
import json
import struct

import numpy as np

DTYPES = {'F32': np.dtype('<f4'), 'F64': np.dtype('<f8'), 'I64': np.dtype('<i8')}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def read(path):
    """(tensors by name, metadata) of the file."""
    with open(path, 'rb') as file:
        data = file.read()
    (size,) = struct.unpack_from('<Q', data)
    header = json.loads(data[8:8 + size])
    metadata = header.pop('__metadata__', {})
    tensors = {}
    for name, entry in header.items():
        start, end = entry['data_offsets']
        raw = np.frombuffer(data[8 + size + start:8 + size + end], DTYPES[entry['dtype']])
        tensors[name] = raw.reshape(entry['shape'])
    return tensors, metadata


def write(path, tensors, metadata):
    header, offset = {'__metadata__': metadata}, 0
    arrays = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    for name, array in arrays.items():
        end = offset + array.nbytes
        header[name] = {'dtype': NAMES[array.dtype], 'shape': list(array.shape), 'data_offsets': [offset, end]}
        offset = end
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + b''.join(a.tobytes() for a in arrays.values()))
