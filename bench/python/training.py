"""One training step of MUNIT: the discriminators' update, then the generators', as published."""
import torch

from networks import Weights, content_encoder, decoder, discriminator, style_encoder


def mean_distance(x, y):
    return (x - y).abs().mean()


def scores_to(scores, target):
    """LSGAN: the mean squared distance to a target, summed over scales."""
    return sum(((score - target) ** 2).mean() for score in scores)


class Trainer:
    def __init__(self, weights, config):
        self.config = config
        weights = {name: tensor.requires_grad_() for name, tensor in weights.items()}
        self.gen = {d: Weights(weights, f"gen_{d}.") for d in "ab"}
        self.dis = {d: Weights(weights, f"dis_{d}.") for d in "ab"}
        self.gen_optimizer = self._adam([t for name, t in weights.items() if name.startswith("gen_")])
        self.dis_optimizer = self._adam([t for name, t in weights.items() if name.startswith("dis_")])

    def _adam(self, parameters):
        c = self.config
        return torch.optim.Adam(parameters, lr=c["lr"], betas=(c["beta1"], c["beta2"]), weight_decay=c["weight_decay"])

    def encode(self, domain, x):
        return content_encoder(self.gen[domain], x, self.config), style_encoder(self.gen[domain], x)

    def decode(self, domain, content, style):
        return decoder(self.gen[domain], content, style, self.config)

    def judge(self, domain, x):
        return discriminator(self.dis[domain], x, self.config)

    def update_discriminators(self, images, styles):
        """As published: both codes of both images are made anew, and the translations are cut off from the graph."""
        self.dis_optimizer.zero_grad(set_to_none=True)
        content_a, _ = self.encode("a", images["a"])
        content_b, _ = self.encode("b", images["b"])
        fakes = {"a": self.decode("a", content_b, styles["a"]), "b": self.decode("b", content_a, styles["b"])}
        losses = {}
        for d in "ab":
            losses[f"loss_dis_{d}"] = scores_to(self.judge(d, fakes[d].detach()), 0) + scores_to(self.judge(d, images[d]), 1)
        total = self.config["gan_w"] * (losses["loss_dis_a"] + losses["loss_dis_b"])
        total.backward()
        self.dis_optimizer.step()
        return {**losses, "loss_dis_total": total}

    def update_generators(self, images, styles):
        self.gen_optimizer.zero_grad(set_to_none=True)
        c = self.config
        content, style = {}, {}
        for d in "ab":
            content[d], style[d] = self.encode(d, images[d])
        same = {d: self.decode(d, content[d], style[d]) for d in "ab"}
        fakes = {"a": self.decode("a", content["b"], styles["a"]), "b": self.decode("b", content["a"], styles["b"])}
        # The translation in domain a carries b's content, and the style drawn for a.
        content_of_b, style_again_a = self.encode("a", fakes["a"])
        content_of_a, style_again_b = self.encode("b", fakes["b"])
        again = {"a": content_of_a, "b": content_of_b}
        losses = {
            "loss_gen_recon_x_a": mean_distance(same["a"], images["a"]),
            "loss_gen_recon_x_b": mean_distance(same["b"], images["b"]),
            "loss_gen_recon_s_a": mean_distance(style_again_a, styles["a"]),
            "loss_gen_recon_s_b": mean_distance(style_again_b, styles["b"]),
            "loss_gen_recon_c_a": mean_distance(again["a"], content["a"]),
            "loss_gen_recon_c_b": mean_distance(again["b"], content["b"]),
        }
        if c["recon_x_cyc_w"] > 0:
            for d in "ab":
                losses[f"loss_gen_cycrecon_x_{d}"] = mean_distance(self.decode(d, again[d], style[d]), images[d])
        for d in "ab":
            losses[f"loss_gen_adv_{d}"] = scores_to(self.judge(d, fakes[d]), 1)
        total = sum(c[weight_of(name)] * loss for name, loss in losses.items())
        total.backward()
        self.gen_optimizer.step()
        return {**losses, "loss_gen_total": total}

    def step(self, inputs):
        images = {d: inputs[f"image_{d}"] for d in "ab"}
        losses = self.update_discriminators(images, {d: inputs[f"dis_style_{d}"] for d in "ab"})
        losses.update(self.update_generators(images, {d: inputs[f"gen_style_{d}"] for d in "ab"}))
        return {name: loss.item() for name, loss in losses.items()}


WEIGHTS = {"adv": "gan_w", "recon_x": "recon_x_w", "recon_s": "recon_s_w", "recon_c": "recon_c_w", "cycrecon_x": "recon_x_cyc_w"}


def weight_of(name):
    """loss_gen_recon_x_a is weighted by recon_x_w."""
    return WEIGHTS[name[len("loss_gen_") : -2]]
