"""The parts that need no run: randomness, order, files."""
import os
import tempfile
import unittest

import support  # noqa: F401  puts the package on the path

import numpy as np
import torch
from munit_torch import augment, safetensors
from munit_torch.data import Order
from munit_torch.errors import RunError
from munit_torch.losses import gaussian_kl, gradient_penalty
from munit_torch.networks import layer_norm
from munit_torch.rng import LANE, Rng, hash_of
from munit_torch.trainer import average_decay, limit, schedule_factor

STATE_OF_7 = [588686121,1937383562,-8154829,-1922750130]
INTEGERS_OF_7 = [0,8,1,8,7,5,8,0]
UNIFORM_OF_7 = 0.3148269070883988
NORMALS_OF_7 = [0.671143114566803,-0.5902854800224304,0.7239668965339661]
HASH = 2585758542


class Randomness(unittest.TestCase):
    def test_is_that_of_munit(self):
        """Computed by `new Rng(7)` of @munit/core."""
        rng = Rng(7)
        self.assertEqual(rng.state(), STATE_OF_7)
        self.assertEqual([rng.integer(10) for _ in range(8)], INTEGERS_OF_7)
        self.assertEqual(rng.uniform(), UNIFORM_OF_7)
        np.testing.assert_allclose(rng.normals(3), NORMALS_OF_7, rtol=1e-7)
        self.assertEqual(hash_of(3, 1, 2**33), HASH)

    def test_many_at_once_are_those_one_by_one(self):
        for count in (LANE, LANE + 1, 3 * LANE - 5, 4 * LANE):
            many, single = Rng(count), Rng(count)
            np.testing.assert_allclose(many.normals(count), [single.normal() for _ in range(count)], rtol=2e-7)
            self.assertEqual(many.state(), single.state())

    def test_every_epoch_shows_every_image_once(self):
        order = Order(5, (3, 0), 0, 0)
        places = [order.next() for _ in range(10)]
        self.assertEqual([sorted(index for epoch, _, index in places if epoch == e) for e in (0, 1)], [[0, 1, 2, 3, 4]] * 2)
        later = Order(5, (3, 0), 1, 2)
        self.assertEqual([later.next() for _ in range(3)], places[7:])


class Arithmetic(unittest.TestCase):
    def test_layer_norm_of_a_constant_map_has_a_finite_gradient(self):
        x = torch.full((1, 2, 3, 3), 0.5, requires_grad=True)
        layer_norm(x, torch.ones(2), torch.zeros(2), 1e-5).sum().backward()
        self.assertTrue(bool(torch.isfinite(x.grad).all()))

    def test_gradient_penalty_of_a_quadratic(self):
        """D(x) = mean of a x² per sample: ∇ = 2 a x / n, so R1 = ½ mean over samples of Σ 4 a² x² / n²."""
        x = torch.arange(8.0).reshape(2, 1, 2, 2)
        ours = gradient_penalty(lambda images: [3 * images.square()], x)
        self.assertAlmostEqual(float(ours), 0.5 * float((4 * 9 * x.square() / 16).sum()) / 2, places=4)

    def test_gaussian_kl_of_a_known_gaussian(self):
        """N(1, e): ½ (1 + e − 1 − 1) each."""
        self.assertAlmostEqual(float(gaussian_kl(torch.ones(2, 3), torch.ones(2, 3))), 6 * 0.5 * (np.e - 1), places=5)

    def test_translation_moves_zeros_in(self):
        x = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
        moved = augment.apply([("translation", [(1, -1)])], x)
        self.assertEqual(moved[0, 0].tolist(), [[0, 0, 0], [2, 3, 0], [5, 6, 0]])

    def test_infinite_gradients_that_are_skipped_become_0(self):
        for value, expected in ((float("inf"), 0), (3.0, 3)):
            parameter = torch.nn.Parameter(torch.zeros(2))
            parameter.grad = torch.full((2,), value)
            limit([parameter], 0, 100)
            self.assertEqual(parameter.grad.tolist(), [expected, expected])

    def test_schedules(self):
        base = {"max_iter": 10, "step_size": 3, "gamma": 0.5}
        factors = lambda policy, **more: [schedule_factor(step, {**base, "lr_policy": policy, **more}) for step in (0, 2, 5, 9)]
        self.assertEqual(factors("step"), [1, 0.5, 0.25, 0.125])
        self.assertEqual(factors("linear"), [1, 1, 1, 0.2])
        np.testing.assert_allclose(factors("linear", n_epochs=1, n_epochs_decay=4), [1, 0.8, 0.6, 0.2])
        decay = average_decay(4, {"batch_size": 2, "accumulate": 1, "ema_half_life_images": 100, "ema_rampup": 0.5})
        self.assertAlmostEqual(decay, 0.5 ** (2 / 4))


class Files(unittest.TestCase):
    def test_what_is_written_is_read(self):
        tensors = {"a.weight": torch.arange(6.0).reshape(2, 3), "none": torch.empty(0)}
        read, metadata = safetensors.parse(safetensors.encode(tensors, {"step": "3"}), "a file")
        self.assertEqual(metadata, {"step": "3"})
        self.assertEqual(list(read), list(tensors))
        for name, tensor in tensors.items():
            self.assertTrue(torch.equal(read[name], tensor))

    def test_damage_is_named(self):
        data = safetensors.encode({"a": torch.ones(4)}, {})
        for damaged in (b"", data[:7], data[:20], data[:-1], b"\xff" * 8 + data[8:]):
            with self.assertRaisesRegex(RunError, "is not a readable safetensors file"):
                safetensors.parse(damaged, "x.safetensors")

    def test_a_folder_without_a_run_is_refused(self):
        from munit_torch.session import read_run

        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(RunError, "holds no exported run"):
                read_run(folder)
            with open(os.path.join(folder, "run.json"), "w", encoding="utf-8") as file:
                file.write('{"format": "munit-torch-run-0"}')
            with self.assertRaisesRegex(RunError, "'munit-torch-run-1' is needed"):
                read_run(folder)

    def test_what_is_not_here_is_refused(self):
        from munit_torch.methods import check_covered

        def config(**more):
            return {"trainer": "MUNIT", "vgg_w": 0, "use_dropout": False, "consistency_w": 0, "mode_seeking_w": 0, "style_mmd_w": 0, "batch_size": 1, "dis": {"norm": "none"}, "gen": {"spectral_norm": False}, **more}

        check_covered(config(), 1)
        for key, more in (("vgg_w", {"vgg_w": 1}), ("consistency_w", {"consistency_w": 10}), ("gen.spectral_norm", {"gen": {"spectral_norm": True}})):
            with self.assertRaisesRegex(RunError, f"'{key}' is .* is not available on PyTorch"):
                check_covered(config(**more), 1)


if __name__ == "__main__":
    unittest.main()
