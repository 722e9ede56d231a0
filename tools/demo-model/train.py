"""Trains a small ZIAN on generated pictures, on a CPU.

    /usr/bin/python3 tools/demo-model/train.py --config tools/demo-model/fovea.yaml --cache CACHE --folder RUN

Two phases: the coarse stage alone, then the fine one on it, the regions' backbones starting from the coarse one.
`CACHE` comes from dataset.py. RUN receives `log.txt`, `state.pth` (to go on from, `--resume`) and, at the end of each phase and every
few minutes, `model.pth`: {'best_state_dict': ...} for `zian convert`, values rounded to half precision, so that the
file stored with `--dtype f16` is the very same model.

Ablations: --set MODEL.HRNET_ONLY=True; --set MODEL.TRIP_ROI=False --set MODEL.CO_ATTEN=False --set MODEL.SELF_ATTEN=False;
--set MODEL.CO_ATTEN=False --set MODEL.SELF_ATTEN=False; and none of these; each with --start from the same coarse phase.
"""
import argparse
import copy
import math
import os
import time

import cv2
import numpy as np
import torch

import experiment
import targets
from dataset import Cache, random_view
from network import TrainableZIAN
from preprocess import NORMALISATION

BORDER = 0.03  # of the crop's width: how near the landmark may come to the crop's border


class Batches:
    def __init__(self, folder, configuration, seed, mirror):
        self.cache, self.configuration, self.mirror = Cache(folder), configuration, mirror
        self.rng = np.random.default_rng(seed)
        self.mean, self.std = (np.array(v, np.float32) for v in NORMALISATION[configuration.dataset])

    def next(self, count):
        size = self.configuration.crop_size
        inputs, points = [], []
        for index in self.rng.integers(self.cache.count, size=count):
            image, xy = random_view(
                self.rng, self.cache.images[index], self.cache.truth[index], size, BORDER * size[0], self.mirror)
            inputs.append((image.astype(np.float32) / np.float32(255) - self.mean) / self.std)
            points.append(xy)
        return torch.from_numpy(np.stack(inputs).transpose(0, 3, 1, 2)), np.stack(points)


class Average:
    """A running average of parameters and statistics: what is saved and evaluated."""

    def __init__(self, model, keep=0.995):
        self.keep, self.state = keep, copy.deepcopy(model.state_dict())

    def update(self, model, step):
        keep = min(self.keep, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].mul_(keep).add_(value, alpha=1 - keep)
            else:
                self.state[name].copy_(value)


def export(state, path):
    rounded = {k: v.half().float() if v.dtype.is_floating_point else v for k, v in state.items()}
    torch.save({'best_state_dict': rounded}, path + '.new')
    os.replace(path + '.new', path)


def rate(step, steps, highest):
    """Warm-up over a twentieth, then half a cosine."""
    warm = max(1, steps // 20)
    return highest * min((step + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * max(0, step - warm) / max(1, steps - warm)) + 0.01)


def spread_backbone(model):
    """The regions' backbones begin as the coarse one."""
    for name in ('hrnet_roi', 'hrnet_roi_2', 'hrnet_roi_3'):
        if hasattr(model, name):
            getattr(model, name).load_state_dict(model.hrnet.state_dict())


def run_phase(phase, model, batches, options, log, state):
    steps, highest = (options.coarse_steps, options.coarse_rate) if phase == 'coarse' else (options.steps, options.rate)
    model.train()
    if phase == 'coarse':
        parameters = [*model.hrnet.parameters(), *model.heatmap_ds.parameters()]
    else:
        model.freeze_coarse()
        parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=highest, weight_decay=1e-3)
    average, first, began, saved, losses = Average(model), 0, time.time(), time.time(), []
    if state and state['phase'] == phase:
        model.load_state_dict(state['model'])
        optimizer.load_state_dict(state['optimizer'])
        average.state, first = state['average'], state['step']
        batches.rng.bit_generator.state = state['rng']
    for step in range(first, steps):
        for group in optimizer.param_groups:
            group['lr'] = rate(step, steps, highest)
        inputs, points = batches.next(options.batch)
        if phase == 'coarse':
            loss = targets.coarse_loss(model.coarse(model.small(inputs)), points, model.configuration)
        else:
            centres = targets.region_centres(batches.rng, points, model.configuration)
            maps = model.both(inputs, torch.from_numpy(centres).float())
            loss = targets.fine_loss(maps, points, centres, model.configuration)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        average.update(model, step)
        losses.append(float(loss))
        if (step + 1) % 50 == 0 or step + 1 == steps:
            log(f'{phase} step {step + 1}/{steps} loss {1000 * np.mean(losses[-50:]):.4f}e-3 '
                f'pictures {batches.cache.count} elapsed {time.time() - began:.0f} s')
            batches.cache.refresh()
        if time.time() - saved > 120 or step + 1 == steps:
            saved = time.time()
            export(average.state, os.path.join(options.folder, 'model.pth'))
            torch.save({'phase': phase, 'step': step + 1, 'model': model.state_dict(), 'average': average.state,
                        'optimizer': optimizer.state_dict(), 'rng': batches.rng.bit_generator.state},
                       os.path.join(options.folder, 'state.pth'))
    model.load_state_dict(average.state)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--config', required=True)
    parser.add_argument('--set', action='append', default=[], dest='changes', metavar='KEY=VALUE')
    parser.add_argument('--cache', required=True)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--batch', type=int, default=16)
    parser.add_argument('--coarse-steps', type=int, default=2000)
    parser.add_argument('--steps', type=int, default=550)
    parser.add_argument('--coarse-rate', type=float, default=2e-3)
    parser.add_argument('--rate', type=float, default=2e-3)
    parser.add_argument('--no-mirror', action='store_true', help='for pictures whose mirror image does not occur')
    parser.add_argument('--begin', metavar='MODEL', help='a model.pth whose weights the phases begin with, to train on')
    parser.add_argument('--start', help="a model.pth after the coarse phase: skip that phase")
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--threads', type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)

    def log(line):
        with open(os.path.join(options.folder, 'log.txt'), 'a') as file:
            file.write(time.strftime('%H:%M:%S ') + line + '\n')

    # Channels last: a step of the coarse phase takes two thirds of the time on a CPU.
    model = TrainableZIAN(experiment.read(options.config, options.changes)).to(memory_format=torch.channels_last)
    log(f'{sum(p.numel() for p in model.parameters())} parameters; {vars(options)}')
    batches = Batches(options.cache, model.configuration, options.seed, not options.no_mirror)
    state = torch.load(os.path.join(options.folder, 'state.pth')) if options.resume else None
    if options.begin:
        model.load_state_dict(torch.load(options.begin)['best_state_dict'], strict=False)
    if options.start:
        known = torch.load(options.start)['best_state_dict']
        model.load_state_dict({k: v for k, v in known.items() if k.startswith(('hrnet.', 'heatmap_ds.'))}, strict=False)
    elif not (state and state['phase'] == 'fine'):
        run_phase('coarse', model, batches, options, log, state)
    if not model.configuration.hrnet_only:
        if not options.begin and not (state and state['phase'] == 'fine'):
            spread_backbone(model)
        run_phase('fine', model, batches, options, log, state)
    log('done')


if __name__ == '__main__':
    main()
