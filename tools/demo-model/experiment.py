"""An experiment file (the authors' YAML layout) as the reference's configuration.

Widths that the authors' options do not reach are read from the tensors by the engine; for training they are here.
"""
import os
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'test', 'reference'))
from configuration import from_options  # noqa: E402

WIDTHS = {'stem': 24, 'layer1_planes': 12, 'layer1_blocks': 1, 'final': 128, 'attractors': 48, 'head': 16}
UNUSED = ('NUM_BRANCHES', 'BLOCK', 'FUSE_METHOD', 'FINAL_CONV_KERNEL', 'FLIP_TEST', 'NAME')


def flat(tree, prefix=''):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f'{prefix}{key}.')
        elif key not in UNUSED:
            yield from (prefix + key, repr(value))


def read(path, changes=()):
    """The file's configuration; `changes`: KEY=VALUE texts, as `zian convert --set` takes them."""
    with open(path) as file:
        options = list(flat(yaml.safe_load(file)))
    for change in changes:
        options += change.split('=', 1)
    return from_options('refuge', options, WIDTHS)
