"""Writes test/fixtures/seeded.json: hashes of seeded tensors, and of state dicts' names and shapes.

    /usr/bin/python3 test/reference/make_seeded_fixtures.py
"""
import hashlib
import json
import os
from dataclasses import asdict, replace

import seeded
from configuration import Configuration, Stage, Widths
from zian_reference import ZIAN

OUT = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'seeded.json')

TENSORS = [
    ('hrnet.conv1.weight', (2, 3, 3, 3), 1),
    ('hrnet.layer1.0.bn3.weight', (64,), 22),
    ('hrnet.bn1.running_mean', (64,), 3),
    ('hrnet.bn1.running_var', (64,), 3),
    ('hrnet.stage3.1.branches.0.1.bn2.weight', (32,), 1),
    ('hrnet.stage4.2.fuse_layers.0.1.1.weight', (32,), 9),
    ('hrnet.stage4.0.branches.3.0.conv1.weight', (256, 256, 3, 3), 4_000_000_000),
    ('hrnet_roi.final_layer.weight', (256, 32, 1, 1), 14),
    ('heatmap_ds.0.weight', (1, 16, 1, 1), 7),
    ('heatmap_roi.3.bias', (1,), 7),
    ('bnf.bias', (48,), 7),
    ('linear_e.weight', (16, 16), 0),
    ('attention.attractors', (1, 256, 48), 4),
    ('attention.in_ator_trans.query.weight', (48, 48), 5),
    ('attention.ator_out_trans.out_trans.first_linear.weight', (96, 48), 5),
]

NARROW = Configuration(
    stages=(Stage(1, (1, 2), (6, 12)), Stage(2, (1, 1, 1), (8, 12, 20)), Stage(2, (2, 1, 1, 1), (8, 12, 20, 36))),
    widths=Widths(stem=12, layer1_planes=5, layer1_blocks=2, final=32, attractors=10, head=7, mode_size=2))

CONFIGURATIONS = {
    'refuge': Configuration(),
    'age': Configuration('age'),
    'three regions': Configuration(roi_num=3, co_attention=False),
    'one region': Configuration(trip_roi=False, co_attention=False),
    'coarse stage alone': Configuration(hrnet_only=True),
    'no self-attention': Configuration(self_attention=False),
    'narrow, refuge': NARROW,
    'narrow, age, no projection in layer1': replace(
        NARROW, dataset='age', widths=replace(NARROW.widths, stem=20, mode_size=None)),
}


def options(c):
    widths = {key: value for key, value in asdict(c.widths).items() if value is not None}
    return {
        'hrnetOnly': c.hrnet_only, 'tripRoi': c.trip_roi, 'roiNum': c.roi_num, 'selfAttention': c.self_attention,
        'coAttention': c.co_attention and ('gated' if c.gated else 'simple'),
        'stages': [asdict(stage) for stage in c.stages], 'widths': widths}


def state_dict(name, c):
    model = ZIAN(c)
    lines = ''.join(f'{key} {",".join(map(str, v.shape))}\n' for key, v in model.state_dict().items())
    return {
        'name': name, 'options': options(c), 'tensors': len(model.state_dict()),
        'parameters': sum(p.numel() for p in model.parameters()),
        'sha256': hashlib.sha256(lines.encode()).hexdigest()}


def tensor(name, shape, seed):
    values = seeded.tensor(name, shape, seed)
    return {
        'name': name, 'shape': shape, 'seed': seed, 'first': [float(v) for v in values.ravel()[:3]],
        'sha256': hashlib.sha256(values.tobytes()).hexdigest()}


def main():
    content = {
        'tensors': [tensor(*t) for t in TENSORS],
        'stateDicts': [state_dict(name, c) for name, c in CONFIGURATIONS.items()]}
    with open(OUT, 'w') as file:
        json.dump(content, file, indent=1)
        file.write('\n')


if __name__ == '__main__':
    main()
