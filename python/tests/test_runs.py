"""Runs that go from munit to PyTorch and back, against the same runs in munit alone."""
import json
import os
import signal
import struct
import time
import unittest

import support
from support import Work, checkpoint, finish, largest_difference, losses, munit, start, train

LOSSES = 1e-4
# At 1e-4 a rounding of 1e-7 in a small term (a style of four numbers) can grow to 1e-3 within 20 steps, in munit and in PyTorch alike: an L1
# term's gradient is a sign, and Adam turns a vanishing gradient into a full step.
SLOW = 1e-5
# Base tolerance of a network's change over a run; four times the published code's own float32 error where that is more.
CHANGE = 2e-2


def setUpModule():
    global work
    work = Work()


def tearDownModule():
    work.remove()


def changes(start_of_run, truth, ours, network):
    """L2 of (ours - truth) / L2 of (truth - init), over a network's parameters in a run folder's checkpoints."""
    names = [name for name in truth if name.startswith(f"{network}.")]
    off = sum(float((ours[name] - truth[name]).double().square().sum()) for name in names)
    moved = sum(float((truth[name] - start_of_run[name]).double().square().sum()) for name in names)
    return (off / moved) ** 0.5


class Equality(unittest.TestCase):
    def test_two_processes_of_one_image_equal_munit_with_two(self):
        """20 steps of the configuration of train_munit_default.safetensors, at a tenth of its rate."""
        config = work.config("munit", max_iter=20, lr=SLOW)
        munit("train", "--config", config, "--out", work.at("munit"), "--device", "simd", "--progress", "quiet")
        munit("export-run", work.at("munit"), "--checkpoint", "0", "--to", "torch", "--out", work.at("munit-torch"))
        train(2, work.at("munit-torch"))
        worst = largest_difference(losses(work.at("munit")), losses(work.at("munit-torch")))
        self.assertLess(worst[0], LOSSES, worst)

        munit("import-run", work.at("munit-torch"), work.at("munit-back"), "--device", "simd")
        with open(os.path.join(support.REFERENCE, "train_munit_default.safetensors"), "rb") as file:
            error = json.loads(reference_metadata(file)["float32_error"])["change"]
        first, _ = checkpoint(work.at("munit"), 0)
        (truth, told), (ours, said) = checkpoint(work.at("munit"), 20), checkpoint(work.at("munit-back"), 20)
        for network, published in (("gen.a", "gen_a"), ("gen.b", "gen_b"), ("dis.a", "dis_a"), ("dis.b", "dis_b")):
            self.assertLess(changes(first, truth, ours, network), max(CHANGE, 4 * error[published]), network)
        # The random source and the place in the images are the same to the bit.
        for key in ("step", "rng", "data", "gen_updates", "dis_updates"):
            self.assertEqual(json.loads(said[key]), json.loads(told[key]), key)

    def few_steps(self, name, steps=3, batch=2, within=LOSSES, **options):
        config = work.config(name, max_iter=steps, batch_size=batch, **options)
        munit("train", "--config", config, "--out", work.at(name), "--device", "simd", "--progress", "quiet")
        munit("export-run", work.at(name), "--checkpoint", "0", "--to", "torch", "--out", work.at(f"{name}-torch"))
        train(2, work.at(f"{name}-torch"))
        worst = largest_difference(losses(work.at(name)), losses(work.at(f"{name}-torch")))
        self.assertLess(worst[0], within, worst)

    def test_unit(self):
        self.few_steps("unit", trainer="UNIT", recon_x_cyc_w=10)

    def test_munit_with_what_came_later(self):
        """
        Spectral norm, R1, augmentations, micro-batches, limits, AdaIN when doubling, and the other forms of blocks. At a tenth of the rate and
        of the tolerance: at the whole rate a processor with AVX2 and no more is 2.5e-4 off in the second step, here 2e-6.
        """
        gen = {**support.NETWORKS["gen"], "up_norm": "adain", "pre_act": True, "blur_down": True}
        dis = {**support.NETWORKS["dis"], "norm": "sn", "gan_type": "hinge"}
        self.few_steps(
            "later", gen=gen, dis=dis, recon_x_cyc_w=10, r1_w=1, r1_every=2, accumulate=2, clip_gradient_norm=5, style_kl_w=0.1, without=["content"],
            diff_augment=["color", "translation", "cutout"], lr_policy="cosine", lr=SLOW, lr_dis=4 * SLOW, within=LOSSES / 10,
        )

    def test_cyclegan(self):
        self.few_steps("cyclegan", trainer="CycleGAN", pool_size=3, gen={"dim": 4, "n_res": 2}, dis={"dim": 4, "n_layer": 2})

    def test_cyclegan_with_noise_in_a_unet(self):
        self.few_steps("noise", trainer="CycleGAN", netG="unet_32", gen={"dim": 4, "style_dim": 3}, dis={"dim": 4, "n_layer": 2})

    def test_bicyclegan(self):
        options = {"netG": "unet_32", "netE": "resnet_64", "nef": 4, "gen": {"dim": 4, "style_dim": 3}, "dis": {"dim": 4, "num_scales": 2}}
        self.few_steps("bicycle", batch=4, trainer="BicycleGAN", netD="basic_64_multi", **options)

    def test_bicyclegan_with_one_conditional_discriminator_of_one_scale(self):
        """Whose published loss is a sum over samples."""
        options = {"netG": "unet_32", "netE": "conv_64", "nef": 4, "gen": {"dim": 4, "style_dim": 3}, "dis": {"dim": 4}}
        more = {"where_add": "input", "upsample": "bilinear", "use_same_D": True, "conditional_D": True}
        self.few_steps("bicycle1", batch=4, trainer="BicycleGAN", netD="basic_64", **options, **more)


