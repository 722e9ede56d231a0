"""What the camera and the media of the eye add: light, haze, glare, the field's border, exposure, noise, compression."""
import cv2
import numpy as np

from fields import blob, cloudy_noise, enlarge


def illumination(rng, view, step):
    """A factor [h, w] on the coarse grid: brighter in the middle, with a shadow from one side at times."""
    distance = view.field_distance(step)
    rows, columns = np.mgrid[0:distance.shape[0], 0:distance.shape[1]].astype(np.float32)
    u = (columns * view.width / distance.shape[1] - view.field[0]) / np.float32(view.radius)
    v = (rows * view.height / distance.shape[0] - view.field[1]) / np.float32(view.radius)
    shift = rng.normal(0, 0.22, 2)
    falloff = rng.uniform(0, 0.75) * rng.random() ** 0.5
    light = 1 - np.float32(falloff) * np.clip((u - shift[0]) ** 2 + (v - shift[1]) ** 2, 0, 1.4) / np.float32(1.4)
    if rng.random() < 0.15:  # the pupil or a lash cuts light off at one side
        angle, begin = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.9)
        side = u * np.float32(np.cos(angle)) + v * np.float32(np.sin(angle)) - np.float32(begin)
        light *= 1 - np.float32(rng.uniform(0.2, 0.85)) * np.clip(side / np.float32(rng.uniform(0.15, 0.6)), 0, 1)
    return light * np.exp(np.float32(rng.uniform(0, 0.07)) * cloudy_noise(rng, light.shape, 3, 2))


def glare(rng, view, x, y, step):
    """Light added on the coarse grid [h, w, 3]: haze, reflections in the middle, at the border and beside the disc."""
    light = np.zeros((*x.shape, 3), np.float32)
    tints = ((1, 1, 1), (1.0, 0.8, 0.6), (0.35, 0.7, 1.0), (0.6, 0.9, 1.0))

    def add(shape, amount):
        tint = np.array(tints[rng.integers(len(tints))]) * rng.uniform(0.7, 1.1, 3)
        light[...] += shape[..., None] * (amount * tint).astype(np.float32)

    if rng.random() < 0.45:
        light += (rng.uniform(0.0, 0.22) * np.array([0.9, 0.9, rng.uniform(0.5, 0.9)])).astype(np.float32)
    if rng.random() < 0.28:  # beside the disc: a crescent or a patch, weak to blinding
        centre = rng.normal([0.35, 0], [0.8, 0.9])
        angle, opening = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.6)
        away = (np.arctan2(y - centre[1], x - centre[0]) - angle + np.pi) % (2 * np.pi) - np.pi
        bow = np.hypot(x - centre[0], y - centre[1]) - rng.uniform(0.4, 1.9)
        shape = np.exp(-0.5 * (bow / rng.uniform(0.08, 0.4)) ** 2 - 0.5 * (away / opening) ** 2)
        add(shape.astype(np.float32), rng.uniform(0.05, 0.75))
    if rng.random() < 0.14:  # a broad reflection anywhere in the field
        at = view.to_eye(np.array(view.field) + rng.normal(0, 0.35, 2) * view.radius)
        size = rng.uniform(0.3, 1.6)
        add(blob(x, y, at, size * rng.uniform(0.5, 1.5), size, rng.uniform(0, 3)), rng.uniform(0.04, 0.4))
    if rng.random() < 0.3:  # along the field's border
        border = np.exp(-(1 - np.minimum(view.field_distance(step), 1)) / np.float32(rng.uniform(0.03, 0.2)))
        if rng.random() < 0.75:
            far = view.to_eye(np.array(view.field) + view.radius * np.array(
                [np.cos(a := rng.uniform(0, 2 * np.pi)), np.sin(a)]))
            spread = view.radius / view.scale * rng.uniform(0.3, 0.8)
            border = border * blob(x, y, far, spread, spread)
        add(border, rng.uniform(0.05, 0.6))
    return light


