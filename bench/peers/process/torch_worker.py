"""PyTorch, eager, as an engine of the bench of peers: see protocol.ts for what it is told and answers.

    python3 torch_worker.py '{"files": {...}, "provider": "cpu"}'
"""
import json
import os
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
MARK = '@zian-peer '


def say(**answer):
    print(MARK + json.dumps(answer), flush=True)


def milliseconds_since(start):
    return (time.perf_counter() - start) * 1e3


class Engine:
    def __init__(self, files, provider):
        sys.path.insert(0, os.path.join(FOLDER, '..', '..', '..', 'test', 'reference'))
        import numpy
        import torch

        self.torch, self.files = torch, files
        if provider == 'cuda' and not torch.cuda.is_available():
            raise RuntimeError('this PyTorch has no CUDA device')
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        self.device = torch.device(provider)
        self.input = numpy.fromfile(files['input'], '<f4').reshape(files['spec']['shape'])

    def about(self):
        kind = self.torch.cuda.get_device_name() if self.device.type == 'cuda' else f'{self.torch.get_num_threads()} threads'
        return f'{self.torch.__version__}, {kind}'

    def load(self):
        from safetensors_io import read
        tensors, _ = read(self.files['weights'])
        state = {name: self.torch.from_numpy(array.copy()) for name, array in tensors.items()}
        network = {'convolutions': convolutions, 'backbone': backbone, 'model': model}[self.files['spec']['kind']]
        module, self.forward = network(self.files['spec'], state)
        module.eval().to(self.device)

    def compute(self):
        with self.torch.no_grad():
            outputs = self.forward(self.torch.from_numpy(self.input).to(self.device))
            return {name: value.cpu().numpy() for name, value in outputs.items()}

    def choose_threads(self):
        """By default PyTorch takes one thread per physical core; one per processor may be faster, or much slower."""
        times = {}
        for count in {self.torch.get_num_threads(), len(os.sched_getaffinity(0))}:
            self.torch.set_num_threads(count)
            self.compute()
            start = time.perf_counter()
            self.compute()
            times[count] = time.perf_counter() - start
        self.torch.set_num_threads(min(times, key=times.get))

    def start(self):
        start = time.perf_counter()
        self.load()
        outputs = self.compute()
        took = milliseconds_since(start)
        if self.device.type == 'cpu':
            self.choose_threads()
        paths = {}
        for name, value in outputs.items():
            paths[name] = os.path.join(self.files['results'], f'{os.getpid()}-{name}.f32')
            value.astype('<f4').tofile(paths[name])
        say(type='first', milliseconds=took, about=self.about(), outputs=paths)

    def run(self):
        start = time.perf_counter()
        self.compute()
        say(type='run', milliseconds=milliseconds_since(start))


def load_strictly(module, state):
    """The file has no counters and nothing that is not read; every other tensor must be there."""
    missing, unexpected = module.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith('num_batches_tracked') and 'main_classifier' not in name]
    if missing or unexpected:
        raise RuntimeError(f'the weights do not fit the network: missing {missing[:3]}, unexpected {unexpected[:3]}')
    return module


def convolutions(spec, state):
    from torch import nn
    layers, inputs = [], spec['shape'][1]
    for layer in spec['layers']:
        layers.append(nn.Conv2d(inputs, layer['outputs'], layer['kernel'], layer['stride'], layer['kernel'] // 2))
        layers.append(nn.ReLU())
        inputs = layer['outputs']
    module = nn.Sequential(*layers)
    # Layer i is module 2i: a ReLU comes after each.
    names = {f'layers.{i}.{part}': f'{2 * i}.{part}' for i in range(len(spec['layers'])) for part in ('weight', 'bias')}
    load_strictly(module, {names[name]: value for name, value in state.items()})
    return module, lambda x: {'features': module(x)}


def backbone(spec, state):
    from configuration import Configuration, Stage, Widths
    from hrnet import HRNet
    a = spec['architecture']
    stages = tuple(Stage(s['modules'], tuple(s['blocks']), tuple(s['channels'])) for s in a['stages'])
    widths = Widths(stem=a['stem'][0], layer1_planes=a['layer1']['planes'], layer1_blocks=a['layer1']['blocks'],
                    final=a['outputs'])
    module = HRNet(Configuration(stages=stages, widths=widths))
    load_strictly(module, {name.removeprefix('hrnet.'): value for name, value in state.items()})
    return module, lambda x: {'features': module(x, lambda name, value: value, 'hrnet')}


def model(spec, state):
    from configuration import from_options
    from zian_reference import ZIAN
    module = load_strictly(ZIAN(from_options(spec['dataset'], spec['options'], spec['widths'])), state)

    def forward(x):
        stages = module(x)
        return {name: stages[name] for name in ('heatmap_ds', 'heatmap_roi') if name in stages}
    return module, forward


def main():
    request = json.loads(sys.argv[1])
    engine = None
    for line in sys.stdin:
        try:
            engine = engine or Engine(request['files'], request.get('provider', 'cpu'))
            engine.start() if line.strip() == 'start' else engine.run()
        except Exception as error:  # whatever it is, the bench wants to hear of it and go on with the next peer
            say(type='error', message=f'{type(error).__name__}: {error}')


main()
