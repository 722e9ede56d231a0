"""The runs that make_fixtures.py records: small networks of every kind, and two of the released size."""
from dataclasses import dataclass, field

IN, OUT = 'attention.in_ator_trans', 'attention.ator_out_trans'


@dataclass(frozen=True)
class Run:
    name: str
    image: tuple  # width, height, seed and, if not 256, brightness of synthetic.py
    seed: int  # of the weights
    options: dict = field(default_factory=dict)  # the authors' option names; the rest as released
    widths: dict = field(default_factory=dict)
    dataset: str = 'refuge'
    adjust: tuple = ()  # changes to single tensors after seeding: {name, scale, offset}
    ties: tuple = ()  # heat maps whose largest value is attained more than once, on purpose
    clamps: tuple = ()  # halves of the self-attention whose scores exceed 500, on purpose


def adjust(name, scale=1.0, offset=0.0):
    return {'name': name, 'scale': scale, 'offset': offset}


def sizes(image, crop, radius, factor=4):
    """`image` and `crop`: a side, or (width, height)."""
    pair = lambda side: list(side) if isinstance(side, tuple) else [side, side]
    return {'MODEL.IMAGE_SIZE': pair(image), 'MODEL.CROP_SIZE': pair(crop), 'MODEL.REGION_RADIUS': radius,
            'MODEL.DS_FACTOR': factor}


def stages(channels, blocks=((1, 1), (1, 1, 1), (1, 1, 1, 1)), modules=(1, 1, 1)):
    out = {}
    for index in range(3):
        key = f'MODEL.EXTRA.STAGE{index + 2}'
        count = index + 2
        row = channels[index] if isinstance(channels[0], tuple) else channels[:count]
        out |= {f'{key}.NUM_MODULES': modules[index], f'{key}.NUM_BLOCKS': list(blocks[index]),
                f'{key}.NUM_CHANNELS': list(row)}
    return out


NARROW = {'stem': 12, 'layer1_planes': 5, 'layer1_blocks': 2, 'final': 32, 'attractors': 10, 'head': 7}
SMALL = {'stem': 16, 'layer1_planes': 4, 'layer1_blocks': 1, 'final': 64, 'attractors': 32, 'head': 16}
ODD = stages((6, 12, 20, 36))
EVEN = stages((8, 16, 24, 32))
REGION_32 = sizes(136, 128, 16, 2)

RUNS = (
    # Widths that are no multiple of 4, two features, modes of 3; the picture is exactly twice IMAGE_SIZE.
    Run('narrow', (272, 272, 1), 101, {**REGION_32, **ODD}, NARROW),
    # Branch widths that change between stages (transitions with convolutions), unequal blocks, more modules.
    Run('narrow-deep', (150, 131, 2), 102,
        {**REGION_32, **stages(((6, 12), (8, 12, 20), (8, 12, 20, 36)), ((1, 2), (2, 1, 1), (1, 1, 1, 2)), (2, 2, 2))},
        {**NARROW, 'mode_size': 2}),
    # No projection in layer1, since the stem is as wide as its output; no resize, as the picture has IMAGE_SIZE.
    Run('narrow-age', (260, 260, 3), 103, {**sizes(260, 256, 32, 8), **ODD}, {**NARROW, 'stem': 20}, 'age'),
    Run('wide-region', (500, 420, 4), 104, {**sizes(392, 384, 48), **EVEN}, SMALL),
    Run('wide-region-age', (700, 330, 5), 205, {**sizes(392, 384, 48), **EVEN}, SMALL, 'age'),
    Run('oblong', (201, 333, 6), 106, {**sizes((264, 140), (256, 128), 32), **EVEN}, SMALL),
    Run('gamma', (90, 120, 7), 107, {**sizes(128, 128, 32, 4), **EVEN}, SMALL, 'gamma'),
    Run('three-regions', (300, 280, 8), 108,
        {**sizes(264, 256, 32), **EVEN, 'MODEL.ROI_NUM': 3, 'MODEL.CO_ATTEN': False}, SMALL),
    Run('one-region', (300, 280, 9), 109,
        {**REGION_32, **ODD, 'MODEL.TRIP_ROI': False, 'MODEL.CO_ATTEN': False}, NARROW),
    Run('no-self-attention', (140, 137, 10), 110, {**REGION_32, **EVEN, 'MODEL.SELF_ATTEN': False}, SMALL),
    Run('no-co-attention', (140, 137, 11), 111, {**REGION_32, **EVEN, 'MODEL.CO_ATTEN': False}, SMALL),
    Run('no-attention-age', (140, 137, 12), 112,
        {**REGION_32, **EVEN, 'MODEL.CO_ATTEN': False, 'MODEL.SELF_ATTEN': False}, SMALL, 'age'),
    Run('coarse-only', (333, 222, 13), 113, {**sizes(264, 256, 32), **EVEN, 'MODEL.HRNET_ONLY': True}, SMALL),
    Run('clamped-squeeze', (140, 137, 14), 114, {**REGION_32, **EVEN}, SMALL,
        adjust=(adjust(f'{IN}.query.weight', 64), adjust(f'{OUT}.query.weight', 1 / 4)), clamps=('in_ator_trans',)),
    Run('clamped-expand', (140, 137, 15), 115, {**REGION_32, **EVEN}, SMALL,
        adjust=(adjust(f'{OUT}.query.weight', 64),), clamps=('ator_out_trans',)),
    Run('coarse-below-zero', (140, 137, 16), 116, {**REGION_32, **EVEN}, SMALL,
        adjust=(adjust('heatmap_ds.0.bias', 1, -100),)),
    Run('fine-below-zero', (140, 137, 17), 117, {**REGION_32, **EVEN}, SMALL,
        adjust=(adjust('heatmap_roi.3.bias', 1, -100),)),
    Run('coarse-constant', (140, 137, 18), 118, {**REGION_32, **EVEN, 'MODEL.HRNET_ONLY': True}, SMALL,
        adjust=(adjust('heatmap_ds.0.weight', 0),), ties=('heatmap_ds',)),
    # All of the last layer's weights are negative, so every pixel whose features are all zero has the bias, 0.5.
    Run('fine-plateau', (140, 137, 19), 223, {**REGION_32, **EVEN}, {**SMALL, 'head': 3},
        adjust=(adjust('heatmap_roi.3.weight', 1 / 8, -1), adjust('heatmap_roi.1.bias', 1, -0.5)),
        ties=('heatmap_roi',)),
    Run('full-refuge', (640, 700, 20), 31),
    Run('full-age', (533, 499, 21, 96), 34, dataset='age'),
)
