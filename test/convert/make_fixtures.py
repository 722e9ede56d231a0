"""Writes the checkpoints that test/convert reads, and what torch itself sees in them.

Run with a Python that has PyTorch 1.13 or later and numpy (Debian: apt-get install python3-torch):

    python3 test/convert/make_fixtures.py

The files go to test/fixtures/convert/. The older format names storages by address, so those files differ
from run to run in bytes, not in content.
"""
import argparse
import collections
import hashlib
import io
import json
import os
import pickle
import sys
import zipfile

import numpy as np
import torch

OUT = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'convert')
EXPECTED = {}


# What torch sees -----------------------------------------------------------------------------------------

def contiguous_bytes(t):
    t = t.detach().contiguous()
    if t.dtype == torch.bfloat16:
        t = t.view(torch.int16)
    return t.numpy().tobytes()


def describe(name, value, out):
    if isinstance(value, torch.Tensor) and not value.is_quantized and value.layout == torch.strided:
        out['tensors'].append({
            'name': name,
            'dtype': str(value.dtype).replace('torch.', ''),
            'shape': list(value.shape),
            'sha256': hashlib.sha256(contiguous_bytes(value)).hexdigest(),
        })
    elif isinstance(value, dict):
        for k, v in value.items():
            describe(f'{name}.{k}' if name else str(k), v, out)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for i, v in enumerate(value):
            describe(f'{name}.{i}' if name else str(i), v, out)
    elif isinstance(value, np.generic):
        out['opaque'].append(name)
    elif value is None or isinstance(value, (bool, int, float, str)):
        big = isinstance(value, int) and abs(value) > 2**53
        odd = isinstance(value, float) and not np.isfinite(value)
        out['metadata'][name] = str(value) if big else {'inf': 'Infinity', 'nan': 'NaN'}[str(value)] if odd else value
    else:
        out['opaque'].append(name)


def expect(file, kind):
    out = {'format': kind, 'tensors': [], 'metadata': {}, 'opaque': []}
    describe('', torch.load(os.path.join(OUT, file), map_location='cpu'), out)
    EXPECTED[file] = out


def save(file, value, protocol=2, legacy=False):
    torch.save(value, os.path.join(OUT, file), pickle_protocol=protocol,
               _use_new_zipfile_serialization=not legacy)
    expect(file, 'pytorch-legacy' if legacy else 'pytorch-zip')


# Honest checkpoints --------------------------------------------------------------------------------------

def every_dtype():
    g = torch.Generator().manual_seed(7)
    x = torch.randn(3, 5, generator=g)
    ints = {d: torch.randint(-100, 100, (7,), generator=g).to(getattr(torch, d)) for d in
            ('int8', 'int16', 'int32', 'int64')}
    return {
        **{d: x.to(getattr(torch, d)) for d in ('float16', 'bfloat16', 'float32', 'float64')},
        **ints,
        'uint8': torch.arange(250, 256, dtype=torch.uint8),
        'bool': x > 0,
        'complex64': torch.complex(x, -x),
        'complex128': torch.complex(x, -x).to(torch.complex128),
        'special': torch.tensor([0.0, -0.0, float('nan'), float('inf'), -float('inf'), 1e-45, 3.4e38]),
    }


def views():
    base = torch.arange(120, dtype=torch.float32).reshape(2, 3, 4, 5)
    shared = torch.arange(12, dtype=torch.int16)
    return {
        'transposed': base[0, 0].t(),
        'permuted': base.permute(3, 1, 0, 2),
        'stepped': base[:, ::2, 1:, ::3],
        'column': base[1, :, 2, 3],
        'narrow': base[1, 1:],
        'expanded': base[0, 0, 0].expand(3, 2, 5),
        'expanded_inner': base[0, 0, 0].unsqueeze(-1).expand(5, 3),
        'scalar': torch.tensor(2.5),
        'scalar_view': base[1, 2, 3, 4],
        'empty': torch.zeros(0, 3),
        'empty_view': base[:, :0],
        'channels_last': base.contiguous(memory_format=torch.channels_last),
        'shared': [shared, shared[3:9], shared.view(3, 4).t()],
        'bytes': torch.arange(40, dtype=torch.uint8)[3::4],
        'halves': torch.arange(24, dtype=torch.float16).reshape(4, 6)[1:, 1::2].t(),
        'doubles': torch.arange(24, dtype=torch.float64).reshape(4, 6)[:, 1],
        'complexes': torch.complex(torch.arange(6.0), -torch.arange(6.0)).reshape(2, 3).t(),
        'one_wide': torch.arange(6.0).reshape(6, 1).as_strided((6, 1), (1, 77)),
    }


