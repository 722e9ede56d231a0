"""Writes test/fixtures/kernels.json: PyTorch's outputs for small, odd-shaped inputs of every operation we have.

    /usr/bin/python3 test/reference/make_kernel_fixtures.py

A list of {op, name, attributes, inputs: {name: {shape, data}}, output: {shape, data}, dtype}. Inputs are multiples of
1/64, so exact in float32. `dtype` says what PyTorch computed in: float64, or float32 where the operation's sampling
positions are defined by float32 arithmetic. NaN and the infinities are the strings "NaN", "Infinity", "-Infinity".
"""
import json
import math
import os

import numpy as np
import torch
from torch.nn import functional

from attention import CrossAttention, SelfAttention
from zian_reference import crop_and_resize, peak

CASES = []
OUT = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'kernels.json')
RNG = np.random.default_rng(20221018)


def values(*shape, low=-2.0, high=2.0):
    """Multiples of 1/64 in [low, high), as float64."""
    return torch.from_numpy(RNG.integers(int(low * 64), int(high * 64), shape) / 64.0)


def number(x):
    if isinstance(x, int):
        return x
    if math.isnan(x):
        return 'NaN'
    if math.isinf(x):
        return 'Infinity' if x > 0 else '-Infinity'
    return int(x) if x == int(x) and abs(x) < 1e15 and math.copysign(1, x) > 0 else x


def pack(tensor):
    tensor = tensor.detach()
    data = tensor.reshape(-1).tolist()
    if tensor.dtype == torch.float32:  # the shortest decimals that give the float32 back
        data = [float(np.format_float_positional(np.float32(x), unique=True)) if math.isfinite(x) else x for x in data]
    return {'shape': list(tensor.shape), 'data': [number(x) for x in data]}


def case(op, name, inputs, output, **attributes):
    dtype = 'float32' if output.dtype == torch.float32 else 'int64' if output.dtype == torch.int64 else 'float64'
    CASES.append({
        'op': op, 'name': f'{op}: {name}', 'attributes': attributes, 'dtype': dtype,
        'inputs': {key: pack(value) for key, value in inputs.items()}, 'output': pack(output)})


