"""The retina's vessels: grown as curves in disc diameters, drawn as absorbance per channel.

A vessel's heading is a closed formula of the way along it: it relaxes from the angle at which it leaves to the angle
at which it runs on, plus a few waves. So all vessels of one order are computed at once.

Anatomy: one artery and one vein per quadrant; the temporal arcades bend around the macula; smaller branches on the
arcades' inner side run towards the fovea and end before its avascular zone (about 0.5 mm wide); veins are 0.07 to 0.1
DD wide at the disc, arteries about three quarters of that.
"""
from dataclasses import dataclass

import cv2
import numpy as np

STEP = 0.06  # DD between the points of a curve


@dataclass
class Vessels:
    """Curves of one order: `points` [n, steps, 2] in DD, of which the first `counts` are used, `widths` [n, steps] in
    DD, `headings` [n, steps] in radians, `artery` [n]."""
    points: np.ndarray
    headings: np.ndarray
    widths: np.ndarray
    counts: np.ndarray
    artery: np.ndarray


def grow(rng, starts, leaving, running, bend, length, widths, taper, artery, fovea, clearance, waviness):
    """Curves from `starts` [n, 2]; angles in radians [n], lengths in DD [n]."""
    n = len(starts)
    steps = max(3, int(length.max() / STEP))
    way = np.arange(steps)[None] * STEP
    headings = running[:, None] + (leaving - running)[:, None] * np.exp(-(way / bend[:, None]) ** 1.4)
    for wavelength in (rng.uniform(0.35, 0.7, (n, 1)), rng.uniform(0.8, 2.2, (n, 1))):
        phase = rng.uniform(0, 2 * np.pi, (n, 1))
        wave = np.sin(2 * np.pi * way / wavelength + phase) - np.sin(phase) * np.exp(-way / 0.2)
        headings = headings + waviness * rng.uniform(0.3, 1.0, (n, 1)) * wave
    moves = STEP * np.stack((np.cos(headings), np.sin(headings)), -1)
    points = starts[:, None] + np.cumsum(moves, 1) - moves[:, :1]
    counts = np.minimum(steps, np.maximum(2, (length / STEP).astype(int)))
    near = np.hypot(points[..., 0] - fovea[0], points[..., 1] - fovea[1]) < clearance[:, None]
    counts = np.where(near.any(1), np.minimum(counts, near.argmax(1)), counts)
    narrowing = 1 - taper * np.minimum(1, way / length[:, None])
    narrowing = narrowing * np.clip((counts[:, None] - np.arange(steps)) / 14, 0.15, 1)  # no blunt ends
    return Vessels(points, headings, widths[:, None] * narrowing, counts, artery)


def trunks(rng, fovea, calibre, waviness):
    """The arcades and the nasal vessels."""
    rows = []
    for side in (-1, 1):  # above, below
        bend = rng.uniform(1.0, 2.0)
        nasal = rng.uniform(115, 150)
        for artery in (True, False):
            width = calibre * (rng.uniform(0.65, 0.85) if artery else 1.0)
            for _ in range(2 if rng.random() < 0.3 else 1):  # an arcade may leave the disc as two
                rows.append((side * rng.uniform(62, 108), side * rng.uniform(-16, 10), bend * rng.uniform(0.8, 1.2),
                             rng.uniform(4.5, 7.0), width, artery, 0.85))
            rows.append((side * rng.uniform(75, 125), side * (nasal + rng.uniform(-15, 15)), rng.uniform(0.4, 1.5),
                         rng.uniform(2.5, 5.0), width * rng.uniform(0.55, 0.85), artery, 0.85))
            for _ in range(rng.integers(0, 3)):  # small vessels towards the nose
                angle = side * rng.uniform(130, 185)
                rows.append((angle, angle + rng.uniform(-25, 25), 1.0, rng.uniform(1.0, 3.0),
                             width * rng.uniform(0.2, 0.4), artery, 0.85))
            for _ in range(rng.integers(0, 3)):  # small vessels straight towards the macula
                rows.append((side * rng.uniform(10, 60), side * rng.uniform(0, 20) + 7, rng.uniform(0.3, 1.0),
                             rng.uniform(1.0, 2.6), width * rng.uniform(0.18, 0.4), artery, 0.4))
    table = np.array(rows, float)
    n = len(table)
    return grow(rng, rng.normal(0, 0.07, (n, 2)) + [-0.08, 0], np.radians(table[:, 0]), np.radians(table[:, 1]),
                table[:, 2], table[:, 3], table[:, 4], 0.6, table[:, 5] > 0, fovea, table[:, 6], waviness)


