"""CycleGAN, with and without noise, and BicycleGAN."""
import torch

from . import losses
from .method import OTHER, Method, Term, frozen, total_of


class CycleGan(Method):
    """CycleGAN (Zhu et al. 2017), with noise where `gen.style_dim` is above 0. `fakes[d]` are made to look like d. The generators first."""

    parts = {"gen": ("G_A", "G_B"), "dis": ("D_A", "D_B")}
    totals = {"gen": "loss_G_total", "dis": "loss_D_total"}
    first = "gen"
    letter = {"a": "B", "b": "A"}

    def draw(self, rng, count):
        dim, names = self.config["gen"]["style_dim"], ["fakes", "cycles"]
        names += ["identities"] if self.config["lambda_identity"] > 0 else []
        noise = {name: {d: self.normals(rng, count, dim) for d in "ab"} for name in names} if dim > 0 else {}
        return {"noise": noise, "augment": self.draw_augmentations(rng, count)}

    def translate(self, domain, x, drawn, use):
        code = drawn["noise"][use][domain] if drawn["noise"] else None
        return self.networks[f"G_{self.letter[domain]}"](x, code=code)

    def judge(self, domain, x):
        return self.networks[f"D_{self.letter[domain]}"](x)

    def gen_loss(self, images, drawn):
        config = self.config
        lambdas = {"a": config["lambda_A"], "b": config["lambda_B"]}
        fakes = {d: self.translate(d, images[OTHER[d]], drawn, "fakes") for d in "ab"}
        cycles = {d: self.translate(d, fakes[OTHER[d]], drawn, "cycles") for d in "ab"}
        with frozen(self.part("dis").values()):
            scores = {d: self.judge(d, self.seen(drawn, "gen", d, fakes[d])) for d in "ab"}
        distance = lambda name, factor, made: [
            Term(name(d), factor * lambdas[d], losses.mean_distance(made[d], images[d]), weighted=True, reconstructs=True) for d in "ab"
        ]
        terms = [Term(f"loss_G_{self.letter[d]}", config["gan_w"], losses.generator_term(self.gan, scores[d])) for d in "ab"]
        terms += distance(lambda d: f"loss_cycle_{d.upper()}", 1, cycles)
        if config["lambda_identity"] > 0:
            same = {d: self.translate(d, images[d], drawn, "identities") for d in "ab"}
            terms += distance(lambda d: f"loss_idt_{self.letter[d]}", config["lambda_identity"], same)
        return total_of(terms), terms, {d: x.detach() for d, x in fakes.items()}

    def dis_loss(self, fakes, reals, drawn):
        value = lambda d: 0.5 * losses.discriminator_term(
            self.gan, self.judge(d, self.seen(drawn, "fakes", d, fakes[d])), self.judge(d, self.seen(drawn, "reals", d, reals[d]))
        )
        terms = [Term(f"loss_D_{self.letter[d]}", self.config["gan_w"], value(d)) for d in "ab"]
        return total_of(terms), terms

    def update(self, trainer, batches):
        terms, fakes = trainer.minimise("gen", batches)
        shown = [{d: self._query_pool(d, self.ranks.gather(made[d].float()), trainer.rng)[self.rows(self.config["batch_size"])] for d in "ab"} for made in fakes]
        return [*terms, *trainer.minimise("dis", [(show, images, drawn) for show, (images, drawn) in zip(shown, batches)])[0]]

    def _query_pool(self, domain, images, rng):
        """What the discriminators see in place of new translations of all processes: the same pool everywhere (Shrivastava et al. 2017)."""
        size, name = self.config["pool_size"], f"pool_{domain}"
        if size == 0:
            return images
        pool = self.own.get(name)
        places = list(pool) if pool is not None and pool.shape[1:] == images.shape[1:] else []
        shown = []
        for image in images:
            if len(places) < size:
                places.append(image)
                shown.append(image)
            elif rng.uniform() > 0.5:
                place = rng.integer(size)
                shown.append(places[place])
                places[place] = image
            else:
                shown.append(image)
        self.own = {**self.own, name: torch.stack(places)}
        return torch.stack(shown)


