"""HRNet (Wang et al., 2020, arXiv 1908.07919) as ZIAN uses it: parallel branches of halving resolution, fused."""
from torch import nn


def conv(inputs, outputs, kernel, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


def conv_bn_relu(inputs, outputs, stride):
    return nn.Sequential(conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs), nn.ReLU())


class Bottleneck(nn.Module):
    def __init__(self, inputs, planes):
        super().__init__()
        outputs = planes * 4
        self.conv1, self.bn1 = conv(inputs, planes, 1), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = conv(planes, planes, 3), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = conv(planes, outputs, 1), nn.BatchNorm2d(outputs)
        if inputs != outputs:
            self.downsample = nn.Sequential(conv(inputs, outputs, 1), nn.BatchNorm2d(outputs))
        self.relu = nn.ReLU()

    def forward(self, x):
        shortcut = self.downsample(x) if hasattr(self, 'downsample') else x
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)) + shortcut)


class BasicBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1, self.bn1 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = conv(channels, channels, 3), nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + x)


def upward(inputs, outputs, levels):
    """From a lower resolution: project, then repeat each pixel."""
    return nn.Sequential(
        conv(inputs, outputs, 1), nn.BatchNorm2d(outputs), nn.Upsample(scale_factor=2 ** levels, mode='nearest'))


def downward(inputs, outputs, levels):
    """From a higher resolution: strided convolutions; only the last one changes the channels and has no ReLU."""
    steps = [conv_bn_relu(inputs, inputs, 2) for _ in range(levels - 1)]
    return nn.Sequential(*steps, nn.Sequential(conv(inputs, outputs, 3, 2), nn.BatchNorm2d(outputs)))


class Module(nn.Module):
    def __init__(self, blocks, channels, outputs):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(BasicBlock(c) for _ in range(n))) for n, c in zip(blocks, channels))
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(
                None if j == i else upward(channels[j], channels[i], j - i) if j > i
                else downward(channels[j], channels[i], i - j)
                for j in range(len(channels)))
            for i in range(outputs))
        self.relu = nn.ReLU()

    def forward(self, xs):
        xs = [branch(x) for branch, x in zip(self.branches, xs)]
        outputs = []
        for i, row in enumerate(self.fuse_layers):
            terms = [xs[j] if j == i else layer(xs[j]) for j, layer in enumerate(row)]
            total = terms[0]
            for term in terms[1:]:
                total = total + term
            outputs.append(self.relu(total))
        return outputs


def transition(before, after):
    """`before`: channels of the branches there are; a branch beyond them starts from the last one, at half its size."""
    layers = []
    for i, channels in enumerate(after):
        if i >= len(before):
            layers.append(nn.Sequential(conv_bn_relu(before[-1], channels, 2)))
        else:
            layers.append(None if before[i] == channels else conv_bn_relu(before[i], channels, 1))
    return nn.ModuleList(layers)


class HRNet(nn.Module):
    def __init__(self, configuration):
        super().__init__()
        widths, stages = configuration.widths, configuration.stages
        self.conv1, self.bn1 = conv(3, widths.stem, 3, 2), nn.BatchNorm2d(widths.stem)
        self.conv2, self.bn2 = conv(widths.stem, widths.stem, 3, 2), nn.BatchNorm2d(widths.stem)
        self.relu = nn.ReLU()
        planes = widths.layer1_planes
        self.layer1 = nn.Sequential(
            *(Bottleneck(planes * 4 if i else widths.stem, planes) for i in range(widths.layer1_blocks)))
        before = [planes * 4]
        for index, stage in enumerate(stages):
            setattr(self, f'transition{index + 1}', transition(before, stage.channels))
            last = index == len(stages) - 1
            setattr(self, f'stage{index + 2}', nn.Sequential(*(
                Module(stage.blocks, stage.channels, 1 if last and m == stage.modules - 1 else len(stage.channels))
                for m in range(stage.modules))))
            before = stage.channels
        self.final_layer = nn.Conv2d(before[0], widths.final, 1)

    def forward(self, x, record, name):
        def keep(part, value):
            record(f'{name}.{part}', value)
            return value

        x = self.relu(keep('bn1', self.bn1(keep('conv1', self.conv1(x)))))
        x = self.relu(keep('bn2', self.bn2(self.conv2(x))))
        xs = [keep('layer1', self.layer1(x))]
        for index in (1, 2, 3):
            layers = getattr(self, f'transition{index}')
            entered = []
            for i, layer in enumerate(layers):
                source = xs[min(i, len(xs) - 1)]
                entered.append(source if layer is None else keep(f'transition{index}.{i}', layer(source)))
            xs = getattr(self, f'stage{index + 1}')(entered)
            for i, branch in enumerate(xs):
                keep(f'stage{index + 1}[{i}]', branch)
        out = self.final_layer(xs[0])
        record(name, out)
        return out
