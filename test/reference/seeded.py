"""Weights that are a function of (seed, tensor name, flat index): the same numbers here and in test/support/seeded.ts.

A 32-bit counter-based generator: the tensor's name (FNV-1a) and the seed give a base, and element i is murmur3's
finaliser of base + (i + 1) * 0x9e3779b9. Its upper 24 bits give u in [-1, 1); the element is offset + scale * u in
float64, rounded once to float32. Offsets and scales keep a random network's activations in a usable range.
"""
import math
import re

import numpy as np

GOLDEN = 0x9E3779B9
WRAP = 0xFFFFFFFF


def name_hash(name):
    h = 0x811C9DC5
    for byte in name.encode():
        h = (h ^ byte) * 0x01000193 & WRAP
    return h


def mix(x):
    """murmur3's 32-bit finaliser on an array of uint32 (products wrap)."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x85EBCA6B)
    x = x ^ (x >> np.uint32(13))
    x = x * np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(name, count, seed):
    base = mix(np.array([name_hash(name) ^ (seed * GOLDEN & WRAP)], np.uint32))
    bits = mix(base + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(GOLDEN))
    return (bits >> np.uint32(8)) / np.float64(1 << 23) - 1.0


def offset_and_scale(name, shape):
    if name.endswith('running_mean'):
        return 0.0, 0.1
    if name.endswith('running_var'):
        return 1.0, 0.5
    if name.endswith('attractors'):
        return 0.0, 1.0
    if len(shape) == 1 and name.endswith('weight'):
        small = re.search(r'layer1\.\d+\.bn3\.|branches\.\d+\.\d+\.bn2\.|fuse_layers\.', name)
        offset = 0.15 if small else 1.0
        return offset, 0.2 * offset
    if len(shape) == 1 and name.endswith('bias'):
        return (0.5, 0.0) if re.match(r'heatmap_ds\.|heatmap_roi\.3\.', name) else (0.0, 0.1)
    if 'attention.' in name:
        gain = 2.0 if re.search(r'attention\..*\.(query|key)\.', name) else 1.0
    elif 'final_layer' in name:
        gain = 0.4
    elif re.match(r'heatmap_ds\.|heatmap_roi\.3\.', name):
        gain = 2.0
    else:
        gain = 1.4142135623730951
    return 0.0, gain * math.sqrt(3.0 / math.prod(shape[1:]))


def tensor(name, shape, seed):
    if name.endswith('num_batches_tracked'):
        return np.zeros(shape, np.int64)
    offset, scale = offset_and_scale(name, shape)
    return (offset + scale * uniform(name, math.prod(shape), seed)).astype(np.float32).reshape(shape)
