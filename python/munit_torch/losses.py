"""The terms of the losses, as functions of scores, images and codes. Everything is reduced in float32."""
import torch
from torch.nn import functional as F


def mean_distance(x, y):
    """mean |x - y|"""
    return (x.float() - y.float()).abs().mean()


def _fake(kind, s):
    return {"lsgan": lambda: s.square().mean(), "nsgan": lambda: F.softplus(s).mean(), "hinge": lambda: F.relu(1 + s).mean()}[kind]()


def _real(kind, s):
    return {"lsgan": lambda: (s - 1).square().mean(), "nsgan": lambda: F.softplus(-s).mean(), "hinge": lambda: F.relu(1 - s).mean()}[kind]()


def _wanted(kind, s):
    return -s.mean() if kind == "hinge" else _real(kind, s)


def discriminator_term(kind, fakes, reals):
    """Summed over scales."""
    return sum(_fake(kind, s.float()) for s in fakes) + sum(_real(kind, s.float()) for s in reals)


def generator_term(kind, fakes):
    return sum(_wanted(kind, s.float()) for s in fakes)


def kl_term(code):
    """mean h²"""
    return code.float().square().mean()


def gaussian_kl(mean, log_variance):
    """½ Σ mean² + e^v − 1 − v over all values: a sum over samples too."""
    mean, log_variance = mean.float(), log_variance.float()
    return 0.5 * (mean.square() + torch.expm1(log_variance) - log_variance).sum()


def gradient_penalty(score, reals):
    """R1: ½ mean over samples of ‖∇ D(x)‖², D the sum over scales of the mean score of a sample (Mescheder et al. 2018)."""
    x = reals.detach().requires_grad_()
    total = sum(s.float().mean() for s in score(x)) * x.shape[0]
    (gradient,) = torch.autograd.grad(total, x, create_graph=True)
    return gradient.square().sum() * (0.5 / x.shape[0])


def mode_seeking(a, b, s, t):
    """1 / (mean |a − b| / mean |s − t| + 1e-5) (Mao et al. 2019)."""
    return 1 / (mean_distance(a, b) / mean_distance(s, t) + 1e-5)


def _kernel_mean(x, y):
    """Mean over all pairs of C / (C + ‖x − y‖²), C = 2 · dimensions."""
    constant = 2 * x.shape[1]
    return (constant / (constant + (x[:, None] - y[None]).square().sum(2))).mean()


def style_prior(encoded, drawn):
    """The maximum mean discrepancy of encoded and drawn styles."""
    encoded, drawn = encoded.float(), drawn.float()
    return _kernel_mean(encoded, encoded) + _kernel_mean(drawn, drawn) - 2 * _kernel_mean(encoded, drawn)


def perceptual(a, b):
    """Mean squared distance of instance-normalised features."""
    return F.mse_loss(F.instance_norm(a.float(), eps=1e-5), F.instance_norm(b.float(), eps=1e-5))
