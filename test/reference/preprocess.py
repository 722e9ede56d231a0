"""From a picture to the network's input, and from the network's landmark back to the picture, as OpenCV users do it."""
import cv2
import numpy as np
import torch

from configuration import NORMALISATION


def preprocess(bgr, configuration):
    """uint8 [H, W, 3] in blue, green, red -> float32 [1, 3, crop height, crop width]."""
    size, crop = configuration.image_size, configuration.crop_size
    if (bgr.shape[1], bgr.shape[0]) != tuple(size):
        bgr = cv2.resize(bgr, size, interpolation=cv2.INTER_LINEAR)
    left, top = (size[0] - crop[0]) // 2, (size[1] - crop[1]) // 2
    bgr = bgr[top:top + crop[1], left:left + crop[0]]
    mean, std = (np.array(v, np.float32) for v in NORMALISATION[configuration.dataset])
    values = (bgr.astype(np.float32) / np.float32(255) - mean) / std
    return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]


def to_image(xy, image_size, configuration):
    """Crop pixels -> pixels of the picture (width, height), in float64 and rounded once to float32."""
    out = []
    for axis in (0, 1):
        resized, crop = configuration.image_size[axis], configuration.crop_size[axis]
        out.append(float(np.float32((xy[axis] + (resized - crop) / 2) * (image_size[axis] / resized))))
    return out


def csv_line(name, image_xy):
    """REFUGE's layout: coordinates from 1, two decimals."""
    return f'{name},{image_xy[0] + 1:.2f},{image_xy[1] + 1:.2f}'


def mean_with_flipped(xy, flipped_xy, crop_width):
    """The flip test: the mirrored run's x is crop_width - x."""
    return [(xy[0] + crop_width - flipped_xy[0]) / 2, (xy[1] + flipped_xy[1]) / 2]
