"""Optimizers and learning-rate schedules, as the configuration says."""

from __future__ import annotations

from torch import nn, optim
from torch.optim import lr_scheduler

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def make_optimizer(network: nn.Module, config: RunConfig) -> optim.Optimizer:
    """An optimizer over exactly the parameters that train.

    Raises:
        ConfigError: none does.
    """
    parameters = [p for p in network.parameters() if p.requires_grad]
    if not parameters:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "No layer is ticked, so there is nothing to train."),
            QT_TRANSLATE_NOOP("core", "Tick at least the head in the layer tree."),
        )
    lr, weight_decay = config.learning_rate, config.weight_decay
    fused = True if parameters[0].is_cuda else None  # one kernel for all; else torch's own choice
    match config.optimizer:
        case "sgd":
            return optim.SGD(
                parameters, lr=lr, momentum=config.momentum, weight_decay=weight_decay, fused=fused
            )
        case "adam":
            return optim.Adam(parameters, lr=lr, weight_decay=weight_decay, fused=fused)
        case "adamw":
            return optim.AdamW(parameters, lr=lr, weight_decay=weight_decay, fused=fused)


def make_scheduler(
    optimizer: optim.Optimizer, config: RunConfig
) -> lr_scheduler.LRScheduler | None:
    """A schedule to be stepped after every epoch; None for a constant learning rate."""
    match config.schedule:
        case "step":
            return lr_scheduler.StepLR(optimizer, config.step_size, config.gamma)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=config.epochs)
        case "none":
            return None
