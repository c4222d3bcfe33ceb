"""LPIPS with AlexNet, and VGG16's features, as functions of a dictionary of weights with torchvision's names."""
import torch
from torch.nn import functional as F

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
ALEXNET = [(0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)]
# Convolutions in each block of VGG16: maxima are taken between blocks.
VGG16 = (2, 2, 3, 3, 3)
# Images that pass the networks at once: enough for full threads, little enough for caches.
CHUNK = 4


def standardized(images):
    """Images in [-1, 1] as torchvision's weights expect them."""
    return ((images + 1) / 2 - MEAN) / DEVIATION


def convolution(weights, index, x, **options):
    return F.relu(F.conv2d(x, weights[f"features.{index}.weight"], weights[f"features.{index}.bias"], **options))


def alexnet_maps(weights, x):
    maps = []
    for place, (index, stride, padding) in enumerate(ALEXNET):
        if place in (1, 2):
            x = F.max_pool2d(x, 3, 2)
        x = convolution(weights, index, x, stride=stride, padding=padding)
        maps.append(x)
    return maps


def lpips(weights, x, y):
    """LPIPS 0.1 of each pair (Zhang et al. 2018, equation 1)."""
    distances = 0
    for level, (a, b) in enumerate(zip(alexnet_maps(weights, standardized(x)), alexnet_maps(weights, standardized(y)))):
        a, b = (m / (m.square().sum(1, keepdim=True).sqrt() + 1e-10) for m in (a, b))
        head = weights[f"head.{level}"].view(1, -1, 1, 1)
        distances = distances + ((a - b).square() * head).sum(1).mean((1, 2))
    return distances


def vgg16_features(weights, images):
    """The mean over places of VGG16's last features (relu5_3)."""
    x = standardized(images)
    for block, count in enumerate(VGG16, start=1):
        if block > 1:
            x = F.max_pool2d(x, 2)
        for layer in range(1, count + 1):
            name = f"conv{block}_{layer}"
            x = F.relu(F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1))
    return x.mean((2, 3))


class Judging:
    """Every run measures all of the item's pairs anew."""

    def __init__(self, weights, inputs):
        self.weights, self.inputs = weights, inputs

    def __call__(self):
        x, y = (self.inputs[name].split(CHUNK) for name in ("image_a", "image_b"))
        with torch.no_grad():
            return torch.cat([lpips(self.weights, a, b) for a, b in zip(x, y)])


class Features:
    """Every run takes the features of all of the item's images anew."""

    def __init__(self, weights, inputs):
        self.weights, self.images = weights, inputs["image_a"]

    def __call__(self):
        with torch.no_grad():
            return torch.cat([vgg16_features(self.weights, part) for part in self.images.split(CHUNK)])