def field_mask(rng, view):
    """float32 [H, W]: 1 where the retina is seen; the circle, at times with a tab or corners cut."""
    mask = np.zeros((view.height, view.width), np.uint8)
    centre = tuple(int(round(v * 16)) for v in view.field)
    cv2.circle(mask, centre, int(view.radius * 16), 255, -1, cv2.LINE_AA, 4)
    if rng.random() < 0.15:  # a tab that tells which way up the film was
        angle = rng.uniform(0, 2 * np.pi)
        out = np.array([np.cos(angle), np.sin(angle)])
        middle = np.array(view.field) + out * view.radius
        across = np.array([-out[1], out[0]]) * view.radius * 0.05
        corners = np.array([middle + across + out * view.radius * 0.04, middle - across + out * view.radius * 0.04,
                            middle - across * 1.1 - out * 0.05 * view.radius, middle + across * 1.1 - out * 0.05 * view.radius])
        cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    softness = view.radius * (rng.uniform(0.001, 0.004) if rng.random() < 0.7 else rng.uniform(0.004, 0.02))
    if softness > 0.4:
        mask = cv2.GaussianBlur(mask, (0, 0), softness)
    return mask.astype(np.float32) * np.float32(1 / 255)


def exposure(rng, image):
    """Gains per channel until channels clip, white balance, saturation; `image` [H, W, 3] is changed in place."""
    gains = np.exp(rng.normal(0, 0.08, 3) + rng.normal(0, 0.18) + (rng.random() < 0.15) * rng.uniform(-0.7, 0.45))
    image *= gains.astype(np.float32)
    if rng.random() < 0.5:
        amount = np.float32(rng.uniform(0.3, 1.0) if rng.random() < 0.5 else rng.uniform(1.0, 1.5))
        grey = cv2.transform(image, np.array([[0.15, 0.5, 0.35]], np.float32))
        image *= amount
        image += ((1 - amount) * grey)[..., None]
    return image


def tone(rng, image):
    """Gamma and black level on uint8 [H, W, 3]."""
    gamma = np.exp(rng.normal(0, 0.16))
    black = rng.uniform(0, 0.05) if rng.random() < 0.3 else 0.0
    table = 255 * (black + (1 - black) * (np.arange(256) / 255) ** gamma)
    return cv2.LUT(image, np.round(table).astype(np.uint8))


def sharpness(rng, image, view):
    """Blur of the optics (0.002 to 0.05 DD), at times sharpened afterwards."""
    sigma = view.scale * np.exp(rng.uniform(np.log(0.002), np.log(0.05 if rng.random() < 0.3 else 0.015)))
    if sigma > 0.35:
        image = cv2.GaussianBlur(image, (0, 0), sigma)
    if rng.random() < 0.15:
        amount = rng.uniform(0.3, 1.2)
        image = cv2.addWeighted(image, 1 + amount, cv2.GaussianBlur(image, (0, 0), 1.5 + 0.004 * view.scale), -amount, 0)
    return image


def sensor(rng, image, outside):
    """Noise of the sensor, quantised: float [H, W, 3] (0 to 1) -> uint8; `outside` is the black around the field."""
    height, width = image.shape[:2]
    level = np.exp(rng.uniform(np.log(0.002), np.log(0.035)))
    coarse = rng.random() < 0.3  # noise that was scaled up with the picture
    shape = (height // 2 + 1, width // 2 + 1, 3) if coarse else (height, width, 3)
    noise = np.empty(shape, np.int16)
    cv2.setRNGSeed(int(rng.integers(2 ** 31)))
    cv2.randn(noise, (0, 0, 0), tuple(float(level * 2000 * k) for k in rng.uniform(0.6, 1.4, 3)))
    if coarse:
        noise = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    image = image + noise * np.float32(1 / 2000)
    image += outside
    return cv2.convertScaleAbs(np.clip(image, 0, 1, out=image), alpha=255)


def label(rng, image, view):
    """Letters in a corner, as archives put them there."""
    if rng.random() < 0.06:
        text = ''.join(rng.choice(list('0123456789 ABCDEFR'), rng.integers(4, 16)))
        at = (int(rng.uniform(0, 0.6) * view.width), int((0.04 if rng.random() < 0.5 else 0.98) * view.height))
        size = max(0.3, view.height / 1200)
        cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (200, 200, 200), max(1, int(size * 2)), cv2.LINE_AA)


def compressed(rng, image):
    """JPEG there and back, at qualities from 35 to 97."""
    if rng.random() < 0.25:
        return image
    quality = int(rng.uniform(35, 75) if rng.random() < 0.3 else rng.uniform(75, 97))
    return cv2.imdecode(cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def apply_light(image, light, added, view):
    """Smooth layers from their coarse grid: times `light` [h, w], plus `added` [h, w, 3]."""
    image *= enlarge(light, view.width, view.height)[..., None]
    image += enlarge(added, view.width, view.height)
    return image
