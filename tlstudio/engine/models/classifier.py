"""A network with all that gives its outputs a meaning: classes, preprocessing, how it was made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.evaluation.novelty import NoveltyDetector
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.history import History


@dataclass(slots=True)
class Classifier:
    """A network with its classes, preprocessing and history: trained, saved, loaded and used.

    Attributes:
        network: maps float32 ``[B, 3, H, W]``, preprocessed, to logits ``[B, len(classes)]``; grey
            ones have one channel.
        model: name of its architecture in the catalog.
        classes: class names in the order of the logits.
        preprocessing: what its inputs must go through.
        config: the settings of the run that made it; defaults for a loaded plain state dict.
        history: the epochs it was trained for.
        last_state: weights after the last epoch, on the CPU; `network` holds the best ones. None
            where they are the same.
        temperature: that the logits are divided by before softmax, so that probabilities keep what
            they promise (temperature scaling); 1 changes nothing. Training begins with 1.
        novelty: tells images that belong to none of the classes; None where that was not measured.
    """

    network: nn.Module
    model: str
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    config: RunConfig = field(default_factory=RunConfig)
    history: History = field(default_factory=History)
    last_state: dict[str, torch.Tensor] | None = None
    temperature: float = 1.0
    novelty: NoveltyDetector | None = None

    @property
    def build(self) -> BuildConfig:
        """How the network is built."""
        own = self.preprocessing
        asked = BuildConfig.of(self.config, own.crop_px, own.channels)
        has_auxiliary = any(is_auxiliary(name) for name, _ in self.network.named_children())
        return replace(asked, auxiliary=has_auxiliary)

    @property
    def device(self) -> torch.device:
        """The device of the network's parameters."""
        return next(self.network.parameters()).device
