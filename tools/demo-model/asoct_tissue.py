"""How strongly each tissue scatters back and how fast light fades in it.

Strengths are in decibels above the noise floor, fading in decibels per millimetre (both ways). The values are set
by eye so that scans look like swept-source AS-OCT at 1310 nm: the sclera brightest, stroma darker between bright
surfaces, the iris bright in front and opaque at its pigment, meshwork and ciliary muscle darker than the sclera,
the chamber empty.
"""

from dataclasses import dataclass

import numpy as np

DB = np.float32(np.log(10.0) / 10.0)  # exp(DB * x) is the power of x decibels


@dataclass(frozen=True)
class Tissue:
    """Strengths (dB), fading (dB/mm), textures (dB), limbus (mm)."""

    cornea: float
    apex_gain: float  # of the stroma where it lies across the beam
    sclera: float
    conjunctiva: float
    meshwork: float
    muscle: float
    iris: float
    surface: float  # tear film, above the stroma
    endothelium: float
    lens: float
    aqueous: float
    fade_cornea: float
    fade_sclera: float
    fade_muscle: float
    fade_iris: float
    pigment: float  # dB lost in the pigment layer
    lamellae: float
    grain: float
    limbus_blur: float
    limbus_bend: float


def sample_tissue(rng: np.random.Generator, clarity: float) -> Tissue:
    """Draws a tissue; `clarity` (0..1) is how well the muscle stands out from the sclera."""
    sclera = rng.uniform(24.0, 31.0)
    return Tissue(
        cornea=rng.uniform(11.0, 19.0),
        apex_gain=rng.uniform(2.0, 9.0),
        sclera=sclera,
        conjunctiva=sclera - rng.uniform(1.0, 7.0),
        meshwork=sclera - rng.uniform(4.0, 10.0),
        muscle=sclera - 3.0 - 7.0 * clarity * rng.uniform(0.6, 1.2),
        iris=rng.uniform(21.0, 29.0),
        surface=rng.uniform(6.0, 14.0),
        endothelium=rng.uniform(3.0, 12.0),
        lens=rng.uniform(2.0, 19.0),
        aqueous=rng.uniform(-14.0, 1.0),
        fade_cornea=rng.uniform(1.0, 4.0),
        fade_sclera=rng.uniform(1.5, 8.0),
        fade_muscle=rng.uniform(5.0, 14.0),
        fade_iris=rng.uniform(12.0, 32.0),
        pigment=rng.uniform(4.0, 12.0),
        lamellae=rng.uniform(0.4, 1.9),
        grain=rng.uniform(0.8, 2.4),
        limbus_blur=rng.uniform(0.12, 0.55),
        limbus_bend=rng.uniform(-0.3, 0.3),
    )
