"""Compares our PyTorch network with a folder of reference runs (RUN.json, RUN.safetensors, images/).

    /usr/bin/python3 test/reference/check.py --shared FOLDER [--only SUBSTRING]

FOLDER holds reference/ and, optionally, state-dict-NAME.json lists. Exit code 1 if anything differs.
"""
import argparse
import glob
import json
import os
import re
import sys

import cv2
import numpy as np
import torch

import safetensors_io
from configuration import from_options
from preprocess import csv_line, mean_with_flipped, preprocess, to_image
from zian_reference import ZIAN

TOLERANCE = 2.1e-5  # float32 sums in another order
TOLERANCE_FLOAT64 = 5e-6  # the references keep float64 results as float32


def dataset_of(run):
    return run.get('dataset', 'age' if run['configuration'].startswith('age') else 'refuge')


def predictions(name, stages, flipped, image_size, configuration):
    """{key: (crop_xy, image_xy, csv)} of the coarse (lr) and fine (hr) landmark."""
    out = {}
    for key, stage in (('lr', 'coarse_xy'), ('hr', 'fine_xy')):
        if stage not in stages:
            continue
        xy = [float(v) for v in stages[stage]]
        if flipped is not None:
            xy = mean_with_flipped(xy, flipped[stage], configuration.crop_size[0])
        image_xy = to_image(xy, image_size, configuration)
        out[key] = (xy, image_xy, csv_line(name, image_xy))
    return out


def sampled(stages, name):
    """The recorded stage that a reference tensor's name stands for, flat."""
    base, _, step = name.partition('__every')
    if base not in stages:
        raise KeyError(f'{name}: our network records no such stage')
    return stages[base].numpy().reshape(-1)[::int(step) if step else 1]


def largest_error(got, want):
    if got.size != want.size:
        raise ValueError(f'{got.size} elements against {want.size}')
    return float(np.abs(got.astype(np.float64) - want.reshape(-1)).max())


def compare(reference, stages, exact=None):
    """(largest error, its tensor, names over tolerance).

    A tensor may differ by TOLERANCE or, where `exact` has the float64 stages, by as much as the reference itself
    is off: another BLAS sums in another order.
    """
    worst, where, over = 0.0, '', []
    for name, want in reference.items():
        error = largest_error(sampled(stages, name), want)
        allowed = max(TOLERANCE, largest_error(sampled(exact, name), want)) if exact else TOLERANCE
        if not error <= allowed:
            over.append(name)
        if not error <= worst:
            worst, where = error, name
    return worst, where, over


def split(tensors, prefix):
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


def check_state_dict(model, path):
    want = [(name, tuple(shape)) for name, _, shape in json.load(open(path))]
    got = [(name, tuple(value.shape)) for name, value in model.state_dict().items()]
    return 'same' if sorted(want) == sorted(got) else 'DIFFERENT'


def check_run(path, folder):
    run = json.load(open(path))
    configuration = from_options(dataset_of(run), run['options'], run.get('widths'))
    model = ZIAN(configuration).load_seeded(run['weights_seed'], run.get('adjust', ()))
    parameters = sum(p.numel() for p in model.parameters())
    names = run['run'] if run['run'] != 'refuge-full' and run['run'] != 'age-full' else run['run'][:-5]
    listing = os.path.join(os.path.dirname(folder), f'state-dict-{names}.json')
    state = check_state_dict(model, listing) if os.path.exists(listing) else 'no list'
    image = preprocess(cv2.imread(os.path.join(folder, 'images', run['image'])), configuration)
    stages, flipped = model(image), model(image.flip(3))
    reference, _ = safetensors_io.read(re.sub('json$', 'safetensors', path))
    model.double()
    exact, grid = model(image.double()), model(image.double(), torch.float32)
    plain = {k: v for k, v in reference.items() if not re.match('flipped|float64', k)}
    worst, where, over = compare(plain, stages, grid)
    flip_worst, _, flip_over = compare(split(reference, 'flipped.'), flipped)
    # HRNET_ONLY runs carry a placeholder where the fine heat map would be.
    doubles = [(split(reference, 'float64.'), exact), (split(reference, 'float64_with_float32_grid.'), grid)]
    errors = [compare({k: v for k, v in part.items() if v.any()}, got)[0] for part, got in doubles]
    size = run['image_size']
    wrong = []
    for key, mirrored in (('predictions', None), ('predictions_flip_test', flipped)):
        for part, got in predictions(run['image'], stages, mirrored, size, configuration).items():
            if got != expected_tuple(run[key][part]):
                wrong.append(f'{key}.{part}: {got}')
    faults = over + flip_over + wrong + ['float64'] * (max(errors) > TOLERANCE_FLOAT64)
    faults += ['state dict'] * (state == 'DIFFERENT' or parameters != run['trainable_parameters'])
    print(f'{run["run"] + "-" + run["image"][:-4]:20}{len(reference):4}  {worst:.1e} {where:42}{flip_worst:.1e}  '
          f'{errors[0]:.1e}  {errors[1]:.1e}  {state:8} {parameters:10}  '
          f'{"FAILED: " + "; ".join(faults) if faults else "identical"}', flush=True)
    return not faults


def expected_tuple(entry):
    return entry['crop_xy'], entry['image_xy'], entry['csv'][1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--shared', required=True, help='folder that holds reference/')
    parser.add_argument('--only', default='', help='run only what has this in its name')
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    folder = os.path.join(arguments.shared, 'reference') if os.path.isdir(
        os.path.join(arguments.shared, 'reference')) else arguments.shared.rstrip('/')
    paths = [p for p in sorted(glob.glob(os.path.join(folder, '*.json'))) if arguments.only in p]
    if not paths:
        sys.exit(f'no reference run in {folder}')
    print(f'{"run":18}tensors  largest error {"":36}flipped  float64  same grid names    parameters  coordinates')
    sys.exit(0 if all([check_run(path, folder) for path in paths]) else 1)


if __name__ == '__main__':
    main()
