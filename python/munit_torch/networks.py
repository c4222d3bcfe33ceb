"""munit's networks in PyTorch, made from their descriptions.

`munit export-run` writes every network as a tree of ops with their constants (`describe()` of @munit/layers), and its weights by their
published names. A `Network` holds those weights under exactly these names, so that its `state_dict()` is the published one, and runs the
tree. Images are [N, C, H, W] in [-1, 1].
"""
import torch
from torch import nn
from torch.nn import functional as F

from .errors import RunError

STATE = ("weight_u", "weight_v")
UNIT_EPSILON = 1e-12


def join(prefix, name):
    return f"{prefix}.{name}" if prefix and name else prefix + name


class Inputs:
    """What a network reads besides its input: AdaIN's parameters [N, F], taken column by column, and a code [N, F]."""

    def __init__(self, style=None, code=None):
        self.style, self.code, self._at = style, code, 0

    def affine(self, channels):
        """Shift and scale of the next AdaIN norm: the shifts come first."""
        at, c = self._at, channels
        self._at += 2 * c
        shift, scale = self.style[:, at : at + c], self.style[:, at + c : at + 2 * c]
        return scale[:, :, None, None], shift[:, :, None, None]


def _pad(x, rows, columns, mode):
    if rows == 0 and columns == 0:
        return x
    return F.pad(x, (columns, columns, rows, rows), mode={"reflect": "reflect", "replicate": "replicate", "zero": "constant"}[mode])


def _unit(x):
    return x / (x.norm() + UNIT_EPSILON)


def layer_norm(x, gamma, beta, epsilon):
    """MUNIT's own: statistics over all values of a sample, the deviation unbiased, epsilon added to it."""
    flat = x.flatten(1)
    mean = flat.mean(1)[:, None, None, None]
    centred = x - mean
    # Not std(): its gradient is NaN where a map is constant.
    variance = centred.square().flatten(1).sum(1) / (flat.shape[1] - 1)
    deviation = torch.where(variance > 0, variance, torch.ones_like(variance)).sqrt() * (variance > 0)
    return centred / (deviation[:, None, None, None] + epsilon) * gamma[None, :, None, None] + beta[None, :, None, None]


