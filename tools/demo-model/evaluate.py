"""Errors of a trained model on generated pictures that it has not seen.

    /usr/bin/python3 tools/demo-model/evaluate.py --generator fundus --config tools/demo-model/fovea.yaml --model RUN/model.pth

The reference network runs on pictures at the camera's own size (or, with --fast, drawn small: quicker, for use while
training). Errors are in percent of the generator's reference length (the field's diameter, the scan half's width).
`-o` writes one line per picture: seed, size, truth, coarse and fine landmark in pixels, both errors in percent.
"""
import argparse
import csv
import importlib

import cv2
import numpy as np
import torch

import experiment
from preprocess import preprocess, to_image
from zian_reference import ZIAN

LIMITS = (0.5, 1, 1.5, 2, 3, 5, 10)  # percent


def load(path, configuration):
    model = ZIAN(configuration)
    state = torch.load(path, map_location='cpu')
    model.load_state_dict(state['best_state_dict'], strict=not configuration.hrnet_only)
    return model


def locate(model, image, flip=False):
    """(coarse, fine) landmark of a picture, in its pixels. `flip`: the mean with the mirrored input's (MODEL.md, section 3)."""
    inputs = preprocess(image, model.configuration)
    size = image.shape[1::-1]
    found = landmarks(model, inputs)
    if flip:
        width = model.configuration.crop_size[0]
        mirrored = [(width - x, y) for x, y in landmarks(model, inputs.flip(-1))]
        found = [np.mean(pair, axis=0) for pair in zip(found, mirrored)]
    return tuple(np.array(to_image(xy, size, model.configuration)) for xy in found)


def landmarks(model, inputs):
    stages = model(inputs)
    coarse = stages['coarse_xy']
    return [coarse, stages.get('fine_xy', coarse)]


def summary(name, errors):
    shares = '  '.join(f'<{limit}: {100 * np.mean(errors < limit):.1f}' for limit in LIMITS)
    return (f'{name:7} mean {errors.mean():.3f} %  median {np.median(errors):.3f} %  90th percentile '
            f'{np.percentile(errors, 90):.3f} %  largest {errors.max():.2f} %\n        share of pictures (%) {shares}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--generator', required=True)
    parser.add_argument('--config', required=True)
    parser.add_argument('--set', action='append', default=[], dest='changes', metavar='KEY=VALUE')
    parser.add_argument('--model', required=True)
    parser.add_argument('--seed', type=int, default=500_000)
    parser.add_argument('--count', type=int, default=400)
    parser.add_argument('--fast', action='store_true')
    parser.add_argument('--flip', action='store_true', help='with the flip test')
    parser.add_argument('-o', '--output', help='CSV file')
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    generator = importlib.import_module(options.generator)
    model = load(options.model, experiment.read(options.config, options.changes))
    rows = []
    for seed in range(options.seed, options.seed + options.count):
        image, truth = generator.generate(seed, (560, 560) if options.fast else None)
        length = 560 if options.fast else generator.reference_length(seed)
        coarse, fine = locate(model, image, options.flip)
        errors = [100 * np.hypot(*(at - truth)) / length for at in (coarse, fine)]
        rows.append([seed, *image.shape[1::-1], *truth, *coarse, *fine, *errors])
    if options.output:
        with open(options.output, 'w', newline='') as file:
            writer = csv.writer(file, lineterminator='\n')
            writer.writerow('seed,width,height,x,y,coarse_x,coarse_y,fine_x,fine_y,coarse_error,fine_error'.split(','))
            writer.writerows([[f'{v:.3f}' if isinstance(v, float) else v for v in row] for row in rows])
    errors = np.array([row[-2:] for row in rows])
    print(summary('coarse', errors[:, 0]))
    print(summary('fine', errors[:, 1]))
    worst = np.argsort(-errors[:, 1])[:8]
    print('largest:', ', '.join(f'seed {rows[i][0]} {errors[i, 1]:.1f} % (coarse {errors[i, 0]:.1f} %)' for i in worst))


if __name__ == '__main__':
    main()
