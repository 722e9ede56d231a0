"""What the heat maps should show, where the regions lie in training, and the loss (the architecture's section 11).

As published: unnormalised Gaussians of height 1, the weights of the four terms, regions around the true landmark moved
at random. Changed for these small networks: the Gaussians are not cut off, and wider against the map, which gives the
first steps something to go by; the regions are moved further, to cover the coarse stage's error on hard pictures; and
the squared errors are joined by the cross-entropy of the map's softmax, which leaves a map of zeros sooner.
"""
import numpy as np
import torch

COARSE_SIGMA = 3.0  # coarse heat-map pixels
FINE_SIGMA = 2.5  # input pixels
SHARPNESS = 10.0  # what a map is multiplied with before the softmax
CROSS_ENTROPY = 1e-3  # its weight against the squared error


def gaussians(points, width, height, sigma):
    """points [N, 2] (x, y) -> [N, 1, height, width]."""
    points = torch.as_tensor(points, dtype=torch.float32)
    dx = torch.arange(width) - points[:, :1]
    dy = torch.arange(height) - points[:, 1:]
    return torch.exp((dx[:, None, :] ** 2 + dy[:, :, None] ** 2) / (-2 * sigma ** 2))[:, None]


def region_centres(rng, points, configuration):
    """Whole pixels near the landmarks: a tenth exact, most within 3/8 of the region's radius, a fifth within 3/4."""
    kind = rng.random((len(points), 1))
    reach = configuration.region_radius * np.where(kind < 0.1, 0, np.where(kind < 0.8, 0.375, 0.75))
    moved = np.round(points + rng.uniform(-1, 1, points.shape) * reach)
    return np.clip(moved, 0, np.array(configuration.crop_size) - 1)


def difference(heatmap, target):
    """Mean squared error and a little cross-entropy between where the two maps lie, [N, 1, h, w]."""
    place = (heatmap.flatten(1) * SHARPNESS).log_softmax(1)
    wanted = target.flatten(1) / target.flatten(1).sum(1, keepdim=True)
    return ((heatmap - target) ** 2).mean() - CROSS_ENTROPY * (wanted * place).sum(1).mean()


def coarse_loss(heatmap, points, configuration):
    height, width = heatmap.shape[2:]
    target = gaussians(np.asarray(points) / configuration.ds_factor, width, height, COARSE_SIGMA)
    return difference(heatmap, target)


def fine_loss(maps, points, centres, configuration):
    """Fine map and sub-ROIs' maps; the coarse stage is finished by then."""
    local = np.asarray(points) - centres + configuration.region_radius
    target = gaussians(local, configuration.region, configuration.region, FINE_SIGMA)
    loss = 0.5 * difference(maps['fine'], target)
    for name in maps:
        if name.startswith('sub-ROI'):
            loss = loss + 0.125 * difference(maps[name], target)
    return loss
