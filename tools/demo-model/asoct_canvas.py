"""One window of a scan at one resolution: masks with soft edges, thin lines and textures, laid column by column."""

import copy
from collections.abc import Callable

import cv2
import numpy as np

from asoct_anatomy import Eye, Side
from asoct_view import View


def noise(rng: np.random.Generator, rows: int, columns: int, sigma: tuple[float, float]) -> np.ndarray:
    """A wrapping field of smooth noise, standard deviation 1; sigma (across, down) in cells; sides powers of two."""
    pad = 16
    field = np.pad(rng.standard_normal((rows, columns), dtype=np.float32), pad, mode="wrap")
    field = cv2.GaussianBlur(field, (0, 0), sigmaX=sigma[0], sigmaY=sigma[1])[pad:-pad, pad:-pad]
    return np.ascontiguousarray(field / field.std())


def look_up(field: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """A wrapping field's nearest cells; coordinates in cells, above -1000."""
    rows, columns = field.shape
    i = ((down + 1024).astype(np.int32) & (rows - 1)) * columns
    return field.reshape(-1).take(i + ((across + 1024).astype(np.int32) & (columns - 1)))


def row(values: np.ndarray) -> np.ndarray:
    """Numbers by column, to go with maps."""
    return np.asarray(values, np.float32)[None, :]


class Canvas:
    """Maps of this canvas are float32, rows x columns; `columns` and `rows` are their places in the scan, mm."""

    def __init__(self, eye: Eye, view: View, columns: np.ndarray, rows: np.ndarray, blur: float):
        self.eye, self.view = eye, view
        self.columns = columns
        self.x = row(columns)
        self.z = rows.astype(np.float32)[:, None]
        self.step = float(rows[1] - rows[0])
        self.blur = max(blur, self.step)
        self._first = float(rows[0])
        self._left = columns < view.apex_x

    def band(self, top: float, bottom: float) -> tuple["Canvas", slice]:
        """The part of this canvas between two depths (mm), at least two rows, and which rows it has."""
        first = int(np.clip((top - self._first) / self.step, 0, len(self.z) - 2))
        last = int(np.clip((bottom - self._first) / self.step + 2, first + 2, len(self.z)))
        part = copy.copy(self)
        part.z = self.z[first:last]
        part._first = float(part.z[0, 0])
        return part, slice(first, last)

    def depth(self, boundary: Callable[[Side], np.ndarray]) -> np.ndarray:
        """Depth of a boundary by column, mm."""
        return self.view.boundary(boundary(self.eye.left), boundary(self.eye.right), self.columns)

    def number(self, of: Callable[[Side], float]) -> np.ndarray:
        """A side's number by column, to go with maps."""
        return row(np.where(self._left, of(self.eye.left), of(self.eye.right)))

    def _softness(self, depth: np.ndarray) -> np.ndarray:
        """Height of a soft edge, mm: the instrument's blur, more where a column crosses a steep boundary."""
        return np.clip(np.abs(np.gradient(depth)), self.blur, 6.0 * self.blur)

    def below(self, depth: np.ndarray) -> np.ndarray:
        """0 above a boundary, 1 below it, soft between."""
        inverse = 1.0 / self._softness(depth)
        mask = self.z * row(inverse)
        mask += row(0.5 - depth * inverse)
        return np.clip(mask, 0.0, 1.0, out=mask)

    def line(self, depth: np.ndarray, half_width: float) -> np.ndarray:
        """1 on a boundary, falling to 0 at `half_width` mm from it."""
        inverse = 1.0 / np.maximum(self._softness(depth), half_width)
        ridge = self.z * row(inverse)
        ridge -= row(depth * inverse)
        np.abs(ridge, out=ridge)
        np.subtract(1.0, ridge, out=ridge)
        return np.maximum(ridge, 0.0, out=ridge)

    def under(self, depth: np.ndarray) -> np.ndarray:
        """Distance below a boundary, mm, negative above it."""
        return self.z - row(depth)
