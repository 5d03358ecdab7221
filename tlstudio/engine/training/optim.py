"""Optimizers and learning-rate schedules, as the configuration and the plan say."""

from __future__ import annotations

from typing import Any

from torch import nn, optim
from torch.optim import lr_scheduler

from tlstudio.core.config import RunConfig
from tlstudio.core.config.schedules import milestones
from tlstudio.core.needs import Need, why_missing
from tlstudio.core.strategies import FreezePlan

WARMUP_START = 0.1  # of the learning rate, in the first epoch of a warm-up


def parameter_groups(
    network: nn.Module, plan: FreezePlan
) -> list[tuple[float, list[nn.Parameter]]]:
    """Return ``(multiple of the learning rate, parameters)`` of each group, fastest first.

    Each parameter that ever trains is in exactly one group; one that several modules share goes
    with the fastest of them. What trains only later waits in its group: optimizers leave
    parameters without gradients alone.
    """
    modules = dict(network.named_modules())
    rates: dict[nn.Parameter, float] = {}
    for path, rate in plan.last.rates.items():
        for parameter in modules[path].parameters(recurse=False):
            rates[parameter] = max(rate, rates.get(parameter, 0.0))
    ordered = [parameter for parameter in network.parameters() if parameter in rates]
    return [
        (rate, [parameter for parameter in ordered if rates[parameter] == rate])
        for rate in sorted(set(rates.values()), reverse=True)
    ]


def make_optimizer(network: nn.Module, config: RunConfig, plan: FreezePlan) -> optim.Optimizer:
    """An optimizer over exactly the parameters that ever train, in the groups of the plan's rates.

    Raises:
        ConfigError: none does.
    """
    groups: list[dict[str, Any]] = [
        {"params": parameters, "lr": config.learning_rate * rate}
        for rate, parameters in parameter_groups(network, plan)
    ]
    if not groups:
        raise why_missing(Need.PLAN)
    lr, weight_decay = config.learning_rate, config.weight_decay
    fused = True if groups[0]["params"][0].is_cuda else None  # one kernel; else torch's own choice
    match config.optimizer:
        case "sgd":
            return optim.SGD(
                groups, lr=lr, momentum=config.momentum, weight_decay=weight_decay, fused=fused
            )
        case "adam":
            return optim.Adam(groups, lr=lr, weight_decay=weight_decay, fused=fused)
        case "adamw":
            return optim.AdamW(groups, lr=lr, weight_decay=weight_decay, fused=fused)


def make_scheduler(
    optimizer: optim.Optimizer, config: RunConfig, steps: int = 1
) -> lr_scheduler.LRScheduler | None:
    """A schedule; None for a constant learning rate.

    Args:
        steps: of the optimizer in the whole run; ``one_cycle`` is to be stepped after each of
            them, the other schedules after every epoch.
    """
    if config.schedule == "one_cycle":
        highest = [group["lr"] for group in optimizer.param_groups]
        return lr_scheduler.OneCycleLR(optimizer, max_lr=highest, total_steps=max(2, steps))
    warmup = config.warmup_epochs
    main = _after_warmup(optimizer, config, max(1, config.epochs - warmup))
    if not warmup:
        return main
    rising = lr_scheduler.LinearLR(optimizer, start_factor=WARMUP_START, total_iters=warmup)
    if main is None:
        return rising
    return lr_scheduler.SequentialLR(optimizer, [rising, main], milestones=[warmup])


def _after_warmup(
    optimizer: optim.Optimizer, config: RunConfig, epochs: int
) -> lr_scheduler.LRScheduler | None:
    match config.schedule:
        case "step":
            return lr_scheduler.StepLR(optimizer, config.step_size, config.gamma)
        case "multi_step":
            return lr_scheduler.MultiStepLR(optimizer, milestones(config), config.gamma)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    return None
