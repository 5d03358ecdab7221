"""Auxiliary classifiers: small heads in the middle of a network, which only its training uses.

GoogLeNet (Szegedy et al. 2014, section 5) has two, so that gradients reach its first half: their
losses are added with a weight of 0.3, and they are thrown away afterwards. Inception v3 has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.config.run_config import RunConfig

AUXILIARY_WEIGHT = 0.3

# The networks of the catalog that can be built with them.
WITH_AUXILIARY = (
    *("googlenet", "inception_v3"),  # torchvision's
    *("googlenet_2014", "googlenet_naive", "se_googlenet"),
)

# The smallest images for which they are built; the others take whatever their network takes.
AUXILIARY_MIN_PX = {"inception_v3": 299}

# Their names in all of these networks.
AUXILIARY_NAMES = ("aux1", "aux2", "AuxLogits")


def is_auxiliary(path: str) -> bool:
    """Whether a module, or an entry of a state dict, is or belongs to an auxiliary classifier."""
    return path.partition(".")[0] in AUXILIARY_NAMES


def wants_auxiliary(config: RunConfig) -> bool:
    """Whether a run trains its network with auxiliary classifiers.

    By itself where everything starts from random values, as in the papers and in torchvision's
    networks without weights, if images are large enough for them. Not on pretrained weights: there
    gradients reach all layers anyway, and torchvision drops GoogLeNet's with them, which it says
    are not pretrained. Never where only the head trains: no gradient of theirs would change
    anything that is used.
    """
    if config.model not in WITH_AUXILIARY or config.strategy == "feature_extraction":
        return False
    if config.auxiliary == "auto":
        is_small = 0 < config.image_px < AUXILIARY_MIN_PX.get(config.model, 0)
        return config.initialisation == "random" and not is_small
    return config.auxiliary == "on"
