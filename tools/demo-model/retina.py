"""The retina without vessels and disc: pigmentation, choroid, nerve fibre sheen, macula.

Colours are blue, green, red in display values, 1 = the brightest that a camera stores before exposure. The smooth
part is made on a coarse grid. Measured on one real photograph (a CC0 picture of a healthy left eye): away from the
macula about 0.21, 0.35, 0.88, and there darker by 43 %, 25 % and 14 %. Everything is varied widely around that, the
macula channel by channel, down to nearly nothing.
"""
import cv2
import numpy as np

from fields import blob, cloudy_noise, smooth_noise


def pigmentation(rng, shape):
    """Colour without structure, [h, w, 3] or [1, 1, 3] plus slow variation over the picture."""
    red = rng.uniform(0.45, 1.05)
    green = red * np.clip(np.exp(rng.normal(np.log(0.42), 0.26)), 0.18, 0.75)
    blue = green * np.clip(np.exp(rng.normal(np.log(0.52), 0.36)), 0.1, 1.0)
    base = np.array([blue, green, red], np.float32)
    shared = cloudy_noise(rng, shape, 3) * np.float32(rng.uniform(0.0, 0.1))
    layers = [
        np.exp(shared + smooth_noise(rng, shape, 3) * np.float32(rng.uniform(0, 0.08))) * base[c] for c in range(3)]
    return np.stack(layers, -1)


def macula(rng, x, y, fovea, disc_seen):
    """What the retina's colour is multiplied with around the fovea, [h, w, 3].

    Where the disc is out of the picture (`disc_seen` false) nothing else tells the place: then it is never faint.
    """
    kind = rng.choice(['faint', 'usual', 'strong'], p=[0.16, 0.6, 0.24])
    strength = rng.uniform(*{'faint': (0.03, 0.12), 'usual': (0.12, 0.42), 'strong': (0.42, 0.72)}[kind])
    if not disc_seen:
        strength = 0.25 + 0.65 * strength
    share = rng.uniform(0.12, 1.0, 3)
    if rng.random() < 0.65:
        share = np.sort(share)[::-1]  # blue darkened most, red least
    elif rng.random() < 0.85:
        share[2] = share[1] * rng.uniform(0.2, 1.0)
    share = share / share.max()
    tilt = rng.uniform(0, np.pi)
    core_size, wide_size = rng.uniform(0.14, 0.42), rng.uniform(0.4, 1.0)
    core = blob(x, y, fovea, core_size * rng.uniform(0.85, 1.2), core_size, tilt)
    wide = blob(x, y, fovea + rng.normal(0, 0.08, 2), wide_size * rng.uniform(0.9, 1.4), wide_size, tilt)
    amount = rng.uniform(0.35, 1.0)
    shape = np.float32(amount) * core + np.float32(1 - amount) * wide
    dark = np.float32(1) - (strength * share).astype(np.float32) * shape[..., None]
    if rng.random() < 0.3:  # yellow pigment: blue alone, over a wider region
        dark[..., 0] *= 1 - np.float32(rng.uniform(0.05, 0.4)) * blob(x, y, fovea, 0.6, 0.5)
    if rng.random() < 0.22:  # the ring that the young fovea's slope reflects
        radius, width = rng.uniform(0.35, 0.8), rng.uniform(0.05, 0.16)
        ring = np.exp(-0.5 * ((np.hypot((x - fovea[0]) * rng.uniform(0.75, 1), y - fovea[1]) - radius) / width) ** 2)
        ring = ring * (1 + np.float32(rng.uniform(0, 0.9)) * np.cos(np.arctan2(y - fovea[1], x - fovea[0]) - tilt))
        dark += (rng.uniform(0.03, 0.22) * np.array([0.9, 1.0, 0.5], np.float32)) * ring.astype(np.float32)[..., None]
    return dark


def nerve_fibres(rng, x, y, shape):
    """A pale, streaked sheen along the arcades near the disc, [h, w, 3], added."""
    amount = rng.uniform(0, 0.16) * (rng.random() < 0.75)
    sheen = blob(x, y, (0.5, -1.1), 0.9, 0.6, -0.5) + blob(x, y, (0.4, 1.2), 0.9, 0.6, 0.5)
    streaks = smooth_noise(rng, (64, 512), 200)
    angle = (np.arctan2(y, x) + np.pi) * np.float32(511 / (2 * np.pi))
    streaks = cv2.remap(streaks, angle.astype(np.float32), (np.hypot(x, y) * 12).astype(np.float32) % 63,
                        cv2.INTER_LINEAR)
    sheen = sheen * (1 + 0.5 * streaks) * np.float32(amount)
    return sheen[..., None] * np.array([0.75, 0.9, 0.6], np.float32)


def choroid(rng, view):
    """Choroidal vessels seen through thin pigment: broad, blurred ridges; a factor per pixel [h, w, 3] or None."""
    if rng.random() > 0.4:
        return None
    factor = 0.5
    shape = max(2, round(view.height * factor)), max(2, round(view.width * factor))
    cells = max(view.width, view.height) / view.scale * rng.uniform(2.5, 5)
    ridges = np.exp(-(cloudy_noise(rng, shape, cells, 2, 0.4) / np.float32(rng.uniform(0.25, 0.5))) ** 2)
    patches = np.clip(0.6 + 0.6 * smooth_noise(rng, shape, 4), 0, 1)
    amount = rng.uniform(-0.12, 0.3)
    ridges = cv2.resize((ridges - np.float32(0.35)) * patches * np.float32(amount), (view.width, view.height))
    return 1 + ridges[..., None] * np.array([0.5, 0.9, rng.uniform(0.4, 1.0)], np.float32)


def grain(rng, view):
    """Fine structure of the pigment, [H, W], a factor around 1."""
    amount = rng.uniform(0.005, 0.035)
    cells = max(view.width, view.height) / view.scale * rng.uniform(14, 30)
    fine = cloudy_noise(rng, (view.height, view.width), cells, 2, 0.7)
    return 1 + np.float32(amount) * fine


def smooth_colour(rng, x, y, fovea, disc_seen):
    """The smooth part of the retina on a coarse grid [h, w, 3]."""
    shape = x.shape
    colour = pigmentation(rng, shape) * macula(rng, x, y, fovea, disc_seen)
    colour += nerve_fibres(rng, x, y, shape)
    return colour