def extras():
    counts = collections.defaultdict(list)
    counts['a'].append(1)
    return {
        'epoch': 140, 'name': 'zian', 'best': True, 'nothing': None, 'lr': 2e-4, 'big': 2**70, 'negative': -2**40,
        'odd': [float('inf'), float('nan')], 'unicode': 'fov\u00e9a \U0001f441', 'empty': {}, 'pair': (1, (2, 'x')),
        'kinds': {1: 'int', True and 'True': 'str', None: 'none'},
        'set': {5}, 'frozen': frozenset([6]), 'bytes': b'\x00\xff\x80', 'no_bytes': b'', 'array': bytearray(b'abc'),
        'complex': 1 + 2j, 'dtype': torch.float32, 'size': torch.Size([1, 2]), 'device': torch.device('cpu'),
        'numpy': [np.float64(0.5), np.float32(0.25), np.int64(3), np.bool_(True)],
        'args': argparse.Namespace(lr=0.1, names=['a'], nested=argparse.Namespace(x=1)),
        'default': counts, 'counter': collections.Counter('aab'),
        'ordered': collections.OrderedDict([('b', 1), ('a', 2)]),
        'quantized': torch.quantize_per_tensor(torch.tensor([1.0, 2.0]), 0.1, 10, torch.quint8),
        'sparse': torch.eye(2).to_sparse(),
        'parameter': torch.nn.Parameter(torch.arange(3.0)),
        'long_text': 'x' * 300,
    }


def everything():
    return {'dtypes': every_dtype(), 'views': views(), 'extras': extras()}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.conv = torch.nn.Conv2d(2, 3, 3)
        self.bn = torch.nn.BatchNorm2d(3)
        self.head = torch.nn.Linear(3, 1)

    def forward(self, x):
        return self.head(self.bn(self.conv(x)).mean((2, 3)))


def training_checkpoint():
    """As HRNet's training script writes it: best and last weights, the optimiser, a name under 'model'."""
    net = Net()
    best = {'module.' + k: v.clone() for k, v in net.state_dict().items()}
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    net(torch.randn(2, 2, 5, 5, generator=torch.Generator().manual_seed(2))).sum().backward()
    adam.step()
    return {'epoch': 3, 'model': 'zian', 'state_dict': net.state_dict(), 'best_state_dict': best,
            'perf': np.float64(9.07), 'optimizer': adam.state_dict()}


