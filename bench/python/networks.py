"""MUNIT's networks (Huang et al., ECCV 2018) as functions of a dictionary of weights.

Keys are those of the published models, so that the same files serve all. Images are [N, C, H, W].
"""
import torch
from torch.nn import functional as F

EPSILON = 1e-5


class Weights:
    """A view of a dictionary of weights under a prefix."""

    def __init__(self, tensors, prefix=""):
        self.tensors, self.prefix = tensors, prefix

    def at(self, *path):
        return Weights(self.tensors, self.prefix + "".join(f"{step}." for step in path))

    def __getitem__(self, name):
        return self.tensors[self.prefix + name]


def conv(w, x, stride=1, padding=0):
    if padding > 0:
        x = F.pad(x, (padding,) * 4, mode="reflect")
    return F.conv2d(x, w["weight"], w["bias"], stride=stride)


def instance_norm(x, scale=None, shift=None):
    """Statistics of each sample and channel; scale and shift [N, C] make it AdaIN."""
    n, c, h, width = x.shape
    flat = x.reshape(1, n * c, h, width)
    scale, shift = (None if p is None else p.reshape(n * c) for p in (scale, shift))
    return F.batch_norm(flat, None, None, scale, shift, training=True, eps=EPSILON).view(n, c, h, width)


def layer_norm(w, x):
    """MUNIT's own: statistics over all values of a sample, the deviation unbiased, epsilon added to it."""
    flat = x.flatten(1)
    mean = flat.mean(1).view(-1, 1, 1, 1)
    deviation = flat.std(1).view(-1, 1, 1, 1)
    x = (x - mean) / (deviation + EPSILON)
    return x * w["gamma"].view(1, -1, 1, 1) + w["beta"].view(1, -1, 1, 1)


def content_encoder(w, x, config):
    w, down = w.at("enc_content", "model"), config["gen"]["n_downsample"]
    x = F.relu_(instance_norm(conv(w.at(0, "conv"), x, padding=3)))
    for i in range(down):
        x = F.relu_(instance_norm(conv(w.at(i + 1, "conv"), x, stride=2, padding=1)))
    for i in range(config["gen"]["n_res"]):
        block = w.at(down + 1, "model", i, "model")
        y = F.relu_(instance_norm(conv(block.at(0, "conv"), x, padding=1)))
        x = x + instance_norm(conv(block.at(1, "conv"), y, padding=1))
    return x


STYLE_DOWNSAMPLINGS = 4


def style_encoder(w, x):
    """[N, style_dim]"""
    w = w.at("enc_style", "model")
    x = F.relu_(conv(w.at(0, "conv"), x, padding=3))
    for i in range(STYLE_DOWNSAMPLINGS):
        x = F.relu_(conv(w.at(i + 1, "conv"), x, stride=2, padding=1))
    x = F.adaptive_avg_pool2d(x, 1)
    return conv(w.at(STYLE_DOWNSAMPLINGS + 2), x).flatten(1)


def mlp(w, style):
    """The AdaIN parameters of all layers: per layer the shifts, then the scales."""
    w = w.at("mlp", "model")
    x = F.relu_(F.linear(style, w["0.fc.weight"], w["0.fc.bias"]))
    x = F.relu_(F.linear(x, w["1.fc.weight"], w["1.fc.bias"]))
    return F.linear(x, w["2.fc.weight"], w["2.fc.bias"])


def decoder(w, content, style, config):
    adain, x, channels = mlp(w, style), content, content.shape[1]
    parts = iter(adain.split(channels, dim=1))
    w = w.at("dec", "model")
    for i in range(config["gen"]["n_res"]):
        block = w.at(0, "model", i, "model")
        shift, scale = next(parts), next(parts)
        y = F.relu_(instance_norm(conv(block.at(0, "conv"), x, padding=1), scale, shift))
        shift, scale = next(parts), next(parts)
        x = x + instance_norm(conv(block.at(1, "conv"), y, padding=1), scale, shift)
    up = config["gen"]["n_downsample"]
    for i in range(up):
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        block = w.at(2 * i + 2)
        x = F.relu_(layer_norm(block.at("norm"), conv(block.at("conv"), x, padding=2)))
    return torch.tanh(conv(w.at(2 * up + 1, "conv"), x, padding=3))


def discriminator(w, x, config):
    """A map of scores per scale, the finest first."""
    scores, layers = [], config["dis"]["n_layer"]
    for scale in range(config["dis"]["num_scales"]):
        if scale > 0:
            x = F.avg_pool2d(x, 3, stride=2, padding=1, count_include_pad=False)
        y = x
        for i in range(layers):
            y = F.leaky_relu_(conv(w.at("cnns", scale, i, "conv"), y, stride=2, padding=1), 0.2)
        scores.append(conv(w.at("cnns", scale, layers), y))
    return scores
