"""Cornea, limbus and sclera of one side, and the scleral spur on their inner surface.

Sources of the numbers (means, spread, typical ranges of adults):
- corneal radius 7.8 mm (7.1-8.6), asphericity -0.4..0, central thickness 0.54 mm: standard keratometry and
  pachymetry; scans that are not corrected for refraction show the cornea thicker, hence up to 0.75 mm;
- white-to-white 11.7 mm, distance of the spurs (anterior chamber width) 11.8 +- 0.4 mm; the spur lies under the
  outer surface 0.5-1.2 mm behind the limbus; coat 0.66-0.88 mm thick there;
- trabecular meshwork, from Schwalbe's line to the spur, 0.71-0.89 +- 0.13 mm: swept-source AS-OCT, Graefes Arch
  2013; 0.58 mm in closed angles: Choi et al., Sci Rep 2019;
- the spur is where the sclera protrudes inward and the curvature of its inner surface changes: Sakata et al., Arch
  Ophthalmol 2008. Here that is one exact point, the tip of the sclera between meshwork and ciliary muscle.
"""

from dataclasses import dataclass

import numpy as np

from asoct_curves import R, at, integrate, offset, smooth, waves


@dataclass(frozen=True)
class CoatShape:
    """What both sides of an eye share; mm and degrees."""

    radius: float
    asphericity: float
    limbus: float
    scleral_angle: float  # of the outer surface behind the limbus, against the corneal apex's tangent
    centre: float  # thickness at the apex
    wall: float  # thickness at the spur
    clarity: float  # 0 spur hardly visible .. 1 clear


@dataclass(frozen=True)
class Coat:
    """Boundaries (depths in mm over `R`) and places (radii in mm) of the coat."""

    outer: np.ndarray  # what the light meets first: tear film, then conjunctiva
    episclera: np.ndarray  # lower bound of the conjunctiva; just under `outer` on the cornea
    inner: np.ndarray  # endothelium, sulcus behind the meshwork, spur, interface to the ciliary muscle
    wall: np.ndarray  # the chamber's wall: as `inner`, but over the meshwork and past the spur straight on
    spur: tuple[float, float]
    limbus_outer: float  # where clear cornea ends at the outer surface
    limbus_inner: float  # and at the inner surface
    schwalbe: float
    canal: float  # Schlemm's canal, 0 (not seen) to 1 (dark)
    clarity: float


def sample_shape(rng: np.random.Generator) -> CoatShape:
    """Draws what both sides share."""
    centre = rng.uniform(0.47, 0.6) * (rng.uniform(1.1, 1.25) if rng.random() < 0.15 else 1.0)
    return CoatShape(
        radius=float(np.clip(rng.normal(7.8, 0.27), 7.1, 8.6)),
        asphericity=rng.uniform(-0.4, -0.02),
        limbus=float(np.clip(rng.normal(5.65, 0.2), 5.1, 6.15)),
        scleral_angle=rng.uniform(32.0, 41.0),
        centre=centre,
        wall=max(rng.uniform(0.66, 0.88), centre + 0.12),
        clarity=rng.beta(1.6, 1.1),
    )


def _outer(radius: float, asphericity: float, limbus: float, scleral_slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Outer surface of cornea and bare sclera, and its slope: a conic that runs into a nearly straight sclera."""
    under = np.maximum(1.0 - (1.0 + asphericity) * (R / radius) ** 2, 0.2)
    cornea = R / (radius * np.sqrt(under))
    sclera = scleral_slope + 0.035 * (R - limbus)
    slope = cornea + (sclera - cornea) * smooth((R - limbus + 0.35) / 0.9)
    return integrate(slope), slope


def sample_coat(rng: np.random.Generator, shape: CoatShape, closed: bool) -> Coat:
    """Draws one side."""
    limbus = shape.limbus + rng.normal(0.0, 0.06)
    scleral_slope = np.tan(np.radians(shape.scleral_angle + rng.normal(0.0, 1.0)))
    bare, slope = _outer(shape.radius, shape.asphericity, limbus, scleral_slope)

    # The coat thickens up to the spur, then thins at once: that step is the inward protrusion.
    over_spur = limbus + rng.uniform(0.35, 0.95)
    thickest = shape.wall + rng.normal(0.0, 0.02)
    clarity = float(np.clip(shape.clarity + rng.normal(0.0, 0.15), 0.0, 1.0))
    drop = 0.02 + 0.13 * clarity * rng.uniform(0.6, 1.3)
    before = shape.centre + (thickest - shape.centre) * (R / over_spur) ** rng.uniform(2.4, 3.6)
    after = thickest - drop * (1.0 - np.exp(-(R - over_spur) / rng.uniform(0.08, 0.25)))
    after = np.maximum(after - 0.035 * (R - over_spur), 0.4)
    inner_r, inner_z = offset(bare, slope, np.where(R < over_spur, before, after))
    spur = at(over_spur, inner_r), at(over_spur, inner_z)
    smooth_inner = np.interp(R, np.maximum.accumulate(inner_r + 1e-9 * R), inner_z)

    # The sulcus behind the meshwork: nothing at Schwalbe's line, deepest just before the spur, nothing at its tip.
    length = float(np.clip(rng.normal(0.6 if closed else 0.76, 0.11), 0.42, 1.05))
    schwalbe = spur[0] - 0.72 * length  # the wall is about 44 degrees steep there
    v = np.clip((R - schwalbe) / (spur[0] - schwalbe), 0.0, 1.0)
    sulcus = rng.uniform(0.05, 0.16) * (0.45 + 0.55 * clarity)
    inner = smooth_inner - sulcus * smooth(v / 0.8) ** 1.5 * smooth((1.0 - v) / rng.uniform(0.14, 0.28))

    # The chamber's wall is a little hollow over the meshwork; past the spur it goes on in about the same direction,
    # and the ciliary muscle fills what opens above it.
    hollow = min(rng.uniform(-0.02, 0.06) * clarity, 0.7 * sulcus) * np.sin(np.pi * v**1.5)
    direction = (spur[1] - at(spur[0] - 0.2, smooth_inner)) / 0.2 * rng.uniform(0.6, 1.2)
    beyond = np.maximum(R - spur[0], 0.0)
    wall = np.maximum(np.where(R <= spur[0], smooth_inner - hollow, spur[1] + direction * beyond), inner)

    cover = rng.uniform(0.05, 0.24) * smooth((R - limbus + 0.15) / rng.uniform(0.8, 1.8))
    bumps = rng.uniform(0.0, 0.03) * waves(rng, rng.uniform(0.3, 0.9)) * smooth((R - limbus) / 0.5)
    return Coat(
        outer=bare - cover + bumps,
        episclera=bare + 0.15 * bumps + 0.002,
        inner=inner,
        wall=wall,
        spur=spur,
        limbus_outer=limbus,
        limbus_inner=schwalbe + rng.uniform(0.1, 0.8) * (spur[0] - schwalbe),
        schwalbe=schwalbe,
        canal=rng.uniform(0.3, 1.0) * clarity if rng.random() < 0.55 else 0.0,
        clarity=clarity,
    )
