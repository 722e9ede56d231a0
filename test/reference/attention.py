"""ZIAN's two attentions: across the two regions (co-attention) and within the fused features (self-attention)."""
import torch
from torch import nn
from torch.nn import functional

LARGEST_SCORE = 500.0
BLOCK = 256


def blocked_product(a, b):
    """a @ b with the sum over the inner axis taken in blocks.

    A BLAS without blocking (netlib's, as Debian may have it) adds 65,536 float32 terms one after the other, which
    costs two digits in the squeeze.
    """
    modes, rows, inner = a.shape
    if inner <= BLOCK or inner % BLOCK:
        return a @ b
    left = a.reshape(modes, rows, -1, BLOCK).transpose(1, 2)
    right = b.reshape(modes, -1, BLOCK, b.shape[2])
    return (left @ right).sum(1)


class SoftAggregation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.feat2score = nn.Linear(channels, 1)

    def forward(self, modes):  # [mode, token, C] -> [token, C]
        return (self.feat2score(modes).softmax(0) * modes).sum(0)


class Intermediate(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.shared_linear = nn.Linear(channels, channels)


class Output(nn.Module):
    def __init__(self, channels, modes):
        super().__init__()
        self.group_linear = nn.Conv1d(modes * channels, modes * channels, 1, groups=modes)
        self.resout_norm_layer = nn.LayerNorm(channels, eps=1e-12)


class OutTrans(nn.Module):
    def __init__(self, channels, modes):
        super().__init__()
        self.modes = modes
        self.first_linear = nn.Linear(channels, modes * channels)
        self.feat_softaggr = SoftAggregation(channels)
        self.intermediate = Intermediate(channels)
        self.output = Output(channels, modes)

    def forward(self, keys, probabilities, record):
        values = self.first_linear(keys)
        record('first_linear', values)
        values = values.reshape(len(keys), self.modes, -1).transpose(0, 1)  # [mode, key, C]
        attended = blocked_product(probabilities, values)  # [mode, query, C]
        record('mid_in', attended.transpose(1, 2))
        hidden = functional.gelu(self.intermediate.shared_linear(attended)).transpose(1, 2)  # [mode, C, query]
        record('mid_out', hidden)
        mixed = self.output.group_linear(hidden.reshape(1, -1, hidden.shape[2]))
        modes = self.output.resout_norm_layer(mixed.reshape(hidden.shape).transpose(1, 2))
        record('modes_out', modes)
        return self.feat_softaggr(modes)


class CrossAttention(nn.Module):
    def __init__(self, channels, modes=2, mode_size=None):
        super().__init__()
        self.modes = modes
        self.query = nn.Linear(channels, modes * (mode_size or channels // modes))
        self.key = nn.Linear(channels, modes * (mode_size or channels // modes))
        self.out_trans = OutTrans(channels, modes)

    def forward(self, queries, keys, record):  # [query, C], [key, C] -> [query, C]
        def split(x):
            return x.reshape(len(x), self.modes, -1).transpose(0, 1)  # [mode, token, C / modes]

        q, k = self.query(queries), self.key(keys)
        record('query', q)
        record('key', k)
        scores = split(q) @ split(k).transpose(1, 2) / (q.shape[1] // self.modes) ** 0.5
        if scores.max() > LARGEST_SCORE:
            scores = scores.clamp(-LARGEST_SCORE, LARGEST_SCORE)
        record('scores', scores)
        out = self.out_trans(keys, scores.softmax(2), record)
        record('out', out)
        return out


class SelfAttention(nn.Module):
    """Squeeze the pixels into a few learnt attractors, then let every pixel read from the attractors."""

    def __init__(self, channels, attractors, mode_size=None):
        super().__init__()
        self.attractors = nn.Parameter(torch.zeros(1, attractors, channels))
        self.in_ator_trans = CrossAttention(channels, mode_size=mode_size)
        self.ator_out_trans = CrossAttention(channels, mode_size=mode_size)

    def forward(self, features, record):  # [1, C, S, S] -> the same
        _, channels, height, width = features.shape
        tokens = features.transpose(2, 3).reshape(channels, -1).T  # column by column
        squeezed = self.in_ator_trans(
            self.attractors[0], tokens, lambda part, value: record(f'attn.in_ator_trans.{part}', value))
        out = self.ator_out_trans(tokens, squeezed, lambda part, value: record(f'attn.ator_out_trans.{part}', value))
        # Written back row by row although the tokens came column by column: the checkpoints know it so.
        return features + out.T.reshape(1, channels, height, width)


class CoAttention:
    """What the two regions' features (1, F, h, w) tell each other; the parameters belong to the network's top level."""

    def __init__(self, network, gated):
        self.network, self.gated = network, gated

    def __call__(self, exemplar, query):
        net, shape = self.network, exemplar.shape
        va, vb = exemplar.reshape(shape[1], -1), query.reshape(shape[1], -1)
        affinity = (net.linear_e(va.T) if self.gated else va.T) @ vb  # [exemplar pixel, query pixel]
        query_attended = (va @ affinity.softmax(0)).reshape(shape)
        exemplar_attended = (vb @ affinity.T.softmax(0)).reshape(shape)
        if self.gated:
            exemplar_attended = exemplar_attended * torch.sigmoid(net.coatten_gate(exemplar_attended))
            query_attended = query_attended * torch.sigmoid(net.coatten_gate(query_attended))
            layers = ((net.coatten_conv1, net.coatten_bn1), (net.coatten_conv2, net.coatten_bn2))
        else:
            layers = ((net.coatten_conv, net.coatten_bn),) * 2
        pairs = ((exemplar_attended, exemplar), (query_attended, query))
        return tuple(
            torch.relu(bn(conv(torch.cat(pair, 1)))) for pair, (conv, bn) in zip(pairs, layers))