def convolutions():
    def add(name, shape, outputs, kernel, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, bias=True):
        x, w = values(*shape), values(outputs, shape[1] // groups, *kernel, low=-1, high=1)
        inputs = {'input': x, 'weight': w}
        if bias:
            inputs['bias'] = values(outputs)
        y = functional.conv2d(x, w, inputs.get('bias'), stride, padding, dilation, groups)
        case('conv2d', name, inputs, y, stride=list(stride), padding=list(padding), dilation=list(dilation),
             groups=groups)

    add('1x1 kernel', (1, 5, 3, 4), 7, (1, 1))
    add('3x3 padded, channels that are no multiple of 4', (1, 6, 5, 7), 5, (3, 3), padding=(1, 1), bias=False)
    add('3x3 stride 2 padded, odd size', (1, 3, 7, 9), 4, (3, 3), (2, 2), (1, 1), bias=False)
    add('3x3 stride 2 padded, even size', (1, 4, 8, 6), 6, (3, 3), (2, 2), (1, 1))
    add('1x1 image', (1, 4, 1, 1), 3, (3, 3), padding=(1, 1))
    add('single channels, batch of 2', (2, 1, 5, 4), 1, (3, 3), padding=(1, 1))
    add('2x3 kernel, unequal strides', (1, 2, 6, 8), 3, (2, 3), (1, 2))
    add('dilation 2 and 3', (1, 2, 9, 10), 3, (3, 3), padding=(2, 3), dilation=(2, 3))
    add('two groups', (1, 6, 4, 5), 4, (3, 3), padding=(1, 1), groups=2)
    add('depthwise', (1, 5, 6, 6), 5, (3, 3), (2, 2), (1, 1), groups=5, bias=False)
    add('depthwise with two outputs each', (1, 3, 4, 4), 6, (1, 1), groups=3)
    add('5x5, padding larger than needed, batch of 3', (3, 2, 3, 3), 2, (5, 5), padding=(3, 2))
    add('stride larger than kernel', (1, 2, 7, 7), 2, (1, 1), (3, 2), bias=False)
    add('1x1 with one row of pixels', (2, 9, 1, 6), 2, (1, 1))


def products():
    for name, rows, inner, outputs, bias in (
            ('with bias', (5,), 6, 7, True), ('without bias', (3,), 4, 4, False), ('one by one', (1,), 1, 1, True),
            ('leading dimensions', (2, 3), 5, 9, True)):
        inputs = {'input': values(*rows, inner), 'weight': values(outputs, inner)}
        if bias:
            inputs['bias'] = values(outputs)
        case('linear', name, inputs, functional.linear(*inputs.values()))
    for name, a, b in (('plain', (3, 5), (5, 7)), ('batched', (2, 4, 3), (2, 3, 6)),
                       ('inner dimension 1', (6, 1), (1, 5)), ('row by column', (1, 9), (9, 1))):
        a, b = values(*a), values(*b)
        case('matmul', name, {'a': a, 'b': b}, a @ b)


def pointwise():
    x = torch.cat((values(2, 3, 5, low=-6, high=6).reshape(-1), torch.tensor([0.0, 0.015625, -0.015625, 40.0, -40.0])))
    for op, function in (('gelu', functional.gelu), ('sigmoid', torch.sigmoid), ('relu', torch.relu)):
        case(op, 'small and large values', {'input': x.double()}, function(x.double()))
        special = torch.tensor([math.nan, math.inf, -math.inf, 1.0], dtype=torch.float64)
        case(op, 'not a number and infinities', {'input': special}, function(special))
    a, b = values(2, 3, 3, 5), values(2, 3, 3, 5)
    case('add', 'same shapes', {'a': a, 'b': b}, a + b)
    case('mul', 'same shapes', {'a': a, 'b': b}, a * b)
    gate = values(1, 1, 3, 4)
    x = values(1, 5, 3, 4)
    case('mul', 'one gate for all channels', {'a': x, 'b': gate}, x * gate)
    parts = {f'input{i}': values(2, c, 3, 2) for i, c in enumerate((1, 4, 3))}
    case('concat', 'three inputs of 1, 4 and 3 channels', parts, torch.cat(tuple(parts.values()), 1), axis=1)
    parts = {f'input{i}': values(1, 6, 1, 3) for i in range(2)}
    case('concat', 'two inputs', parts, torch.cat(tuple(parts.values()), 1), axis=1)


def normalisations():
    for axis in (0, 1, 2, 3):
        x = values(2, 3, 4, 5, low=-8, high=8)
        case('softmax', f'axis {axis}', {'input': x}, x.softmax(axis), axis=axis)
    x = values(1, 7)
    case('softmax', 'one row', {'input': x}, x.softmax(1), axis=1)
    case('softmax', 'one element', {'input': values(3, 1)}, torch.ones(3, 1, dtype=torch.float64), axis=1)
    x = torch.tensor([[800.0, 801.0, -900.0], [-900.0, -901.0, -902.5]], dtype=torch.float64)
    case('softmax', 'scores whose exponentials overflow', {'input': x}, x.softmax(1), axis=1)
    inf, nan = math.inf, math.nan
    x = torch.tensor([[1, nan, 2], [inf, 1, 2], [-inf, 1, 2], [-inf, -inf, -inf]], dtype=torch.float64)
    case('softmax', 'not a number and infinities', {'input': x}, x.softmax(1), axis=1)
    for eps in (1e-12, 1e-5):
        for shape in ((3, 6), (2, 2, 5), (4, 1)):
            inputs = {'input': values(*shape), 'weight': values(shape[-1]), 'bias': values(shape[-1])}
            y = functional.layer_norm(inputs['input'], shape[-1:], inputs['weight'], inputs['bias'], eps)
            case('layer_norm', f'{list(shape)}, eps {eps}', inputs, y, eps=eps)
    x = torch.ones(2, 4, dtype=torch.float64) * 1.5
    inputs = {'input': x, 'weight': values(4), 'bias': values(4)}
    case('layer_norm', 'constant rows', inputs, functional.layer_norm(x, (4,), inputs['weight'], inputs['bias'], 1e-12),
         eps=1e-12)
    inputs = {'input': values(2, 5, 2, 3), 'mean': values(5), 'variance': values(5, low=0.25, high=3),
              'weight': values(5), 'bias': values(5)}
    y = functional.batch_norm(inputs['input'], inputs['mean'], inputs['variance'], inputs['weight'], inputs['bias'])
    case('batch_norm', 'running statistics', inputs, y, eps=1e-5)


def resizes():
    for factor, shape in ((2, (1, 3, 2, 3)), (4, (2, 1, 1, 2)), (8, (1, 2, 1, 1))):
        x = values(*shape)
        y = functional.interpolate(x, scale_factor=factor, mode='nearest')
        case('resize_nearest', f'factor {factor}', {'input': x}, y, size=list(y.shape[2:]))
    for align in (False, True):
        for name, shape, size in (('up by 4', (1, 2, 3, 4), (12, 16)), ('down by 4', (1, 2, 16, 12), (4, 3)),
                                  ('up, uneven factors', (1, 1, 5, 7), (9, 8)),
                                  ('down, uneven factors', (2, 1, 11, 9), (4, 5)),
                                  ('same size', (1, 1, 3, 5), (3, 5)), ('from one pixel', (1, 2, 1, 1), (3, 2)),
                                  ('to one pixel', (1, 2, 5, 4), (1, 1)), ('one axis', (1, 1, 4, 6), (4, 13))):
            x = values(*shape)
            y = functional.interpolate(x.float(), size, mode='bilinear', align_corners=align)
            case('resize_bilinear', f'{name}, align_corners {str(align).lower()}', {'input': x}, y, size=list(size),
                 alignCorners=align)
    for factor, shape in ((4, (1, 32, 2, 3)), (2, (2, 4, 3, 1)), (3, (1, 9, 1, 2))):
        x = values(*shape)
        case('pixel_shuffle', f'factor {factor}', {'input': x}, functional.pixel_shuffle(x, factor), factor=factor)


def crops():
    for name, shape, center, size, scale in (
            ('scale 1 inside', (1, 2, 12, 12), (6, 5), 4, 1.0),
            ('scale 2 past the border', (1, 1, 10, 8), (1, 8), 6, 2.0),
            ('scale 1.5', (1, 1, 16, 12), (7, 9), 8, 1.5), ('centre at the origin', (1, 3, 6, 6), (0, 0), 4, 1.0),
            ('centre in the last corner', (1, 1, 6, 8), (7, 5), 4, 1.0),
            ('alignment of scale 1: not the identity', (1, 2, 8, 8), (3, 3), 8, 1.0),
            ('alignment of scale 2', (1, 2, 8, 8), (3, 3), 8, 0.5),
            ('alignment of scale 1.5', (1, 2, 12, 12), (5, 5), 12, 1 / 1.5),
            ('quarter steps, quarter centre', (1, 2, 8, 8), (2.75, 4.25), 8, 0.25),
            ('wholly outside', (1, 1, 4, 4), (40, 2), 4, 1.0), ('single pixel', (1, 2, 6, 6), (3, 2), 1, 1.0)):
        x = values(*shape)
        y = crop_and_resize(x.float(), center, size, scale)
        case('crop_and_resize', name, {'input': x}, y, center=list(center), size=size, scale=scale)


def maxima():
    for name, shape, kernel, stride, padding, dilation in (
            ('2x2', (1, 2, 6, 4), 2, 2, 0, 1), ('3x3 stride 2 padded, odd size', (2, 1, 7, 5), 3, 2, 1, 1),
            ('3x3 dilated', (1, 1, 9, 8), 3, 1, 1, 2), ('remainder dropped', (1, 1, 5, 7), 2, 2, 0, 1),
            ('unequal', (1, 1, 6, 9), (2, 3), (1, 2), (1, 0), 1)):
        x = values(*shape)
        pair = lambda v: list(v) if isinstance(v, tuple) else [v, v]
        y = functional.max_pool2d(x, kernel, stride, padding, dilation)
        case('max_pool2d', name, {'input': x}, y, kernel=pair(kernel), stride=pair(stride), padding=pair(padding),
             dilation=pair(dilation))
    x = values(1, 1, 4, 4)
    x[0, 0, 1, 1], x[0, 0, 3, 2], x[0, 0, 0, 3] = math.nan, -math.inf, math.inf
    attributes = {'kernel': [2, 2], 'stride': [2, 2], 'padding': [0, 0], 'dilation': [1, 1]}
    case('max_pool2d', 'not a number and infinities', {'input': x}, functional.max_pool2d(x, 2), **attributes)
    x = torch.full((1, 1, 2, 2), -5.0, dtype=torch.float64)
    attributes = {'kernel': [3, 3], 'stride': [1, 1], 'padding': [1, 1], 'dilation': [1, 1]}
    case('max_pool2d', 'padding never wins', {'input': x}, functional.max_pool2d(x, 3, 1, 1), **attributes)
    nan, inf = math.nan, math.inf
    for name, data in (('plain', [0.5, 3, 1, -2]), ('ties: the first', [1, 7, 2, 7, 7]), ('all equal', [0.5] * 6),
                       ('all negative', [-3, -1, -1, -2]), ('the last', [1, 2, 3]), ('one element', [4]),
                       ('not a number counts as largest', [1, inf, nan, 9, nan]), ('infinities', [-inf, inf, inf]),
                       ('zeros of both signs', [-1, -0.0, 0.0])):
        x = torch.tensor(data, dtype=torch.float64)
        case('argmax', name, {'input': x}, x.argmax().reshape(1))
    for name, data in (('plain', [[1, 2, 0.5], [3, 9, 9]]), ('nothing above zero', [[-3, -1, -2], [-1, -0.5, -4]]),
                       ('largest is zero, at the end', [[-3, -1, -2], [-1, -0.5, 0]]),
                       ('ties across rows', [[0.5, 2, 1], [2, 2, 2]])):
        x = torch.tensor(data, dtype=torch.float64)
        case('peak', name, {'heatmap': x}, torch.tensor(peak(x)))


def attentions():
    def attend(q, k, v, limit=500.0):
        scores = q @ k.transpose(1, 2) / q.shape[2] ** 0.5
        if scores.max() > limit:
            scores = scores.clamp(-limit, limit)
        return scores.softmax(2) @ v

    for name, modes, queries, keys, size, out, scale in (
            ('one mode', 1, 5, 7, 4, 3, 1), ('two modes of 3', 2, 6, 9, 3, 6, 1), ('one key', 2, 4, 1, 3, 5, 1),
            ('one query', 2, 1, 6, 5, 2, 1), ('scores near the limit, not over', 1, 3, 5, 3, 2, 8),
            ('largest score over 500: all clamped', 2, 4, 6, 3, 3, 32)):
        q, k, v = values(modes, queries, size) * scale, values(modes, keys, size) * scale, values(modes, keys, out)
        case('attention', name, {'query': q, 'key': k, 'value': v}, attend(q, k, v), limit=500)
    q = torch.tensor([[[32.0], [-32]]], dtype=torch.float64)
    v = values(1, 3, 2)
    k = torch.tensor([[[20.0], [19.75], [15.5]]], dtype=torch.float64)  # 640, 632 and 496: the first two tie at 500
    case('attention', 'clamped scores tie', {'query': q, 'key': k, 'value': v}, attend(q, k, v), limit=500)
    q = torch.tensor([[[-32.0]]], dtype=torch.float64)  # below -500 only: no clamp
    case('attention', 'only the smallest scores beyond -500: no clamp', {'query': q, 'key': k, 'value': v},
         attend(q, k, v), limit=500)

    va, vb, linear = values(3, 10), values(3, 10), values(3, 3)
    for name, affinity, inputs in (('simple', va.T @ vb, {}), ('gated', (va.T @ linear.T) @ vb, {'linear': linear})):
        inputs = {'exemplar': va, 'query': vb, **inputs}
        case('co_attention', f'{name}, attended for the query', inputs, va @ affinity.softmax(0), of='query')
        case('co_attention', f'{name}, attended for the exemplar', inputs, vb @ affinity.T.softmax(0), of='exemplar')

    def randomised(module):
        module.double()
        for parameter in module.parameters():
            parameter.data = values(*parameter.shape, low=-1, high=1)
        return module

    cross = randomised(CrossAttention(6))
    queries, keys = values(7, 6), values(5, 6)
    inputs = {'queries': queries, 'keys': keys, **cross.state_dict()}
    case('cross_attention', 'two modes of 3, 7 queries, 5 keys', inputs, cross(queries, keys, lambda *_: None), modes=2)
    whole = randomised(SelfAttention(6, 5))
    x = values(1, 6, 4, 4)
    case('self_attention', '6 channels, 5 attractors, 4x4 pixels', {'features': x, **whole.state_dict()},
         whole(x, lambda *_: None), modes=2)


def main():
    torch.set_num_threads(1)
    for write in (convolutions, products, pointwise, normalisations, resizes, crops, maxima, attentions):
        write()
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, 'w') as file:
        file.write('[\n' + ',\n'.join(json.dumps(c, separators=(',', ':'), allow_nan=False) for c in CASES) + '\n]\n')
    print(f'{len(CASES)} cases, {os.path.getsize(OUT)} bytes')


if __name__ == '__main__':
    main()
