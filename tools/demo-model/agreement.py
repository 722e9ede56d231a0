"""Whether the engine and PyTorch find the same peaks: on generated pictures at the camera's own size.

    /usr/bin/python3 tools/demo-model/agreement.py --generator fundus --config tools/demo-model/fovea.yaml \
        --model RUN/model.pth --zian 'npx zian localize -m models/fovea.safetensors --adapter software --json --quiet'

Every picture is written as a PNG file, which both read. The landmarks in the network's pixels must be identical; the
exit code is 1 where they are not.
"""
import argparse
import importlib
import json
import os
import shlex
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import torch

import experiment
from evaluate import load
from preprocess import preprocess

CHUNK = 20  # pictures on disk at a time


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--generator', required=True)
    parser.add_argument('--config', required=True)
    parser.add_argument('--model', required=True)
    parser.add_argument('--zian', required=True, help='command that takes pictures and prints JSON lines')
    parser.add_argument('--seed', type=int, default=500_000)
    parser.add_argument('--count', type=int, default=400)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    generate = importlib.import_module(options.generator).generate
    model = load(options.model, experiment.read(options.config))
    scale = model.configuration.ds_factor
    different = 0
    for first in range(options.seed, options.seed + options.count, CHUNK):
        seeds = range(first, min(first + CHUNK, options.seed + options.count))
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, f'{seed}.png') for seed in seeds]
            for seed, path in zip(seeds, paths):
                cv2.imwrite(path, generate(seed)[0], [cv2.IMWRITE_PNG_COMPRESSION, 1])
            run = subprocess.run(shlex.split(options.zian) + paths, stdout=subprocess.PIPE, check=True)
            found = [json.loads(line)['network'] for line in run.stdout.splitlines()]
            for seed, path, network in zip(seeds, paths, found, strict=True):
                stages = model(preprocess(cv2.imread(path), model.configuration))
                want = [np.array(stages[name], float).tolist() for name in ('coarse_xy', 'fine_xy')]
                coarse, fine = network['coarse'], network['landmark']
                got = [[scale * coarse['x'], scale * coarse['y']], [fine['x'], fine['y']]]
                if got != want:
                    different += 1
                    print(f'seed {seed}: engine {got}, PyTorch {want}')
    print(f'{options.count - different} of {options.count} pictures: identical coarse peak and landmark')
    sys.exit(1 if different else 0)


if __name__ == '__main__':
    main()
