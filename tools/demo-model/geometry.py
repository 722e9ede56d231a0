"""Where things are: the eye in disc diameters, the photograph in pixels, and the map between them.

Anatomical frame: unit 1 DD (disc diameter, about 1.8 mm), origin at the disc's centre, x towards the temple, y down
(towards the feet). Pixels count from 0 and (0, 0) is the centre of the first one.

Sources of the numbers: the disc's vertical diameter is 1.8 to 1.9 mm (Jonas et al. 1988); its centre lies 4.76 +- 0.34
mm from the fovea and the line to the fovea falls by 7.8 +- 3.6 degrees (Jonas et al. 2015, Beijing Eye Study).
"""
from dataclasses import dataclass, replace

import numpy as np

CAMERA_SIZES = (  # width, height: sizes that cameras and published collections have
    (768, 576), (800, 600), (1024, 1024), (1280, 1024), (1411, 1411), (1444, 1444), (1500, 1152), (1634, 1634),
    (2048, 1536), (2124, 2056), (2336, 1568), (2992, 2000))


@dataclass(frozen=True)
class View:
    """How one photograph shows the eye."""
    width: int  # pixels
    height: int
    field: tuple  # centre of the illuminated circle, pixels
    radius: float  # of that circle, pixels
    scale: float  # pixels per disc diameter
    angle: float  # radians, of the camera about its axis
    mirror: int  # 1: temple on the right of the picture, -1: on the left
    look_at: tuple  # the point of the eye in the circle's centre, DD

    def matrix(self):
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return self.scale * np.array([[cos, -sin], [sin, cos]]) @ np.diag([self.mirror, 1.0])

    def to_pixels(self, points):
        """[..., 2] in DD -> pixels."""
        return (np.asarray(points) - self.look_at) @ self.matrix().T + self.field

    def to_eye(self, points):
        """[..., 2] in pixels -> DD."""
        return (np.asarray(points) - self.field) @ np.linalg.inv(self.matrix()).T + self.look_at

    def shows(self, point, margin):
        """Whether `point` (DD) is in the picture and the circle, or at most `margin` (DD) outside."""
        x, y = self.to_pixels(point)
        slack = margin * self.scale
        inside = -slack < x < self.width - 1 + slack and -slack < y < self.height - 1 + slack
        return bool(inside and np.hypot(x - self.field[0], y - self.field[1]) < self.radius + slack)

    def resized(self, factor):
        """The same picture with `factor` times as many pixels along each side."""
        half = 0.5 * (factor - 1)  # pixel centres keep their place
        return replace(
            self, width=max(1, round(self.width * factor)), height=max(1, round(self.height * factor)),
            field=tuple(v * factor + half for v in self.field), radius=self.radius * factor,
            scale=self.scale * factor)

    def eye_grid(self, step):
        """x and y in DD at every `step`-th pixel's middle, for smooth layers: two [h, w] arrays."""
        h, w = max(2, round(self.height / step)), max(2, round(self.width / step))
        columns = (np.arange(w) + 0.5) * self.width / w - 0.5
        rows = (np.arange(h) + 0.5) * self.height / h - 0.5
        inverse = np.linalg.inv(self.matrix()).astype(np.float32)
        dx, dy = (columns - self.field[0]).astype(np.float32)[None], (rows - self.field[1]).astype(np.float32)[:, None]
        return (inverse[0, 0] * dx + inverse[0, 1] * dy + np.float32(self.look_at[0]),
                inverse[1, 0] * dx + inverse[1, 1] * dy + np.float32(self.look_at[1]))

    def field_distance(self, step):
        """Distance from the circle's centre in radii, on the grid of `eye_grid`."""
        h, w = max(2, round(self.height / step)), max(2, round(self.width / step))
        columns = ((np.arange(w) + 0.5) * self.width / w - 0.5 - self.field[0]) / self.radius
        rows = ((np.arange(h) + 0.5) * self.height / h - 0.5 - self.field[1]) / self.radius
        return np.sqrt(columns.astype(np.float32)[None] ** 2 + rows.astype(np.float32)[:, None] ** 2)


def draw_fovea(rng):
    """The fovea's place in DD: about 2.5 DD temporal of the disc's centre and slightly below."""
    distance = np.clip(rng.normal(2.55, 0.24), 2.0, 3.2)
    fall = np.radians(np.clip(rng.normal(7.8, 4.0), -4, 19))
    return np.array([distance * np.cos(fall), distance * np.sin(fall)])


def draw_view(rng, fovea):
    """A photograph's frame in which the fovea is visible."""
    while True:
        width, height = CAMERA_SIZES[rng.integers(len(CAMERA_SIZES))]
        style = rng.choice(['whole', 'cut', 'filled'], p=[0.52, 0.36, 0.12])
        short, long = min(width, height), max(width, height)
        if style == 'whole':  # the whole circle, black around it
            radius = 0.5 * short * rng.uniform(0.84, 1.0)
        elif style == 'cut':  # cut off above and below, or on all sides
            radius = 0.5 * min(long * rng.uniform(0.86, 1.02), short * 1.45) * rng.uniform(0.98, 1.06)
        else:  # a piece from within the circle
            radius = 0.5 * np.hypot(width, height) * rng.uniform(0.9, 1.3)
        shift = rng.normal(0, 0.015 if style == 'whole' else 0.04, 2) * short
        centre = np.array([(width - 1) / 2, (height - 1) / 2]) + shift
        diameter = np.clip(rng.normal(6.3, 0.9), 4.3, 9.0)  # DD: fields of about 30 to 60 degrees
        if style == 'filled':
            diameter *= 1.25
        aim = rng.choice(['macula', 'between', 'disc', 'anywhere'], p=[0.45, 0.3, 0.12, 0.13])
        look_at = {
            'macula': fovea + rng.normal(0, 0.3, 2),
            'between': fovea * rng.uniform(0.35, 0.75) + rng.normal(0, 0.3, 2),
            'disc': rng.normal(0, 0.3, 2),
            'anywhere': fovea + rng.uniform(-2.2, 2.2, 2),
        }[aim]
        view = View(width, height, tuple(centre), float(radius), float(2 * radius / diameter),
                    float(np.radians(np.clip(rng.normal(0, 5.5), -20, 20))), int(rng.choice([-1, 1])), tuple(look_at))
        if rng.random() < 0.3:
            view = cropped(view, rng)
        x, y = view.to_pixels(fovea)
        inside = 0.04 * view.width < x < 0.96 * view.width and 0.04 * view.height < y < 0.96 * view.height
        # Without the disc little but its place in the field tells the macula: such a photograph is aimed at it.
        reach = 0.86 if view.shows((0.0, 0.0), 0.2) else 0.5
        if inside and np.hypot(x - view.field[0], y - view.field[1]) < reach * view.radius:
            return view


def cropped(view, rng):
    """Up to a third cut off at one side, sometimes a little at the others."""
    cuts = rng.uniform(0, 0.06, 4) * (rng.random(4) < 0.4)
    cuts[rng.integers(4)] = rng.uniform(0.05, 0.34)
    left, top, right, bottom = cuts * [view.width, view.height, view.width, view.height]
    left, top = round(left), round(top)
    return replace(view, width=view.width - left - round(right), height=view.height - top - round(bottom),
                   field=(view.field[0] - left, view.field[1] - top))
