"""Signs of disease: drusen, exudates, cotton wool, haemorrhages, dark and pale patches.

Dark ones are absorbance, drawn where the vessels are; bright ones are light added. All lengths in DD.
"""
import cv2
import numpy as np


def scatter(rng, fovea, count):
    """Places of a cluster: around the macula or anywhere; and single ones."""
    if rng.random() < 0.55:
        centre, spread = fovea + rng.normal(0, 0.4, 2), rng.uniform(0.2, 1.0)
    else:
        centre, spread = rng.uniform([-1.5, -2.5], [4.5, 2.5]), rng.uniform(0.2, 1.5)
    return centre + rng.normal(0, spread, (count, 2))


def patch(canvas, view, centre, radius, colour, rng, roughness=0.25):
    """A filled round shape with an uneven border."""
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    radii = radius * (1 + roughness * rng.standard_normal(14)) * (1 + 0.3 * np.cos(angles * 2 + rng.uniform(0, 6)))
    outline = centre + radii[:, None] * np.stack((np.cos(angles), np.sin(angles)), -1)
    points = np.clip(np.round(view.to_pixels(outline) * 16), -2 ** 20, 2 ** 20).astype(np.int32)
    cv2.fillPoly(canvas, [points.reshape(-1, 1, 2)], colour, cv2.LINE_AA, 4)


def bleed(rng, absorbance, view, fovea):
    """Microaneurysms, blots, flames, and dark pigmented patches, into uint8 absorbance (1/128)."""
    if rng.random() < 0.28:
        for at in scatter(rng, fovea, rng.integers(2, 40)):
            colour = (128 * rng.uniform(0.25, 1.1) * np.array([0.9, 1.0, 0.35])).tolist()
            patch(absorbance, view, at, rng.uniform(0.008, 0.05), colour, rng)
    if rng.random() < 0.16:
        for at in scatter(rng, fovea, rng.integers(1, 6)):
            colour = (128 * rng.uniform(0.3, 1.0) * np.array([0.9, 1.0, 0.45])).tolist()
            patch(absorbance, view, at, rng.uniform(0.05, 0.3), colour, rng, 0.3)


def decoys(rng, absorbance, view):
    """Dark soft patches that are no fovea: naevi, shadows, dust; so that darkness alone does not decide."""
    if rng.random() > 0.2:
        return
    layer = np.zeros((max(2, view.height // 4), max(2, view.width // 4), 3), np.uint8)
    small = view.resized(0.25)
    for _ in range(rng.integers(1, 4)):
        colour = (128 * rng.uniform(0.08, 0.5) * rng.uniform(0.3, 1.0, 3)).tolist()
        patch(layer, small, rng.uniform([-1.5, -3], [5.5, 3]), rng.uniform(0.12, 0.5), colour, rng, 0.1)
    sigma = small.scale * rng.uniform(0.03, 0.2)
    layer = cv2.GaussianBlur(layer, (0, 0), max(0.5, sigma))
    cv2.add(absorbance, cv2.resize(layer, (view.width, view.height)), absorbance)


def shine(rng, view, fovea):
    """Drusen, exudates, cotton wool, pale scars: uint8 [H, W, 3] in 1/255 of the local colour's headroom, or None."""
    kinds = [k for k, p in (('drusen', 0.22), ('exudates', 0.14), ('wool', 0.08), ('scar', 0.07)) if rng.random() < p]
    if not kinds:
        return None
    canvas = np.zeros((view.height, view.width, 3), np.uint8)
    if 'scar' in kinds:
        at = fovea + rng.normal(0, 0.5, 2) if rng.random() < 0.4 else rng.uniform([-1, -2.5], [4.5, 2.5])
        patch(canvas, view, at, rng.uniform(0.1, 0.6), (255 * rng.uniform(0.1, 0.5) * np.array([0.6, 0.8, 0.4])).tolist(), rng)
    if 'wool' in kinds:
        for at in rng.uniform([-1, -2.5], [4, 2.5], (rng.integers(1, 6), 2)):
            patch(canvas, view, at, rng.uniform(0.05, 0.2), (255 * rng.uniform(0.2, 0.6) * np.array([0.8, 0.9, 0.7])).tolist(), rng)
    if 'drusen' in kinds:
        colour = 255 * np.array([0.25, 0.6, 0.5])
        for at in scatter(rng, fovea, rng.integers(5, 90)):
            patch(canvas, view, at, rng.uniform(0.008, 0.05), (colour * rng.uniform(0.15, 0.8)).tolist(), rng, 0.1)
    if 'exudates' in kinds:
        colour = 255 * np.array([0.45, 0.9, 0.9])
        for _ in range(rng.integers(1, 4)):
            for at in scatter(rng, fovea, rng.integers(4, 30)):
                patch(canvas, view, at, rng.uniform(0.006, 0.05), (colour * rng.uniform(0.3, 1)).tolist(), rng, 0.3)
    return cv2.GaussianBlur(canvas, (0, 0), max(0.4, view.scale * rng.uniform(0.004, 0.02)))