def reference_metadata(file):
    """The metadata of a dump, whose tensors are of other types than ours."""
    (length,) = struct.unpack("<Q", file.read(8))
    return json.loads(file.read(length))["__metadata__"]


class ThereAndBack(unittest.TestCase):
    def test_steps_in_pytorch_then_in_munit_then_in_pytorch(self):
        config = work.config("alone", max_iter=18, lr=SLOW)
        munit("train", "--config", config, "--out", work.at("alone"), "--device", "simd", "--progress", "quiet")
        munit("train", "--config", config, "--out", work.at("both"), "--device", "simd", "--progress", "quiet", "--prepare")
        munit("export-run", work.at("both"), "--to", "torch", "--out", work.at("first"))
        train(2, work.at("first"), "--until", "6")
        munit("import-run", work.at("first"), work.at("both"), "--device", "simd")
        munit("train", "--resume", work.at("both"), "--steps", "12", "--device", "simd", "--progress", "quiet")
        munit("export-run", work.at("both"), "--steps", "18", "--to", "torch", "--out", work.at("second"))
        train(1, work.at("second"))
        munit("import-run", work.at("second"), work.at("both"), "--device", "simd")

        worst = largest_difference(losses(work.at("alone")), losses(work.at("both")))
        self.assertLess(worst[0], LOSSES, worst)
        self.assertEqual(self.table("both"), self.table("alone"))
        (_, told), (_, said) = checkpoint(work.at("alone"), 18), checkpoint(work.at("both"), 18)
        for key in ("step", "rng", "data"):
            self.assertEqual(json.loads(said[key]), json.loads(told[key]), key)
        with open(os.path.join(work.at("both"), "run.json"), encoding="utf-8") as file:
            sessions = json.load(file)["sessions"]
        self.assertEqual([session["fromStep"] for session in sessions], [0, 0, 6, 12])
        self.assertIn("2 processes (gloo)", sessions[1]["device"]["description"])
        with open(os.path.join(work.at("both"), "report.html"), encoding="utf-8") as file:
            self.assertIn("PyTorch", file.read())
        self.assertTrue(os.path.exists(os.path.join(work.at("both"), "samples", "00000006-a-to-b.png")))
        self.assertTrue(os.path.exists(os.path.join(work.at("both"), "model", "model.safetensors")))

        with self.assertRaisesRegex(AssertionError, "there is nothing to take"):
            munit("import-run", work.at("second"), work.at("both"), "--device", "simd")
        with self.assertRaisesRegex(AssertionError, "it has been trained since, or is another run"):
            munit("import-run", work.at("first"), work.at("both"), "--device", "simd")

    @staticmethod
    def table(name):
        """Columns and steps of losses.csv."""
        with open(os.path.join(work.at(name), "losses.csv"), encoding="utf-8") as file:
            header, *rows = file.read().split("\n")[:-1]
        return header, [row.split(",")[0] for row in rows]


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        config = work.config("trouble", max_iter=40, snapshot_save_iter=2, keep_last=30)
        munit("train", "--config", config, "--out", work.at("trouble"), "--device", "simd", "--progress", "quiet", "--prepare")
        munit("export-run", work.at("trouble"), "--to", "torch", "--out", work.at("undisturbed"))
        munit("export-run", work.at("trouble"), "--to", "torch", "--out", work.at("killed"))

    def test_a_killed_worker_is_started_again(self):
        folder = work.at("killed")
        processes = start(2, folder)
        self.addCleanup(lambda: [process.kill() for process in processes])
        deadline = time.monotonic() + 120
        while not os.path.exists(os.path.join(folder, "checkpoints", "step-00000006.safetensors")):
            self.assertLess(time.monotonic(), deadline, "no checkpoint of step 6")
            time.sleep(0.01)
        processes[1].send_signal(signal.SIGKILL)
        codes, written = finish(processes)
        self.assertEqual(codes, [3, -signal.SIGKILL], written)
        self.assertIn("Start all of them again", written[0])

        train(2, folder)
        train(2, work.at("undisturbed"))
        final = os.path.join("checkpoints", "step-00000040.safetensors")
        with open(os.path.join(folder, final), "rb") as a, open(os.path.join(work.at("undisturbed"), final), "rb") as b:
            self.assertEqual(a.read(), b.read())
        self.assertEqual(losses(folder), losses(work.at("undisturbed")))

    def test_a_damaged_checkpoint_is_passed_over(self):
        munit("export-run", work.at("trouble"), "--to", "torch", "--out", work.at("damaged"))
        folder = work.at("damaged")
        train(1, folder, "--until", "4")
        newest = os.path.join(folder, "checkpoints", "step-00000004.safetensors")
        with open(newest, "r+b") as file:
            file.truncate(os.path.getsize(newest) - 8)
        codes, written = finish(start(1, folder, "--until", "4"))
        self.assertEqual(codes, [0])
        self.assertIn("from step 2 to 4", written[0])

    def test_a_mixture_of_versions_is_refused(self):
        codes, written = finish(start(2, work.at("undisturbed"), versions=["0.1.0", "0.0.9"]))
        self.assertEqual(codes, [2, 2])
        for text in written:
            self.assertIn("The processes differ in munit_torch (rank 0: 0.1.0, rank 1: 0.0.9)", text)

    def test_a_batch_that_cannot_be_shared_is_refused(self):
        codes, written = finish(start(3, work.at("undisturbed")))
        self.assertEqual(codes, [2, 2, 2])
        self.assertIn("batch_size is 2, which 3 processes cannot share", written[0])

    def test_bfloat16_is_close(self):
        munit("export-run", work.at("trouble"), "--to", "torch", "--out", work.at("bf16"))
        munit("export-run", work.at("trouble"), "--to", "torch", "--out", work.at("fp32"))
        train(1, work.at("bf16"), "--until", "2", "--bf16")
        train(1, work.at("fp32"), "--until", "2")
        totals = lambda name: {step: {key: value for key, value in terms.items() if "total" in key} for step, terms in losses(work.at(name)).items()}
        worst = largest_difference(totals("fp32"), totals("bf16"))
        self.assertLess(worst[0], 0.02)
        self.assertGreater(worst[0], 1e-6)


if __name__ == "__main__":
    unittest.main()