def rezip(source, target, compression=zipfile.ZIP_STORED, change=lambda name, data: data, extra=()):
    """The same archive again, by Python's zipfile: other headers, optionally compressed or changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(os.path.join(OUT, source)) as old, zipfile.ZipFile(buffer, 'w', compression) as new:
        folder = old.namelist()[0].split('/')[0]
        for info in old.infolist():
            data = change(info.filename, old.read(info))
            with new.open(zipfile.ZipInfo(info.filename), 'w', force_zip64=True) as f:
                f.write(data)
        for name, data in extra:
            new.writestr(f'{folder}/{name}', data)
    with open(os.path.join(OUT, target), 'wb') as f:
        f.write(buffer.getvalue())


def honest():
    for protocol in (2, 3, 4, 5):
        save(f'everything-zip-p{protocol}.pth', everything(), protocol)
        save(f'everything-legacy-p{protocol}.pth', everything(), protocol, legacy=True)
    save('bare.pth', Net().state_dict())
    save('training-zip.pth', training_checkpoint())
    save('training-legacy.pth', training_checkpoint(), legacy=True)
    save('tensor.pth', torch.arange(6.0).reshape(2, 3))
    save('list.pth', [torch.ones(2), {'a': torch.zeros(1)}])

    real_tag = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: 'cuda:0'
    save('cuda.pth', {'w': torch.arange(4.0)})
    save('cuda-legacy.pth', {'w': torch.arange(4.0)}, legacy=True)
    torch.serialization.location_tag = real_tag


def derived():
    """Archives that torch 1.13 does not write: deflated, big-endian, dtypes of later versions."""
    file = 'views.pth'
    save(file, {**views(), **every_dtype()})

    def pack(target, **options):
        # Compressed by a stream, so sizes come after the data, as `zip -` writes them.
        rezip(file, target, **options)
        EXPECTED[target] = EXPECTED[file]

    pack('restored.pth')
    with zipfile.ZipFile(os.path.join(OUT, file)) as old:
        buffer = io.BytesIO()

        class Stream(io.RawIOBase):
            def writable(self):
                return True

            def write(self, data):
                return buffer.write(data)

        with zipfile.ZipFile(Stream(), 'w', zipfile.ZIP_DEFLATED) as new:
            for info in old.infolist():
                new.writestr(info.filename, old.read(info))
    with open(os.path.join(OUT, 'refused', 'deflated.pth'), 'wb') as f:
        f.write(buffer.getvalue())

    widths = {}

    class Widths(pickle.Unpickler):
        """Notes how many bytes of each storage belong together."""

        def persistent_load(self, pid):
            _, storage_class, key, _, count = pid
            dtype = storage_class().dtype
            item = torch.zeros(count, dtype=dtype)
            widths[key] = item.element_size() // (2 if dtype.is_complex else 1)
            return item.storage()

    with zipfile.ZipFile(os.path.join(OUT, file)) as z:
        Widths(io.BytesIO(z.read(z.namelist()[0]))).load()

    def swap(name, data):
        key = name.split('/')[-1]
        if '/data/' not in name or key not in widths:
            return data
        return np.frombuffer(data, f'>u{widths[key]}').astype(f'<u{widths[key]}').tobytes()

    pack('big-endian.pth', change=swap, extra=[('byteorder', 'big')])


def later_dtypes():
    """uint16 as PyTorch 2.3 and later writes it: an untyped storage and _rebuild_tensor_v3."""
    def _rebuild_tensor_v3(*args):
        raise NotImplementedError

    _rebuild_tensor_v3.__module__ = 'torch._utils'
    _rebuild_tensor_v3.__qualname__ = '_rebuild_tensor_v3'
    torch._utils._rebuild_tensor_v3 = _rebuild_tensor_v3
    dtype = type('uint16', (), {'__module__': 'torch'})
    torch.uint16 = dtype
    numbers = np.arange(65500, 65524, dtype=np.uint16)

    class Later:
        def __reduce__(self):
            storage = torch.from_numpy(numbers.view(np.uint8)).storage().untyped()
            return _rebuild_tensor_v3, (storage, 4, (3, 2), (1, 3), False, collections.OrderedDict(), dtype)

    file = 'uint16.pth'
    torch.save({'w': Later()}, os.path.join(OUT, file))
    content = np.lib.stride_tricks.as_strided(numbers[4:], (3, 2), (2, 6)).tobytes()
    EXPECTED[file] = {'format': 'pytorch-zip', 'metadata': {}, 'opaque': [], 'tensors': [
        {'name': 'w', 'dtype': 'uint16', 'shape': [3, 2], 'sha256': hashlib.sha256(content).hexdigest()}]}


# Hostile and foreign files -------------------------------------------------------------------------------

class Call:
    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def hostile():
    def put(file, value, **options):
        torch.save(value, os.path.join(OUT, 'refused', file), **options)

    weights = {'w': torch.ones(2)}
    put('system-zip.pth', {**weights, 'x': Call(os.system, 'touch /tmp/zian-was-here')})
    put('system-legacy.pth', {**weights, 'x': Call(os.system, 'touch /tmp/zian-was-here')},
        _use_new_zipfile_serialization=False)
    put('eval-p4.pth', {**weights, 'x': Call(eval, '1+1')}, pickle_protocol=4)
    put('getattr.pth', Call(getattr, 'text', 'upper'))
    put('module.pth', Net())
    put('array.pth', {'a': np.arange(3)})
    torch.jit.script(torch.nn.Linear(1, 1)).save(os.path.join(OUT, 'refused', 'torchscript.pth'))
    with open(os.path.join(OUT, 'refused', 'plain.pkl'), 'wb') as f:
        pickle.dump({'w': [1.0, 2.0]}, f)


if __name__ == '__main__':
    sys.modules['__main__'].__dict__['Net'] = Net
    os.makedirs(os.path.join(OUT, 'refused'), exist_ok=True)
    honest()
    derived()
    later_dtypes()
    hostile()
    with open(os.path.join(OUT, 'expected.json'), 'w') as f:
        json.dump(EXPECTED, f, indent=1, allow_nan=False)
        f.write('\n')
