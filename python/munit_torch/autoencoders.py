"""MUNIT and UNIT: an auto-encoder and a multi-scale discriminator of each domain."""
import torch

from . import losses
from .method import OTHER, Method, frozen, of_domains, total_of


class AutoEncoders(Method):
    """What MUNIT and UNIT share: a generator and a multi-scale discriminator of each domain, the discriminators first."""

    parts = {"gen": ("gen_a", "gen_b"), "dis": ("dis_a", "dis_b")}

    def gen(self, domain):
        return self.networks[f"gen_{domain}"]

    def dis(self, domain):
        return self.networks[f"dis_{domain}"]

    def score(self, domain, x):
        return self.dis(domain)(x)

    def dis_loss(self, fakes, reals, drawn, step):
        config, scores = self.config, {}
        for what, images in (("fakes", fakes), ("reals", reals)):
            for d in "ab":
                self.dis(d).advance_power_iteration()
                scores[what, d] = self.score(d, self.seen(drawn, what, d, images[d]))
        terms = of_domains("loss_dis", config["gan_w"], lambda d: losses.discriminator_term(self.gan, scores["fakes", d], scores["reals", d]))
        if config["r1_w"] > 0:
            due = step % config["r1_every"] == 0
            value = (lambda d: losses.gradient_penalty(lambda x: self.score(d, x), reals[d])) if due else (lambda d: torch.zeros((), device=reals[d].device))
            terms += of_domains("loss_dis_r1", config["r1_w"] * config["r1_every"] if due else 0, value)
        return total_of(terms), terms

    def adversarial(self, fakes, drawn):
        """The generators' adversarial terms."""
        with frozen(self.part("dis").values()):
            for d in "ab":
                self.dis(d).advance_power_iteration()
            scores = {d: self.score(d, self.seen(drawn, "gen", d, fakes[d])) for d in "ab"}
        return of_domains("loss_gen_adv", self.config["gan_w"], lambda d: losses.generator_term(self.gan, scores[d]))

    def reconstruction(self, name, weight, made, images):
        return of_domains(name, weight, lambda d: losses.mean_distance(made[d], images[d]), reconstructs=True)

    def update(self, trainer, batches):
        pairs = []
        with torch.no_grad(), trainer.autocast():
            for images, drawn in batches:
                pairs.append(({d: x.detach() for d, x in self.translate(images, drawn).items()}, images, drawn))
        terms = trainer.minimise("dis", [(fakes, images, drawn, trainer.step) for fakes, images, drawn in pairs])[0]
        return [*terms, *trainer.minimise("gen", batches)[0]]


