"""ZIAN as it is trained: the reference's layers and parameters on a batch, around given centres, all heat maps kept."""
import torch
from torch import nn
from torch.nn import functional

import experiment  # noqa: F401  (finds the reference)
import attention
from zian_reference import ZIAN, crop_and_resize, resize, shrink


def ignore(name, value):
    return value


class PlainGelu:
    """GELU by its formula. In PyTorch 1.13 with oneDNN the gradient of `functional.gelu` is wrong, by many orders of
    magnitude, where the incoming gradient is a transposed tensor, as it is in the attention."""

    @staticmethod
    def gelu(x):
        return 0.5 * x * (1 + torch.erf(x * 0.5 ** 0.5))


class TrainableZIAN(ZIAN):
    def __init__(self, configuration):
        super().__init__(configuration)
        attention.functional = PlainGelu
        self.initialise()

    def initialise(self):
        """He's scheme for the convolutions, as there are no pretrained weights; the attention begins quietly."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity='relu')
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for head in [self.heatmap_ds[0], self.heatmap_roi[3]]:
            nn.init.normal_(head.weight, std=0.01)
        self.pass_through()
        if self.configuration.self_attention:
            nn.init.normal_(self.attention.attractors)
            nn.init.constant_(self.attention.ator_out_trans.out_trans.output.resout_norm_layer.weight, 0.1)

    def pass_through(self):
        """The mixing convolutions of the fine stage begin near the identity on the features themselves, above the
        ReLU's corner: what the backbones bring from the coarse phase reaches the head at once."""
        c = self.configuration
        mixing = [(self.convf, self.bnf, 0)]
        if c.co_attention and c.gated:
            mixing += [(self.coatten_conv1, self.coatten_bn1, c.features), (self.coatten_conv2, self.coatten_bn2, c.features)]
        elif c.co_attention:
            mixing += [(self.coatten_conv, self.coatten_bn, c.features)]
        with torch.no_grad():
            for convolution, norm, first in mixing:
                convolution.weight.mul_(0.1)
                for channel in range(convolution.out_channels):
                    convolution.weight[channel, first + channel, 1, 1] += 1
                norm.bias.fill_(1.0)

    def freeze_coarse(self):
        """The coarse stage as it is, so that the fine one learns on a steady ground; call after `train()`."""
        for part in (self.hrnet, self.heatmap_ds):
            part.eval()
            part.requires_grad_(False)

    def small(self, images):
        c = self.configuration
        return shrink(images, (c.crop_size[1] // c.ds_factor, c.crop_size[0] // c.ds_factor))

    def coarse_features(self, small):
        return functional.pixel_shuffle(self.hrnet(small, ignore, 'hrnet'), 4)

    def coarse(self, small):
        """Shrunk inputs [N, 3, h, w] -> coarse heat maps."""
        return self.heatmap_ds(self.coarse_features(small))

    def both(self, images, centres):
        """Inputs [N, 3, H, W] and regions' centres (whole input pixels, [N, 2]) -> heat maps {coarse, fine, sub-ROIs}."""
        c = self.configuration
        coarse = self.coarse_features(self.small(images))
        maps = {'coarse': self.heatmap_ds(coarse)}
        rois = {roi: self.regions(images, centres, roi) for roi in c.rois}
        if c.co_attention:
            rois = self.attend(rois, maps)
        aligned = crops(coarse, centres / c.ds_factor, c.region, 1 / c.ds_factor)
        features = torch.cat((aligned, *rois.values()), 1)
        if c.self_attention:
            features = torch.cat([self.attention(one[None], ignore) for one in features])
        maps['fine'] = self.heatmap_roi(torch.relu(self.bnf(self.convf(features))))
        return maps

    def regions(self, images, centres, roi):
        size, scale = self.configuration.region, self.SCALES[roi]
        backbone = getattr(self, self.backbone_of(roi))
        features = functional.pixel_shuffle(backbone(crops(images, centres, size, scale), ignore, ''), 4)
        if not self.configuration.trip_roi:
            return features
        return crops(features, torch.full_like(centres, size // 2 - 1), size, 1 / scale)

    def attend(self, rois, maps):
        """Co-attention on a batch; the reference's arithmetic."""
        size, gated = self.configuration.region, self.configuration.gated
        one, three = (resize(rois[roi], (size // 4, size // 4), False) for roi in ('1', '3'))
        va, vb = one.flatten(2), three.flatten(2)
        affinity = (self.linear_e(va.transpose(1, 2)) if gated else va.transpose(1, 2)) @ vb
        attended = {'1': (vb @ affinity.transpose(1, 2).softmax(1)).reshape(one.shape),
                    '3': (va @ affinity.softmax(1)).reshape(three.shape)}
        layers = {'1': (self.coatten_conv1, self.coatten_bn1), '3': (self.coatten_conv2, self.coatten_bn2)} if gated \
            else {roi: (self.coatten_conv, self.coatten_bn) for roi in ('1', '3')}
        out = {}
        for roi, own in (('1', one), ('3', three)):
            found, (convolution, norm) = attended[roi], layers[roi]
            if gated:
                found = found * torch.sigmoid(self.coatten_gate(found))
            mixed = torch.relu(norm(convolution(torch.cat((found, own), 1))))
            out[roi] = resize(mixed, (size, size), False)
            maps[f'sub-ROI {roi}'] = self.heatmap_ds(out[roi])
        return out


def crops(images, centres, size, scale):
    """`crop_and_resize` for each picture of a batch."""
    return torch.cat([crop_and_resize(image[None], centre, size, scale) for image, centre in zip(images, centres)])