class Network(nn.Module):
    """A network of a run. `tensors` are its weights and buffers by their published names."""

    def __init__(self, node, tensors):
        super().__init__()
        self.node = node
        self._places = {}
        for name, tensor in tensors.items():
            *path, last = name.split(".")
            module = self
            for step in path:
                if step not in module._modules:
                    module.add_module(step, nn.Module())
                module = module._modules[step]
            if last in STATE:
                module.register_buffer(last, tensor.clone())
            else:
                module.register_parameter(last, nn.Parameter(tensor.clone()))
            self._places[name] = (module, last)
        self.spectral = sorted(name[: -len(".weight_bar")] for name in tensors if name.endswith(".weight_bar"))

    def __call__(self, x, style=None, code=None):
        return self.run(self.node, "", x, Inputs(style, code))

    def weight(self, name):
        if name not in self._places:
            raise RunError(f"The weights hold no '{name}', which the network's description names. Export the run again.")
        module, last = self._places[name]
        return getattr(module, last)

    def role(self, role, x, style=None):
        """One part of a generator: contentEncoder, styleEncoder, styleMlp or decoder."""
        part = self.node["roles"][role]
        return self.run(part["node"], part["name"], x, Inputs(style))

    def advance_power_iteration(self):
        """One step of spectral norm's power iteration, as the published code makes before every use. New tensors: a backward pass may need the old ones."""
        with torch.no_grad():
            for name in self.spectral:
                module, _ = self._places[f"{name}.weight_bar"]
                matrix = module.weight_bar.flatten(1)
                v = _unit(matrix.t() @ module.weight_u)
                module._buffers["weight_v"], module._buffers["weight_u"] = v, _unit(matrix @ v)

    def run(self, node, name, x, inputs):
        return getattr(self, f"_{node['op']}")(node, name, x, inputs)

    def _sequence(self, node, name, x, inputs):
        for part in node["parts"]:
            x = self.run(part["node"], join(name, part["name"]), x, inputs)
        return x

    def _residual(self, node, name, x, inputs):
        body, shortcut = node["body"], node.get("shortcut")
        y = self.run(body["node"], join(name, body["name"]), x, inputs)
        return y + (x if shortcut is None else self.run(shortcut["node"], join(name, shortcut["name"]), x, inputs))

    def _branches(self, node, name, x, inputs):
        return torch.cat([self.run(part["node"], join(name, part["name"]), x, inputs) for part in node["branches"]], 1)

    def _scales(self, node, name, x, inputs):
        """A map of scores per scale, the finest first."""
        scores = []
        for i, part in enumerate(node["scales"]):
            x = x if i == 0 else self._pool(node["pool"], name, x, inputs)
            scores.append(self.run(part["node"], join(name, part["name"]), x, inputs))
        return scores

    def _weight_and_bias(self, node, name):
        if node.get("spectral"):
            module = join(name, "module")
            bar, u, v = (self.weight(f"{module}.{key}") for key in ("weight_bar", "weight_u", "weight_v"))
            return bar / torch.dot(u, bar.flatten(1) @ v), self.weight(f"{module}.bias")
        return self.weight(join(name, "weight")), None if node.get("bias") is False else self.weight(join(name, "bias"))

    def _convolution(self, node, name, x, inputs):
        weight, bias = self._weight_and_bias(node, name)
        if node["upsample"] == 2:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        if node["padMode"] == "zero":
            return F.conv2d(x, weight, bias, stride=node["stride"], padding=node["padding"])
        return F.conv2d(_pad(x, node["padding"], node["padding"], node["padMode"]), weight, bias, stride=node["stride"])

    def _transposedConvolution(self, node, name, x, inputs):
        weight, bias = self._weight_and_bias(node, name)
        return F.conv_transpose2d(x, weight, bias, stride=node["stride"], padding=node["padding"], output_padding=node["outputPadding"])

    def _dense(self, node, name, x, inputs):
        return F.linear(x, *self._weight_and_bias(node, name))

    def _norm(self, node, name, x, inputs):
        norm, epsilon = node["norm"], node["epsilon"]
        if norm == "ln":
            return layer_norm(x, self.weight(join(name, "gamma")), self.weight(join(name, "beta")), epsilon)
        if norm == "bn":
            return F.batch_norm(x, None, None, self.weight(join(name, "weight")), self.weight(join(name, "bias")), training=True, eps=epsilon)
        y = F.instance_norm(x, eps=epsilon)
        if norm == "adain":
            scale, shift = inputs.affine(node["channels"])
            y = y * scale + shift
        return y

    def _activation(self, node, name, x, inputs):
        kind = node["activation"]
        if kind in ("relu", "lrelu"):
            return F.leaky_relu(x, node["slope"]) if node["slope"] else F.relu(x)
        if kind == "prelu":
            return F.prelu(x, self.weight(join(name, "weight")))
        return {"selu": F.selu, "tanh": torch.tanh}[kind](x)

    def _pool(self, node, name, x, inputs):
        size, stride, padding = node["size"], node["stride"], node["padding"]
        if node["take"] == "max":
            return F.max_pool2d(x, size, stride, padding, ceil_mode=node.get("partial", False))
        return F.avg_pool2d(x, size, stride, padding, count_include_pad=node.get("countIncludePad", False))

    def _blurPool(self, node, name, x, inputs):
        row = torch.tensor([0.25, 0.5, 0.25], dtype=x.dtype, device=x.device)
        kernel = (row[:, None] * row).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(_pad(x, 1, 1, "reflect"), kernel, stride=2, groups=x.shape[1])

    def _pad(self, node, name, x, inputs):
        return _pad(x, node["rows"], node["columns"], node["padMode"])

    def _upsample(self, node, name, x, inputs):
        return F.interpolate(x, scale_factor=node["factor"], mode="bilinear", align_corners=node["alignCorners"])

    def _dropout(self, node, name, x, inputs):
        raise RunError("Dropout (use_dropout) is not available here. Train this run with munit.")

    def _appendCode(self, node, name, x, inputs):
        code = inputs.code[:, :, None, None].to(x.dtype)
        return torch.cat([x, code.expand(-1, -1, x.shape[2], x.shape[3])], 1)

    def _globalAveragePool(self, node, name, x, inputs):
        return x.mean((2, 3), keepdim=True)

    def _flatten(self, node, name, x, inputs):
        return x.flatten(1)

    def _colours(self, node, name, x, inputs):
        source = x[:, node["from"]] if x.shape[1] == 3 else x.expand(-1, 3, -1, -1)
        gain, offset = (torch.tensor(node[key], dtype=x.dtype, device=x.device)[None, :, None, None] for key in ("gain", "offset"))
        return source * gain + offset


class Generator(Network):
    """An auto-encoder of one domain: MUNIT's, with styles, or UNIT's."""

    def encode_content(self, x):
        return self.role("contentEncoder", x)

    def encode_style(self, x):
        """[N, style_dim]"""
        return self.role("styleEncoder", x)

    def decode(self, content, style=None):
        return self.role("decoder", content, None if style is None else self.role("styleMlp", style))


class LatentEncoder(Network):
    """BicycleGAN's: mean and logarithm of the variance of an image's style code, each [N, nz]."""

    def encode(self, x):
        features, mean = self.node["parts"]
        (log_variance,) = self.node["heads"]
        summary = self.run(features["node"], features["name"], x, Inputs())
        return tuple(self.run(head["node"], head["name"], summary, Inputs()) for head in (mean, log_variance))


KINDS = {"munitGenerator": Generator, "unitGenerator": Generator, "latentEncoder": LatentEncoder}


def network(description, tensors):
    """The network that a run's `run.json` describes."""
    return KINDS.get(description["kind"], Network)(description["node"], tensors)
