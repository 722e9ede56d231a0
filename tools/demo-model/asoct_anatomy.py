"""An eye's anterior segment: two sides that share their shape and differ a little."""

from dataclasses import dataclass

import numpy as np

import asoct_coat
import asoct_uvea
from asoct_coat import Coat
from asoct_uvea import Uvea


@dataclass(frozen=True)
class Side:
    coat: Coat
    uvea: Uvea
    lens: np.ndarray  # front of the lens, mm over `asoct_curves.R`


@dataclass(frozen=True)
class Eye:
    left: Side
    right: Side


def sample_eye(rng: np.random.Generator) -> Eye:
    """Draws an eye."""
    coat_shape = asoct_coat.sample_shape(rng)
    uvea_shape = asoct_uvea.sample_shape(rng)
    coats = [asoct_coat.sample_coat(rng, coat_shape, uvea_shape.closed) for _ in range(2)]
    lens = asoct_uvea.lens_surface(uvea_shape, (coats[0].spur[1] + coats[1].spur[1]) / 2)
    left, right = (Side(coat, asoct_uvea.sample_uvea(rng, uvea_shape, coat, lens), lens) for coat in coats)
    return Eye(left, right)