def branches(rng, parents, fovea, spacing, ratio, reach, clearance, waviness, start=0.35):
    """Branches off `parents`, about one every `spacing` DD on alternating sides; `ratio` of widths (low, high);
    `reach` (low, high) in DD; the way along a parent begins at `start` DD."""
    which, at, side = [], [], []
    for i, count in enumerate(parents.counts):
        way, sign = start + rng.uniform(0, spacing), rng.choice([-1, 1])
        while way / STEP < count - 2:
            which.append(i)
            at.append(int(way / STEP))
            side.append(sign)
            way += spacing * rng.uniform(0.4, 1.6)
            sign = -sign if rng.random() < 0.75 else sign
    if not which:
        return None
    which, at, side = np.array(which), np.array(at), np.array(side)
    n = len(which)
    starts, heading = parents.points[which, at], parents.headings[which, at]
    inward = np.arctan2(fovea[1] - starts[:, 1], fovea[0] - starts[:, 0])
    turn = (inward - heading + np.pi) % (2 * np.pi) - np.pi  # towards the fovea, as seen along the parent
    distance = np.hypot(*(fovea - starts).T)
    macular = (np.sign(turn) == side) & (distance < 2.4) & (np.abs(turn) < 2.6)
    leaving = heading + side * rng.uniform(0.35, 1.0, n)
    running = np.where(macular, heading + turn + rng.normal(0, 0.3, n), heading + side * rng.uniform(-0.1, 0.7, n))
    length = rng.uniform(*reach, n)
    length = np.where(macular, np.maximum(length, distance * rng.uniform(0.3, 0.95, n)), length)
    widths = parents.widths[which, at] * rng.uniform(*ratio, n)
    return grow(rng, starts, leaving, running, rng.uniform(0.15, 0.6, n), length, widths, 0.5, parents.artery[which],
                fovea, np.full(n, clearance), waviness)


def tree(rng, fovea):
    """All vessels of an eye, thinnest first."""
    calibre = rng.uniform(0.062, 0.105)
    waviness = rng.uniform(0.08, 0.32)
    zone = rng.uniform(0.13, 0.3)
    density = rng.uniform(0.7, 1.5)
    first = trunks(rng, fovea, calibre, waviness)
    second = branches(rng, first, fovea, 1.0 / density, (0.3, 0.75), (0.5, 2.4), zone + 0.15, waviness * 1.3, start=0.6)
    third = branches(rng, second, fovea, 0.6 / density, (0.35, 0.7), (0.25, 1.1), zone, waviness * 1.6, start=0.15)
    orders = [third, second, first]
    if third is not None and rng.random() < 0.6:
        orders.insert(0, branches(rng, third, fovea, 0.45, (0.4, 0.7), (0.15, 0.6), zone, waviness * 1.3, start=0.1))
    return [order for order in orders if order is not None]


def draw_absorbance(rng, orders, view):
    """uint8 [H, W, 3]: absorbance of blue, green, red in steps of 1/128; `orders` as `tree` gives them."""
    oversampling = 2 if view.scale < 150 else 1
    canvas = np.zeros((view.height * oversampling, view.width * oversampling, 3), np.uint8)
    depth = rng.uniform(0.45, 1.0)
    blue, red = rng.uniform(0.6, 1.05), rng.uniform(0.12, 0.4)
    vein = 128 * depth * np.array([blue, 1.0, red])
    artery = vein * rng.uniform(0.55, 0.9) * np.array([1.0, 1.0, rng.uniform(0.4, 0.9)])
    reflex = rng.uniform(0.3, 0.9) if rng.random() < 0.7 else 1.0  # what of it the line along the middle keeps
    faintest = rng.uniform(0.15, 0.45)  # contrast of the thinnest against the widest
    shift, unit = 4, 16 * oversampling
    for vessels in orders:
        pixels = view.to_pixels(vessels.points)
        fixed = np.round((pixels + 0.5) * unit - 8).astype(np.int32)
        fixed = np.clip(fixed, -2 ** 20, 2 ** 20)
        thickness = vessels.widths * view.scale * oversampling
        for i in np.flatnonzero(vessels.counts >= 2):
            count = vessels.counts[i]
            full = artery if vessels.artery[i] else vein
            for begin in range(0, count - 1, 8):
                end = min(begin + 9, count)
                wide = float(thickness[i, begin:end].mean())
                line = fixed[i, begin:end].reshape(1, -1, 1, 2)
                strength = min(1.0, wide) * min(1.0, faintest + wide / (0.06 * view.scale * oversampling))
                cv2.polylines(canvas, line, False, (full * strength).tolist(), max(1, round(wide)), cv2.LINE_AA, shift)
                if wide > 4.5 and reflex < 1:
                    middle = full * (reflex if vessels.artery[i] else 0.5 + 0.5 * reflex)
                    cv2.polylines(canvas, line, False, middle.tolist(), max(1, round(wide * 0.3)), cv2.LINE_AA, shift)
    if oversampling > 1:
        canvas = cv2.resize(canvas, (view.width, view.height), interpolation=cv2.INTER_AREA)
    return canvas
