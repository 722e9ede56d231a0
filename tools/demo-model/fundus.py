"""Synthetic fundus photographs with the fovea's true position.

    image, (x, y) = generate(seed)            # at a real camera's size, uint8 blue-green-red [H, W, 3]
    image, (x, y) = generate(seed, (532, 532))  # the same scene, drawn small and stretched to that size: fast

(x, y) counts pixels from 0, (0, 0) being the first pixel's centre. Everything follows from the seed.
"""
import cv2
import numpy as np

import camera
import disc
import lesions
import retina
import vessels
from fields import enlarge
from geometry import draw_fovea, draw_view

COARSE = 176  # knots along the longer side of the grid for smooth layers


def frame(seed):
    """The fovea in DD and the camera's view for a seed."""
    rng = np.random.default_rng([seed, 0])
    fovea = draw_fovea(rng)
    return fovea, draw_view(rng, fovea)


def reference_length(seed):
    """The field's diameter in pixels at the camera's size: what errors are divided by."""
    return 2 * frame(seed)[1].radius


def render(seed, fovea, view):
    """The picture of `view`, uint8 [H, W, 3]."""
    streams = iter(np.random.default_rng([seed, n]) for n in range(1, 100))
    step = max(view.width, view.height) / COARSE
    x, y = view.eye_grid(step)
    disc_seen = view.shows((0.0, 0.0), 0.2)
    image = enlarge(retina.smooth_colour(next(streams), x, y, fovea, disc_seen), view.width, view.height)
    texture = next(streams)
    image *= retina.grain(texture, view)[..., None]
    ridges = retina.choroid(texture, view)
    if ridges is not None:
        image *= ridges
    disc.paint(disc.draw(next(streams)), image, view)
    growth = next(streams)
    absorbance = vessels.draw_absorbance(growth, vessels.tree(growth, fovea), view)
    sick = next(streams)
    lesions.bleed(sick, absorbance, view, fovea)
    if disc_seen:
        lesions.decoys(sick, absorbance, view)
    transmitted = np.exp(-np.arange(256, dtype=np.float32) / 128)
    image *= transmitted[absorbance]
    bright = lesions.shine(sick, view, fovea)
    if bright is not None:
        image += bright * np.float32(1 / 255) * (image[::8, ::8].mean((0, 1)) + np.float32(0.15))
    reflex(next(streams), image, view, fovea)
    light = next(streams)
    camera.apply_light(image, camera.illumination(light, view, step), camera.glare(light, view, x, y, step), view)
    taken = next(streams)
    image = camera.exposure(taken, image)
    np.clip(image, 0, 1, out=image)
    image = camera.sharpness(taken, image, view)
    border = next(streams)
    image *= camera.field_mask(border, view)[..., None]
    black = np.float32(border.uniform(0, 0.03, 3) * (border.random() < 0.4))
    image = camera.sensor(taken, image, black)
    camera.label(border, image, view)
    return camera.compressed(taken, camera.tone(taken, image))


def reflex(rng, image, view, fovea):
    """The bright dot in the middle of a young fovea."""
    if rng.random() > 0.3:
        return
    x, y = view.to_pixels(fovea + rng.normal(0, 0.02, 2))
    radius = view.scale * rng.uniform(0.012, 0.06)
    reach = int(4 * radius) + 2
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    patch = image[top:max(0, int(y)) + reach, left:max(0, int(x)) + reach]
    rows, columns = np.ogrid[top:top + patch.shape[0], left:left + patch.shape[1]]
    dot = np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / radius ** 2).astype(np.float32)
    patch += dot[..., None] * (rng.uniform(0.03, 0.3) * np.array([0.7, 0.8, 0.9])).astype(np.float32)


def generate(seed, size=None):
    """uint8 [H, W, 3] and (x, y); see the module's description. `size` is (width, height)."""
    fovea, view = frame(seed)
    if size is None:
        return render(seed, fovea, view), tuple(float(v) for v in view.to_pixels(fovea))
    factor = min(1.0, 1.05 * np.sqrt(size[0] * size[1] / (view.width * view.height)))
    small = view.resized(factor)
    image = cv2.resize(render(seed, fovea, small), size, interpolation=cv2.INTER_LINEAR)
    x, y = small.to_pixels(fovea)
    return image, (float((x + 0.5) * size[0] / small.width - 0.5), float((y + 0.5) * size[1] / small.height - 0.5))
