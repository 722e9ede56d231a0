"""From anatomy and tissue to the power that returns from each place of a scan."""

from dataclasses import dataclass

import numpy as np

from asoct_canvas import Canvas, look_up, noise, row
from asoct_tissue import DB, Tissue

_ACROSS = 20.0  # mm added to signed lateral coordinates before textures are looked up


def _mix(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return a + (b - a) * weight


class _Depths:
    """Every boundary's depth by column."""

    def __init__(self, canvas: Canvas):
        self.outer = canvas.depth(lambda s: s.coat.outer)
        self.episclera = canvas.depth(lambda s: s.coat.episclera)
        self.inner = canvas.depth(lambda s: s.coat.inner)
        self.wall = canvas.depth(lambda s: s.coat.wall)
        self.iris_front = canvas.depth(lambda s: s.uvea.iris_front)
        self.iris_back = canvas.depth(lambda s: s.uvea.iris_back)
        self.uvea_back = canvas.depth(lambda s: s.uvea.back)
        self.lens = canvas.depth(lambda s: s.lens)


@dataclass
class _Layers:
    """Maps that tissues are laid on, one over the other."""

    strength: np.ndarray  # dB
    fade: np.ndarray  # dB/mm
    amount: np.ndarray  # how much of a place is tissue, 0..1

    def lay(self, rows: slice, strength: np.ndarray, fade: np.ndarray | np.float32, amount: np.ndarray,
            cover: np.ndarray) -> None:
        """Lays a tissue over some rows: it replaces what is there by `cover` (0..1), and adds its amount."""
        self.strength[rows] = _mix(self.strength[rows], strength, cover)
        self.fade[rows] = _mix(self.fade[rows], fade, cover)
        np.maximum(self.amount[rows], amount, out=self.amount[rows])


def _lateral(canvas: Canvas) -> tuple[np.ndarray, np.ndarray]:
    """Lateral coordinate for textures (mm, positive), distance from the eye's axis (mm)."""
    across = canvas.view.across(canvas.x, canvas.z)
    return across + np.float32(_ACROSS), np.abs(across)


def _coat(canvas: Canvas, tissue: Tissue, rng: np.random.Generator, d: _Depths) -> _Layers:
    """Cornea, conjunctiva and sclera."""
    across, r = _lateral(canvas)
    depth = canvas.under(d.outer)
    depth *= row(1.0 / np.maximum(d.inner - d.outer, 0.2))
    np.clip(depth, -0.2, 1.4, out=depth)
    outer = canvas.number(lambda s: s.coat.limbus_outer)
    inner = canvas.number(lambda s: s.coat.limbus_inner)
    border = outer + (inner - outer + tissue.limbus_bend * (1.0 - depth)) * depth
    white = np.clip((r - border) * (1.0 / tissue.limbus_blur) + 0.5, 0.0, 1.0)

    weave = look_up(noise(rng, 128, 256, (5.0, 0.9)), 40.0 * across, 70.0 * depth)
    weave *= tissue.lamellae
    patches = look_up(noise(rng, 64, 128, (2.5, 2.0)), 16.0 * across, 18.0 * depth)
    film = canvas.line(d.outer + 0.01, 0.03)

    gain = tissue.apex_gain * np.exp(-(((canvas.columns - canvas.view.apex_x) / 1.3) ** 2))
    clear = 0.5 * weave + row(tissue.cornea + gain)
    clear += tissue.surface * film
    clear += 0.35 * tissue.surface * canvas.line(d.outer + 0.06, 0.02)  # under the epithelium
    endothelium = canvas.line(d.inner - 0.008, 0.025)
    endothelium *= np.clip((canvas.number(lambda s: s.coat.schwalbe) + 0.1 - r) * 8.0, 0.0, 1.0)
    clear += tissue.endothelium * endothelium

    deep = tissue.sclera + weave + 0.7 * patches
    shallow = tissue.conjunctiva + 1.6 * patches + 3.0 * film
    opaque = _mix(shallow, deep, canvas.below(d.episclera))
    _darken_canal(canvas, d, r, opaque)
    return _Layers(
        strength=_mix(clear, opaque, white),
        fade=tissue.fade_cornea + (tissue.fade_sclera - tissue.fade_cornea) * white,
        amount=canvas.below(d.outer) * (1.0 - canvas.below(d.inner)),
    )


def _darken_canal(canvas: Canvas, d: _Depths, r: np.ndarray, strength: np.ndarray) -> None:
    """Schlemm's canal: a dark slit, 0.25 mm long, in the sulcus just before the spur."""
    seen = canvas.number(lambda s: s.coat.canal)
    if seen.any():
        middle = canvas.number(lambda s: 0.72 * s.coat.spur[0] + 0.28 * s.coat.schwalbe)
        along = np.clip(1.0 - np.abs(r - middle) * (1.0 / 0.13), 0.0, 1.0)
        strength -= 9.0 * canvas.line(d.inner - 0.035, 0.05) * along * seen


def _lay_uvea(canvas: Canvas, tissue: Tissue, rng: np.random.Generator, d: _Depths, layers: _Layers) -> None:
    """Meshwork before the spur, ciliary muscle and processes behind it."""
    first = min(s.coat.schwalbe for s in (canvas.eye.left, canvas.eye.right)) - 0.1
    peripheral = np.abs(canvas.columns - canvas.view.apex_x) > first - 0.7  # a tilt moves it by less
    canvas, rows = canvas.band(d.inner[peripheral].min(initial=np.inf) - 0.1, np.inf)
    across, r = _lateral(canvas)
    past_coat = canvas.below(d.inner)
    grain = look_up(noise(rng, 128, 256, (1.6, 1.2)), 28.0 * across, 36.0 * canvas.z)
    muscle = 0.8 * tissue.grain * grain
    muscle += tissue.muscle - 2.0 * np.clip(canvas.under(d.inner), 0.0, 2.0)
    behind_spur = np.clip((r - canvas.number(lambda s: s.coat.spur[0])) * 20.0 + 0.5, 0.0, 1.0)
    strength = tissue.meshwork + (muscle - tissue.meshwork) * behind_spur

    # The muscle lies against the coat up to the wall, and past the recess down to its back. That edge is oblique
    # and uneven: processes hang in behind the iris's root.
    above_wall = past_coat * (1.0 - canvas.below(d.wall))
    hang = 0.45 * np.clip(canvas.under(d.iris_back) * 2.0, 0.0, 1.0) + 0.05 * grain
    body = np.clip((r - canvas.number(lambda s: s.uvea.recess) + hang) * 6.0, 0.0, 1.0)
    body *= past_coat
    body *= 1.0 - canvas.below(d.uvea_back)
    layers.lay(rows, strength, np.float32(tissue.fade_muscle), np.maximum(above_wall, body), past_coat)


def _lay_iris(canvas: Canvas, tissue: Tissue, rng: np.random.Generator, d: _Depths, layers: _Layers) -> None:
    """The iris, up to its root in the ciliary body."""
    there = d.iris_back - d.iris_front > 0.01
    near = np.abs(canvas.columns - canvas.view.apex_x) < 1.0 + max(
        canvas.eye.left.uvea.recess, canvas.eye.right.uvea.recess
    )
    there &= near
    canvas, rows = canvas.band(
        d.iris_front[there].min(initial=np.inf) - 0.1, d.iris_back[there].max(initial=-np.inf) + 0.1
    )
    across, r = _lateral(canvas)
    before_root = canvas.number(lambda s: s.uvea.recess) - r
    amount = canvas.below(d.iris_front) * (1.0 - canvas.below(d.iris_back))
    amount *= np.clip((r - canvas.number(lambda s: s.uvea.pupil)) * 20.0 + 0.8, 0.0, 1.0)
    amount *= np.clip(before_root * 5.0 + 0.9, 0.0, 1.0)
    depth = canvas.under(d.iris_front)
    stroma = look_up(noise(rng, 128, 256, (1.6, 1.4)), 30.0 * across, 40.0 * depth)
    wide = look_up(noise(rng, 64, 128, (2.0, 2.0)), 14.0 * across, 18.0 * depth)
    into = np.clip(depth * row(1.0 / np.maximum(d.iris_back - d.iris_front, 0.1)), 0.0, 1.0)
    strength = tissue.iris - 3.0 * into + tissue.grain * (0.7 * stroma + 0.6 * wide)
    strength += 4.0 * canvas.line(d.iris_front + 0.015, 0.05)
    pigment = canvas.line(d.iris_back - 0.03, 0.07)
    pigment *= np.clip(before_root * 2.0, 0.0, 1.0)
    strength += 2.5 * pigment
    layers.lay(rows, strength, tissue.fade_iris + (tissue.pigment / 0.07) * pigment, amount, amount)


def _clear_media(canvas: Canvas, tissue: Tissue, d: _Depths, lost: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Power from aqueous and lens; the lens is left out behind the iris, which takes the light."""
    through = np.exp(lost * -DB)
    through *= 1.0 - amount
    haze = float(np.exp(tissue.aqueous * DB))
    power = (canvas.below(d.outer) * haze) * through

    lens, rows = canvas.band(d.lens.min() - 0.1, np.inf)
    _, r = _lateral(lens)
    front = float(np.exp(tissue.lens * DB))
    glow = np.exp(np.maximum(lens.under(d.lens), 0.0) * (-6.0 * DB))
    glow *= lens.below(d.lens)
    glow *= front * 0.16
    glow += lens.line(d.lens, 0.035) * front
    glow *= np.clip((lens.number(lambda s: s.uvea.pupil) + 1.0 - r) * 3.0, 0.0, 1.0)
    power[rows] += glow * through[rows]
    return power


def scatter(canvas: Canvas, tissue: Tissue, rng: np.random.Generator) -> np.ndarray:
    """Power above a noise floor of 1, before speckle (float32, rows x columns)."""
    d = _Depths(canvas)
    power = np.zeros((len(canvas.z), len(canvas.columns)), np.float32)
    canvas, rows = canvas.band(d.outer.min() - 0.1, np.inf)
    layers = _coat(canvas, tissue, rng, d)
    _lay_uvea(canvas, tissue, rng, d, layers)
    _lay_iris(canvas, tissue, rng, d, layers)

    layers.fade *= layers.amount
    lost = np.cumsum(layers.fade, axis=0, out=layers.fade)
    lost *= canvas.step
    shown = np.exp((layers.strength - lost) * DB)
    shown *= layers.amount
    shown += _clear_media(canvas, tissue, d, lost, layers.amount)
    power[rows] = shown
    return power
