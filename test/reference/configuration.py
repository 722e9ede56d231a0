"""What a ZIAN model and its preprocessing are built from, and its reading from the authors' option names."""
import ast
from dataclasses import dataclass, field, replace
from typing import Optional

NORMALISATION = {  # mean and std per channel in OpenCV's order (blue, green, red)
    'refuge': ((0.158, 0.224, 0.350), (0.143, 0.175, 0.255)),
    'age': ((0.152, 0.071, 0.070), (0.138, 0.127, 0.127)),
    'gamma': ((0.265, 0.130, 0.036), (0.293, 0.154, 0.069)),
}


@dataclass(frozen=True)
class Stage:
    modules: int
    blocks: tuple
    channels: tuple


@dataclass(frozen=True)
class Widths:
    """Channel counts that the authors' options do not reach; the defaults are HRNet-W32's and ZIAN's."""
    stem: int = 64
    layer1_planes: int = 64
    layer1_blocks: int = 4
    final: int = 256
    attractors: int = 256
    head: int = 16
    mode_size: Optional[int] = None  # of queries and keys in self-attention; the default is half the channels


@dataclass(frozen=True)
class Configuration:
    dataset: str = 'refuge'
    image_size: tuple = (1064, 1064)  # width, height
    crop_size: tuple = (1024, 1024)
    ds_factor: int = 4
    region_radius: int = 128
    hrnet_only: bool = False
    trip_roi: bool = True
    roi_num: int = 2
    self_attention: bool = True
    co_attention: bool = True
    stages: tuple = (
        Stage(1, (4, 4), (32, 64)),
        Stage(4, (4, 4, 4), (32, 64, 128)),
        Stage(3, (4, 4, 4, 4), (32, 64, 128, 256)),
    )
    widths: Widths = field(default_factory=Widths)

    @property
    def gated(self):
        """AGE's co-attention has no gate, no linear map and one convolution for both regions."""
        return self.dataset != 'age'

    @property
    def features(self):
        return self.widths.final // 16  # what is left of the channels after pixel shuffle by 4

    @property
    def rois(self):
        if not self.trip_roi:
            return ('1',)
        return ('1', '2', '3') if self.roi_num == 3 else ('1', '3')

    @property
    def fused(self):
        return self.features * (1 + len(self.rois))

    @property
    def region(self):
        return 2 * self.region_radius


def from_options(dataset, options, widths=None):
    """The released configuration of `dataset`, changed by a flat list [KEY, VALUE, KEY, VALUE, ...]; the last wins."""
    c = Configuration(dataset=dataset, widths=Widths(**(widths or {})))
    simple = {
        'MODEL.DS_FACTOR': 'ds_factor', 'MODEL.REGION_RADIUS': 'region_radius', 'MODEL.HRNET_ONLY': 'hrnet_only',
        'MODEL.TRIP_ROI': 'trip_roi', 'MODEL.ROI_NUM': 'roi_num', 'MODEL.SELF_ATTEN': 'self_attention',
        'MODEL.CO_ATTEN': 'co_attention',
    }
    for key, text in zip(options[::2], options[1::2]):
        value = ast.literal_eval(text)
        if key in simple:
            c = replace(c, **{simple[key]: value})
        elif key == 'MODEL.IMAGE_SIZE':
            c = replace(c, image_size=tuple(value))
        elif key == 'MODEL.CROP_SIZE':
            c = replace(c, crop_size=tuple(value))
        elif key.startswith('MODEL.EXTRA.STAGE'):
            index = int(key[len('MODEL.EXTRA.STAGE')]) - 2
            name = {'NUM_MODULES': 'modules', 'NUM_BLOCKS': 'blocks', 'NUM_CHANNELS': 'channels'}[key.split('.')[-1]]
            stages = list(c.stages)
            stages[index] = replace(stages[index], **{name: value if name == 'modules' else tuple(value)})
            c = replace(c, stages=tuple(stages))
        elif key == 'TRAIN.AGE_DATA':
            c = replace(c, dataset='age' if value else dataset)
        elif key == 'MODEL.HRNET_TYPE' and value == 0 or key == 'MODEL.PATCH_SIZE':
            pass  # the backbone that is written here; a size that only training uses
        else:
            raise ValueError(f'{key}={text}: this reference has no such option')
    return c
