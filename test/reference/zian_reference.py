"""ZIAN (Lei et al., OMIA 2022, arXiv 2210.02445) in PyTorch, written for clarity, keeping every stage's result.

The parameters have the names of the authors' checkpoints, so `load_state_dict` takes those as they are.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional

import seeded
from attention import CoAttention, SelfAttention
from hrnet import HRNet, conv


def peak(heatmap):
    """(x, y) of the first largest value, row by row; (0, 0) where nothing is above zero."""
    flat = heatmap.reshape(-1)
    index = int(flat.argmax()) if flat.max() > 0 else 0
    return index % heatmap.shape[-1], index // heatmap.shape[-1]


def crop_and_resize(image, center, size, scale, positions=None):
    """A size x size crop of `image` [1, C, H, W], `scale` source pixels apart, around `center` (x, y).

    `positions`: the dtype that sampling positions are computed in (default: the image's).
    """
    height, width = image.shape[2:]
    dtype = positions or image.dtype
    offsets = (torch.arange(size, dtype=dtype) - size // 2) * torch.tensor(scale, dtype=dtype)
    gx = (center[0] + offsets - width // 2) / (width // 2)
    gy = (center[1] + offsets - height // 2) / (height // 2)
    grid = torch.stack((gx.expand(size, size), gy[:, None].expand(size, size)), -1)[None].to(image.dtype)
    return functional.grid_sample(image, grid, mode='bilinear', padding_mode='zeros', align_corners=False)


def resize(x, size, align_corners):
    return functional.interpolate(x, size, mode='bilinear', align_corners=align_corners)


def shrink(image, size, positions=None):
    """The coarse stage's input: bilinear with align_corners, `size` as (height, width).

    With `positions` float32 and a float64 image, the taps lie where the float32 network has them (its step is
    rounded to float32), and everything else is float64.
    """
    if positions in (None, image.dtype):
        return resize(image, size, align_corners=True)
    for axis, count in ((2, size[0]), (3, size[1])):
        last = image.shape[axis] - 1
        at = torch.arange(count, dtype=image.dtype) * float(np.float32(last) / np.float32(count - 1))
        low = at.floor().clamp(max=last)
        weight = (at - low).reshape([-1 if a == axis else 1 for a in range(4)])
        low = low.long()
        image = image.index_select(axis, low) * (1 - weight) + image.index_select(
            axis, (low + 1).clamp(max=last)) * weight
    return image


class ZIAN(nn.Module):
    SCALES = {'1': 1.0, '2': 1.5, '3': 2.0}

    def __init__(self, configuration):
        super().__init__()
        self.configuration = c = configuration
        f, fused = c.features, c.fused
        self.hrnet = HRNet(c)
        if not c.hrnet_only:
            self.hrnet_roi = HRNet(c)
        self.heatmap_ds = nn.Sequential(nn.Conv2d(f, 1, 1))
        if '2' in c.rois:
            self.hrnet_roi_2 = HRNet(c)
        if '3' in c.rois:
            self.hrnet_roi_3 = HRNet(c)
        if c.co_attention and c.gated:
            self.linear_e = nn.Linear(f, f, bias=False)
            self.coatten_gate = conv(f, 1, 1)
            self.coatten_conv1, self.coatten_conv2 = conv(2 * f, f, 3), conv(2 * f, f, 3)
            self.coatten_bn1, self.coatten_bn2 = nn.BatchNorm2d(f), nn.BatchNorm2d(f)
            self.main_classifier1 = nn.Conv2d(f, 1, 1)  # in the checkpoints, but nothing reads them
            self.main_classifier2 = nn.Conv2d(f, 1, 1)
        elif c.co_attention:
            self.coatten_conv, self.coatten_bn = conv(2 * f, f, 3), nn.BatchNorm2d(f)
        if c.self_attention:
            self.attention = SelfAttention(fused, c.widths.attractors, c.widths.mode_size)
        self.convf, self.bnf = conv(fused, fused, 3), nn.BatchNorm2d(fused)
        self.heatmap_roi = nn.Sequential(
            nn.Conv2d(fused, c.widths.head, 3, padding=1), nn.BatchNorm2d(c.widths.head), nn.ReLU(),
            nn.Conv2d(c.widths.head, 1, 1))
        self.eval()

    def backbone_of(self, roi):
        return 'hrnet_roi' if roi == '1' else f'hrnet_roi_{roi}'

    def load_seeded(self, seed, adjust=()):
        """Seeded weights; each of `adjust` ({name, scale, offset}) then changes one tensor, with two roundings."""
        changes = {a['name']: a for a in adjust}
        state = {}
        for name, value in self.state_dict().items():
            array = seeded.tensor(name, tuple(value.shape), seed)
            if name in changes:
                change = changes.pop(name)
                array = array * np.float32(change['scale']) + np.float32(change['offset'])
            state[name] = torch.from_numpy(array)
        if changes:
            raise KeyError(f'no such tensor: {sorted(changes)}')
        self.load_state_dict(state)
        return self

    @torch.no_grad()
    def forward(self, image, positions=None):
        """Every stage by name; `coarse_xy` and `fine_xy` are the landmarks in pixels of the input [1, 3, H, W]."""
        c, stages = self.configuration, {}

        def record(name, value):
            stages[name] = value
            return value

        record('input', image)
        small = (c.crop_size[1] // c.ds_factor, c.crop_size[0] // c.ds_factor)
        input_ds = record('input_ds', shrink(image, small, positions))
        shuffled = functional.pixel_shuffle(self.hrnet(input_ds, record, 'hrnet'), 4)
        coarse = record('coarse.features', shuffled)
        x, y = peak(record('heatmap_ds', self.heatmap_ds(coarse)))
        center = (x * c.ds_factor, y * c.ds_factor)
        stages['coarse_xy'] = center
        if c.hrnet_only:
            return stages
        record('roi_center', torch.tensor([center], dtype=image.dtype))

        size = c.region
        rois = {roi: self.region_features(image, center, roi, positions, record) for roi in c.rois}
        if c.co_attention:
            rois = self.attend_regions(rois, record)
        around = (center[0] / c.ds_factor, center[1] / c.ds_factor)
        coarse = record('coarse.aligned', crop_and_resize(coarse, around, size, 1 / c.ds_factor, positions))
        features = torch.cat((coarse, *rois.values()), 1)
        if c.self_attention:
            record('attention.in', features)
            features = record('attention.out', self.attention(features, record))
        fused = record('bnf', self.bnf(record('convf', self.convf(features))))
        heatmap = record('heatmap_roi', self.heatmap_roi(record('fused', torch.relu(fused))))
        x, y = peak(heatmap)
        stages['fine_xy'] = (x + center[0] - c.region_radius, y + center[1] - c.region_radius)
        return stages

    def region_features(self, image, center, roi, positions, record):
        size, scale, name = self.configuration.region, self.SCALES[roi], self.backbone_of(roi)
        crop = record(f'input_roi_{roi}', crop_and_resize(image, center, size, scale, positions))
        features = functional.pixel_shuffle(getattr(self, name)(crop, record, name), 4)
        record(f'roi_{roi}.features', features)
        if not self.configuration.trip_roi:
            return features
        middle = size // 2 - 1
        aligned = crop_and_resize(features, (middle, middle), size, 1 / scale, positions)
        return record(f'roi_{roi}.aligned', aligned)

    def attend_regions(self, rois, record):
        size = self.configuration.region
        small = {roi: resize(x, (size // 4, size // 4), False) for roi, x in rois.items()}
        attended = dict(zip(small, CoAttention(self, self.configuration.gated)(small['1'], small['3'])))
        out = {}
        for roi, x in small.items():
            record(f'coattention.in.{roi}', x)
            record(f'coattention.out.{roi}', attended[roi])
            out[roi] = resize(attended[roi], (size, size), False)
            record(f'heatmap_roi_{roi}', self.heatmap_ds(out[roi]))
        return out
