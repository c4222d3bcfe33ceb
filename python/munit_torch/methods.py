"""The table of methods, and what of their options is covered."""
from .autoencoders import Munit, Unit
from .errors import RunError
from .translators import BicycleGan, CycleGan

METHODS = {"MUNIT": Munit, "UNIT": Unit, "CycleGAN": CycleGan, "BicycleGAN": BicycleGan}


def check_covered(config, world):
    """Refuses what this package does not do, before anything is read. @raise RunError"""
    if config["trainer"] not in METHODS:
        raise RunError(f"The method '{config['trainer']}' is not known here; {', '.join(METHODS)} are. Train this run with munit.")
    for key, value, why in (
        ("vgg_w", config["vgg_w"], "the perceptual loss"),
        ("use_dropout", config["use_dropout"], "dropout"),
        ("consistency_w", config["consistency_w"], "the discriminators' consistency"),
        ("gen.spectral_norm", config["gen"]["spectral_norm"], "spectral norm in generators"),
    ):
        if value:
            raise RunError(f"'{key}' is {value!r}: {why} is not available on PyTorch. Train this run with munit.")
    if world > 1:
        for key, on in (("mode_seeking_w", config["mode_seeking_w"] > 0), ("style_mmd_w", config["style_mmd_w"] > 0), ("dis.norm", config["dis"]["norm"] == "bn")):
            if on:
                raise RunError(f"'{key}' compares the images of a batch with each other, so several processes would not train as one. Use one process.")
    unit = 2 * world if config["trainer"] == "BicycleGAN" else world
    if config["batch_size"] % unit != 0:
        raise RunError(f"batch_size is {config['batch_size']}, which {world} processes cannot share: it must be a multiple of {unit}. Start as many processes as divide it.")