class Munit(AutoEncoders):
    """MUNIT (Huang et al. 2018). `fakes[d]` is made by the generator of d from the other domain's content."""

    def draw(self, rng, count):
        dim = self.config["gen"]["style_dim"]
        styles = lambda: {d: self.normals(rng, count, dim) for d in "ab"}
        noise = {"dis": styles(), "gen": styles()}
        seen = self.draw_augmentations(rng, count)
        if self.config["mode_seeking_w"] > 0:
            noise["other"] = styles()
        return {"noise": noise, "augment": seen}

    def translate(self, images, drawn):
        contents = {d: self.gen(d).encode_content(images[d]) for d in "ab"}
        return {d: self.gen(d).decode(contents[OTHER[d]], drawn["noise"]["dis"][d]) for d in "ab"}

    def gen_loss(self, images, drawn):
        config, styles = self.config, drawn["noise"]["gen"]
        content = {d: self.gen(d).encode_content(images[d]) for d in "ab"}
        style = {d: self.gen(d).encode_style(images[d]) for d in "ab"}
        same = {d: self.gen(d).decode(content[d], style[d]) for d in "ab"}
        fakes = {d: self.gen(d).decode(content[OTHER[d]], styles[d]) for d in "ab"}
        # The translation into d carries the other domain's content, and the style drawn for d.
        again = {OTHER[d]: self.gen(d).encode_content(fakes[d]) for d in "ab"}
        style_again = {d: self.gen(d).encode_style(fakes[d]) for d in "ab"}
        weight = lambda name, key: 0 if name in config["without"] else config[key]
        terms = [
            *self.adversarial(fakes, drawn),
            *self.reconstruction("loss_gen_recon_x", weight("image", "recon_x_w"), same, images),
            *self.reconstruction("loss_gen_recon_s", weight("style", "recon_s_w"), style_again, styles),
            *self.reconstruction("loss_gen_recon_c", weight("content", "recon_c_w"), again, content),
        ]
        if config["recon_x_cyc_w"] > 0:
            cycles = {d: self.gen(d).decode(again[d], style[d]) for d in "ab"}
            terms += self.reconstruction("loss_gen_cycrecon_x", config["recon_x_cyc_w"], cycles, images)
        if config["mode_seeking_w"] > 0:
            other = drawn["noise"]["other"]
            others = {d: self.gen(d).decode(content[OTHER[d]], other[d]) for d in "ab"}
            terms += of_domains("loss_gen_mode_seeking", config["mode_seeking_w"], lambda d: losses.mode_seeking(fakes[d], others[d], styles[d], other[d]))
        if config["style_kl_w"] > 0:
            terms += of_domains("loss_gen_style_kl", config["style_kl_w"], lambda d: losses.kl_term(style[d]))
        if config["style_mmd_w"] > 0:
            terms += of_domains("loss_gen_style_mmd", config["style_mmd_w"], lambda d: losses.style_prior(style[d], styles[d]))
        return total_of(terms), terms


class Unit(AutoEncoders):
    """UNIT (Liu et al. 2017): one shared code; every decoding adds its own noise to it. Noises are named by the domain whose image the code is of."""

    def draw(self, rng, count):
        config = self.config
        halve = lambda side: side >> config["gen"]["n_downsample"]
        shape = (count, halve(config["crop_image_height"]), halve(config["crop_image_width"]), config["gen"]["dim"] * 2 ** config["gen"]["n_downsample"])
        one = lambda: self.normals(rng, *shape).permute(0, 3, 1, 2).contiguous()
        noise = {key: {d: one() for d in order} for key, order in (("dis", "ab"), ("codes", "ab"), ("recovered", "ba"))}
        return {"noise": noise, "augment": self.draw_augmentations(rng, count)}

    def translate(self, images, drawn):
        noise = drawn["noise"]["dis"]
        codes = {d: self.gen(d).encode_content(images[d]) for d in "ab"}
        return {d: self.gen(d).decode(codes[OTHER[d]] + noise[OTHER[d]]) for d in "ab"}

    def gen_loss(self, images, drawn):
        config, noise = self.config, drawn["noise"]
        codes = {d: self.gen(d).encode_content(images[d]) for d in "ab"}
        same = {d: self.gen(d).decode(codes[d] + noise["codes"][d]) for d in "ab"}
        fakes = {d: self.gen(d).decode(codes[OTHER[d]] + noise["codes"][OTHER[d]]) for d in "ab"}
        again = {OTHER[d]: self.gen(d).encode_content(fakes[d]) for d in "ab"}
        terms = [
            *self.adversarial(fakes, drawn),
            *self.reconstruction("loss_gen_recon_x", config["recon_x_w"], same, images),
            *of_domains("loss_gen_recon_kl", config["recon_kl_w"], lambda d: losses.kl_term(codes[d])),
        ]
        if config["recon_x_cyc_w"] > 0:
            cycles = {d: self.gen(d).decode(again[d] + noise["recovered"][d]) for d in "ab"}
            terms += self.reconstruction("loss_gen_cyc_x", config["recon_x_cyc_w"], cycles, images)
        terms += of_domains("loss_gen_recon_kl_cyc", config["recon_kl_cyc_w"], lambda d: losses.kl_term(again[d]), ends=("aba", "bab"))
        return total_of(terms), terms
