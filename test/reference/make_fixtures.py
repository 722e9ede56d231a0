"""Writes test/fixtures/runs/RUN.json and RUN.safetensors for each of runs.py, by our PyTorch network.

    /usr/bin/python3 test/reference/make_fixtures.py [--only SUBSTRING]

The layout is that of the authors' reference runs: coordinates, peaks and errors in the JSON, stages in the safetensors,
where NAME__everyS is every S-th element of NAME in C order. Refuses a run whose result hangs by float32's last digits.
"""
import argparse
import hashlib
import json
import os

import cv2
import numpy as np
import torch

import attention
import safetensors_io
from check import predictions
from configuration import NORMALISATION, from_options
from preprocess import preprocess
from runs import RUNS
from synthetic import synthetic_image
from zian_reference import ZIAN, peak

FOLDER = os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'runs')
HEATMAPS = ('heatmap_ds', 'heatmap_roi')
SMALLEST_GAP = 2e-3  # between the largest and the second-largest value: far above float32's error


def prime_from(n):
    while any(n % d == 0 for d in range(2, int(n ** 0.5) + 1)):
        n += 1
    return n


def limit(name, full_size):
    """How many elements of a stage are kept."""
    if name in HEATMAPS:
        return 2048 if full_size else 4096
    if name.startswith(('flipped.', 'float64')):
        return 2048 if full_size else 384
    return 64 if '.' in name and name.startswith('hrnet') else 200