class BicycleGan(Method):
    """BicycleGAN (Zhu et al. 2017) on paired batches: the first half is encoded, the second gives the real images of the random branch."""

    parts = {"gen": ("G", "E"), "dis": ("D", "D2")}
    totals = {"gen": "loss_G_total", "dis": "loss_D_total"}
    first = "gen"

    def rows(self, count):
        half = self.noise_rows(count)
        return [*half, *(row + count // 2 for row in half)]

    def noise_rows(self, count):
        return super().rows(count // 2)

    def draw(self, rng, count):
        codes = lambda: {"b": self.normals(rng, count // 2, self.config["gen"]["style_dim"])}
        return {"noise": {"encoded": codes(), "random": codes()}, "augment": None}

    def judge(self, which, image, source):
        """Scores per scale; at a single scale the published loss sums over samples, which become a list."""
        network = self.networks.get(which, self.networks["D"])
        maps = network(torch.cat([source, image], 1) if self.config["conditional_D"] else image)
        maps = maps if isinstance(maps, list) else [maps]
        return maps if len(maps) > 1 else list(maps[0].split(1))

    @staticmethod
    def halves(images):
        return (*images["a"].chunk(2), *images["b"].chunk(2))

    def gen_loss(self, images, drawn):
        config = self.config
        source, _, target, _ = self.halves(images)
        epsilon, style = drawn["noise"]["encoded"]["b"], drawn["noise"]["random"]["b"]
        mean, log_variance = self.networks["E"].encode(target)
        found = mean + epsilon * (0.5 * log_variance).exp()
        encoded, random = self.networks["G"](source, code=found), self.networks["G"](source, code=style)
        terms = []
        for name, which, weight, image in (("loss_G_GAN", "D", "lambda_GAN", encoded), ("loss_G_GAN2", "D2", "lambda_GAN2", random)):
            if config[weight] > 0:
                with frozen(self.part("dis").values()):
                    scores = self.judge(which, image, source)
                terms.append(Term(name, config[weight], self.scale_of(which) * losses.generator_term(self.gan, scores), weighted=True))
        if config["lambda_L1"] > 0:
            terms.append(Term("loss_G_L1", config["lambda_L1"], losses.mean_distance(encoded, target), weighted=True, reconstructs=True))
        if config["lambda_kl"] > 0:
            terms.append(Term("loss_kl", config["lambda_kl"], self.ranks.world * losses.gaussian_kl(mean, log_variance), weighted=True))
        if config["lambda_z"] > 0:
            # The generator alone follows it.
            with frozen([self.networks["E"]]):
                again, _ = self.networks["E"].encode(random)
            terms.append(Term("loss_z_L1", config["lambda_z"], losses.mean_distance(again, style), weighted=True, reconstructs=True))
        return total_of(terms), terms, (encoded.detach(), random.detach())

    def scale_of(self, which):
        """Of a sum over samples, the mean over processes is only a part: a single scale is such a sum."""
        name = self.config["netD"] if which == "D" or "D2" not in self.networks else self.config.get("netD2") or self.config["netD"]
        return 1 if name.endswith("_multi") and self.config["dis"]["num_scales"] > 1 else self.ranks.world

    def dis_loss(self, fakes, reals, drawn):
        config = self.config
        source, other_source, target, other_target = self.halves(reals)
        encoded, random = fakes
        terms = []
        for name, which, weight, fake, real, real_source in (
            ("loss_D", "D", "lambda_GAN", encoded, target, source),
            ("loss_D2", "D2", "lambda_GAN2", random, other_target, other_source),
        ):
            if config[weight] > 0:
                value = losses.discriminator_term(self.gan, self.judge(which, fake, source), self.judge(which, real, real_source))
                terms.append(Term(name, 1, self.scale_of(which) * value))
        return total_of(terms), terms

    def update(self, trainer, batches):
        terms, fakes = trainer.minimise("gen", batches)
        return [*terms, *trainer.minimise("dis", [(made, images, drawn) for made, (images, drawn) in zip(fakes, batches)])[0]]
