"""The instrument and the moment of the scan: resolution, noise, shadows, artefacts."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Shadow:
    """A dark vertical band: centre and half width in mm, depth in dB."""

    at: float
    half: float
    depth: float


@dataclass(frozen=True)
class Scanner:
    scans: int  # A-scans over the whole width
    axial: float  # resolution along the depth, mm
    lateral: float  # resolution across, mm
    looks: float  # how many independent speckle patterns are averaged
    gain: float  # dB
    roll_off: float  # dB lost per mm of depth
    shadows: tuple[Shadow, ...]
    flare: float  # dB of the bright column at the apex
    flare_width: float  # mm
    stripes: float  # dB, column to column
    rows: float  # dB, fixed horizontal lines


def _spare(shadows: list[Shadow], spurs: tuple[float, float]) -> tuple[Shadow, ...]:
    """Lightens the shadows that reach a spur so that together they take at most 7 dB there."""
    for x in spurs:
        reach = [abs(shadow.at - x) < shadow.half + 0.25 for shadow in shadows]
        total = sum(shadow.depth for shadow, near in zip(shadows, reach) if near)
        share = min(1.0, 7.0 / max(total, 1e-9))
        shadows = [replace(s, depth=s.depth * share) if near else s for s, near in zip(shadows, reach)]
    return tuple(shadows)


def _shadows(rng: np.random.Generator, width: float, spurs: tuple[float, float]) -> tuple[Shadow, ...]:
    """Lashes (narrow, anywhere) and lids (wide, from the sides)."""
    found = []
    for _ in range(rng.poisson(1.6)):
        found.append(Shadow(rng.uniform(0, width), rng.uniform(0.02, 0.25), rng.uniform(2.0, 16.0)))
    for edge in (0.0, width):
        if rng.random() < 0.35:
            found.append(Shadow(edge, rng.uniform(0.4, 2.6), rng.uniform(4.0, 20.0)))
    return _spare(found, spurs)


def sample_scanner(rng: np.random.Generator, width: float, spurs: tuple[float, float]) -> Scanner:
    """Draws a scan `width` mm wide with its spurs at these places (mm).

    Casia SS-1000: 512 A-scans over 16 mm in its angle protocol, up to 2048 in others; 10 micrometres axially and
    30 across in tissue.
    """
    return Scanner(
        scans=int(rng.choice([512, 800, 1024, 2048], p=[0.35, 0.2, 0.3, 0.15])),
        axial=rng.uniform(0.010, 0.020),
        lateral=rng.uniform(0.018, 0.05),
        looks=float(rng.choice([1.0, 2.0, 4.0, 12.0], p=[0.18, 0.32, 0.34, 0.16])),
        gain=rng.uniform(-5.0, 4.0),
        roll_off=rng.uniform(0.0, 1.4),
        shadows=_shadows(rng, width, spurs),
        flare=rng.uniform(6.0, 26.0) if rng.random() < 0.7 else -30.0,
        flare_width=rng.uniform(0.01, 0.07),
        stripes=rng.uniform(0.0, 0.7),
        rows=rng.uniform(0.0, 0.5) if rng.random() < 0.4 else 0.0,
    )