def sample(name, tensor, full_size):
    array = tensor.numpy().astype(np.float32)
    most = limit(name, full_size)
    if array.size <= most:
        return name, array
    step = prime_from(-(-array.size // most))
    return f'{name}__every{step}', array.reshape(-1)[::step]


def peak_of(heatmap):
    top = heatmap.reshape(-1).topk(2).values
    return {'xy': list(peak(heatmap)), 'max': float(top[0]), 'gap_to_second': float(top[0] - top[1])}


def peak_summary(name, stages, exact, grid):
    if name not in stages:  # the coarse stage alone: a placeholder, as in the authors' runs
        nothing = {'xy': [0, 0], 'max': 0.0, 'gap_to_second': 0.0}
        return {'shape': [1, 1, 1, 1], 'argmax_f32': nothing, 'argmax_f64': nothing, 'std': 0.0,
                'max_abs_err_f32_vs_f64': 0.0, 'max_abs_err_f32_vs_f64_f32_coordinates': 0.0}
    heatmap = stages[name]
    return {
        'shape': list(heatmap.shape), 'argmax_f32': peak_of(heatmap), 'argmax_f64': peak_of(exact[name]),
        'std': float(heatmap.std()), 'max_abs_err_f32_vs_f64': float((heatmap - exact[name]).abs().max()),
        'max_abs_err_f32_vs_f64_f32_coordinates': float((heatmap - grid[name]).abs().max())}


def landmarks(run, stages, flipped, configuration):
    name, size = image_name(run), run.image[:2]
    got = predictions(name, stages, flipped, size, configuration)
    out = {}
    for key in ('lr', 'hr', 'final'):
        xy, image_xy, csv = got.get('hr' if key == 'final' else key, got['lr'])
        lines = None if key == 'final' else ['ImageName,Fovea_X,Fovea_Y', csv]
        out[key] = {'crop_xy': xy, 'image_xy': image_xy, 'csv': lines}
    return out


def image_name(run):
    return 'synthetic-{}x{}-{}'.format(*run.image[:3])


def unclamped(model, image):
    """The stages without the clamp of the self-attention's scores."""
    usual, attention.LARGEST_SCORE = attention.LARGEST_SCORE, float('inf')
    stages = model(image)
    attention.LARGEST_SCORE = usual
    return stages


def check_clamps(run, model, image, stages):
    """The largest score of each half, having made sure that the clamp acts where it is meant to, and matters."""
    free = unclamped(model, image)
    largest = {half: float(free[f'attn.{half}.scores'].max()) for half in ('in_ator_trans', 'ator_out_trans')
               if f'attn.{half}.scores' in free}
    over = tuple(half for half, score in largest.items() if score > attention.LARGEST_SCORE)
    if over != run.clamps:
        raise SystemExit(f'{run.name}: scores over the limit in {over}, wanted in {run.clamps}: {largest}')
    if over:
        change = float((free['heatmap_roi'] - stages['heatmap_roi']).abs().max())
        if change < 0.01:
            raise SystemExit(f'{run.name}: without the clamp the heat map changes by {change} only')
        print(f'  scores up to {largest}; without the clamp the heat map changes by {change:.3f}')
    return largest


def check_robust(run, stages, exact):
    for name in HEATMAPS:
        heatmap = stages.get(name)
        if heatmap is None:
            continue
        top = peak_of(heatmap)
        tied = top['gap_to_second'] == 0
        if tied != (name in run.ties):
            raise SystemExit(f'{run.name}: {name} has ties: {tied}')
        if tied:
            flat = heatmap.reshape(-1)
            first = int(flat.argmax())
            before = float(flat[:first].max()) if first else float('-inf')
            count = int((flat == flat.max()).sum())
            print(f'  {name}: {count} pixels share {float(flat.max())}, the first is {first}; '
                  f'before it at most {before:.4f}')
            same = torch.equal(flat == flat.max(), exact[name].reshape(-1) == top['max'])
            if before > top['max'] - SMALLEST_GAP or not same:
                raise SystemExit(f'{run.name}: the tie in {name} is not robust')
        elif top['max'] > 0 and top['gap_to_second'] < SMALLEST_GAP:
            raise SystemExit(f'{run.name}: {name} has a gap of {top["gap_to_second"]}; choose another seed')
        elif -SMALLEST_GAP < top['max'] <= 0:
            raise SystemExit(f'{run.name}: {name} is hardly below zero')


def record(run):
    flat = [text for key, value in run.options.items() for text in (key, str(value))]
    configuration = from_options(run.dataset, flat, run.widths)
    model = ZIAN(configuration).load_seeded(run.seed, run.adjust)
    picture = synthetic_image(*run.image)
    image = preprocess(picture, configuration)
    stages, flipped = model(image), model(image.flip(3))
    largest = check_clamps(run, model, image, stages)
    model.double()
    exact, grid = model(image.double()), model(image.double(), torch.float32)
    flipped_exact = model(image.double().flip(3))
    check_robust(run, stages, exact)
    check_robust(run, flipped, flipped_exact)

    full_size = 'full' in run.name
    kept = {name: value for name, value in stages.items() if isinstance(value, torch.Tensor)}
    for name in HEATMAPS:
        if name in stages:
            kept[f'flipped.{name}'] = flipped[name]
            kept[f'float64.{name}'] = exact[name]
            kept[f'float64_with_float32_grid.{name}'] = grid[name]
    mean, std = NORMALISATION[run.dataset]
    width, height, seed, brightness = (*run.image, 256)[:4]
    summary = {
        'run': run.name, 'configuration': f'{run.dataset}-{run.name}', 'dataset': run.dataset, 'options': flat,
        'widths': run.widths, 'adjust': list(run.adjust), 'weights_seed': run.seed, 'image': image_name(run),
        'synthetic': {'width': width, 'height': height, 'seed': seed, 'brightness': brightness,
                      'rgb_sha256': hashlib.sha256(picture[:, :, ::-1].tobytes()).hexdigest()},
        'image_size': [width, height],
        'mean_bgr': mean, 'std_bgr': std, 'trainable_parameters': sum(p.numel() for p in model.parameters()),
        'largest_score': largest,
        'predictions': landmarks(run, stages, None, configuration),
        'predictions_flip_test': landmarks(run, stages, flipped, configuration),
        'coarse_peak': peak_summary('heatmap_ds', stages, exact, grid),
        'fine_peak': peak_summary('heatmap_roi', stages, exact, grid)}
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, run.name)
    with open(f'{path}.json', 'w') as file:
        json.dump(summary, file, indent=1)
        file.write('\n')
    metadata = {'run': run.name, 'image': image_name(run), 'weights_seed': str(run.seed)}
    safetensors_io.write(f'{path}.safetensors', dict(sample(k, v, full_size) for k, v in kept.items()), metadata)
    fine = summary['fine_peak']
    print(f'{run.name:20}{os.path.getsize(path + ".safetensors"):8} bytes  coarse {stages["coarse_xy"]} fine '
          f'{stages.get("fine_xy")} errors {summary["coarse_peak"]["max_abs_err_f32_vs_f64"]:.1e} '
          f'{fine["max_abs_err_f32_vs_f64"]:.1e} gaps {summary["coarse_peak"]["argmax_f32"]["gap_to_second"]:.4f} '
          f'{fine["argmax_f32"]["gap_to_second"]:.4f}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--only', default='', help='record only what has this in its name')
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    for run in RUNS:
        if arguments.only in run.name:
            record(run)


if __name__ == '__main__':
    main()
