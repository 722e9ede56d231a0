"""A cache of generated pictures on disk, and random views of them for training.

    /usr/bin/python3 tools/demo-model/dataset.py --generator fundus --count 9000 --seed 1000000 --folder CACHE

The cache holds `images.bin` (uint8 [count, SIDE, SIDE, 3]), `truth.npy` (float32 [count, 2]) and `done` (how many there
are so far): a training may start before it is full. It takes about 60 ms and 0.9 MB per picture.
"""
import argparse
import importlib
import os

import cv2
import numpy as np

SIDE = 560  # pixels: a little more than IMAGE_SIZE, so that enlarging does not blur


def paths(folder):
    return [os.path.join(folder, name) for name in ('images.bin', 'truth.npy', 'done')]


def build(generator, count, seed, folder, chunk=64):
    """Fills the cache from `seed`, `seed` + 1, ...; goes on where an earlier run stopped."""
    os.makedirs(folder, exist_ok=True)
    images_path, truth_path, done_path = paths(folder)
    generate = importlib.import_module(generator).generate
    done = int(open(done_path).read()) if os.path.exists(done_path) else 0
    truth = np.zeros((count, 2), np.float32)
    if done:
        truth[:done] = np.load(truth_path)[:done]
    with open(images_path, 'r+b' if done else 'wb') as out:
        out.seek(done * SIDE * SIDE * 3)
        while done < count:
            for index in range(done, min(done + chunk, count)):
                image, truth[index] = generate(seed + index, (SIDE, SIDE))
                out.write(np.ascontiguousarray(image).tobytes())
            out.flush()
            done = min(done + chunk, count)
            np.save(truth_path + '.new.npy', truth)
            os.replace(truth_path + '.new.npy', truth_path)
            with open(done_path, 'w') as file:
                file.write(str(done))


class Cache:
    """Pictures that are there; more may come while training."""

    def __init__(self, folder):
        self.folder = folder
        self.refresh()

    def refresh(self):
        images_path, truth_path, done_path = paths(self.folder)
        self.count = int(open(done_path).read())
        self.truth = np.load(truth_path)
        self.images = np.memmap(images_path, np.uint8, 'r', shape=(self.count, SIDE, SIDE, 3))


def random_view(rng, image, xy, size, border, mirror=True):
    """A random piece of `image`, stretched to `size` (width, height), with the landmark at least `border` from its
    sides: mirrored, scaled by up to 20 % on both axes, up to 8 % differently, turned a little, colours changed."""
    width, height = size
    flip = mirror and rng.random() < 0.5
    scale = size[0] / image.shape[1] * (532 / 512)  # as if the margin of the real pipeline were cut off
    if rng.random() < 0.7:
        scale *= rng.uniform(0.82, 1.3)
    unequal = np.exp(rng.normal(0, 0.05))
    angle = np.radians(rng.normal(0, 4)) if rng.random() < 0.5 else 0.0
    linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag(
        [-unequal if flip else unequal, 1 / unequal])
    middle = (np.array(image.shape[1::-1]) - 1) / 2
    slack = np.abs(linear @ np.diag([1.0, 1.0])) @ np.array(image.shape[1::-1]) - size
    shift = rng.uniform(-0.5, 0.5, 2) * np.maximum(np.abs(slack), 0.05 * np.array(size))
    offset = (np.array(size) - 1) / 2 - linear @ middle + shift
    at = linear @ np.array(xy) + offset
    offset += np.clip(at, border, np.array(size) - 1 - border) - at
    view = cv2.warpAffine(image, np.hstack((linear, offset[:, None])), size, flags=cv2.INTER_LINEAR)
    return recoloured(rng, view), linear @ np.array(xy) + offset


def recoloured(rng, image):
    """Another gain and gamma per channel, by table."""
    if rng.random() < 0.3:
        return image
    steps = np.arange(256, dtype=np.float32) / 255
    gains, gamma = np.exp(rng.normal(0, 0.1, 3) + rng.normal(0, 0.12)), np.exp(rng.normal(0, 0.12))
    table = np.clip(255 * gains[None] * (steps ** gamma)[:, None], 0, 255).astype(np.uint8)[:, None]
    return cv2.LUT(image, table)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--generator', required=True)
    parser.add_argument('--count', type=int, default=9000)
    parser.add_argument('--seed', type=int, default=1_000_000)
    parser.add_argument('--folder', required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    build(options.generator, options.count, options.seed, options.folder)


if __name__ == '__main__':
    main()
