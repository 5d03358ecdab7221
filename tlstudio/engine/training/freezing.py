"""Frozen means frozen: parameters do not train, statistics do not move, dropout does not drop."""

from __future__ import annotations

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from tlstudio.core.errors import ModelError, TrainingError
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.auxiliary import auxiliary_paths, trains_auxiliary


def check_plan(network: nn.Module, plan: FreezePlan) -> None:
    """Make sure that `plan` was made for a network like this one.

    Raises:
        TrainingError: it names layers that are not there, or counts other parameters.
    """
    paths = {path for path, _ in network.named_modules()}
    count = sum(parameter.numel() for parameter in network.parameters())
    if not plan.trainable | plan.statistics <= paths or count != plan.total_parameters:
        raise TrainingError(
            QT_TRANSLATE_NOOP("core", "The plan of what trains was made for another network."),
            QT_TRANSLATE_NOOP("core", "Choose the model or the strategy again."),
        )


def apply_phase(network: nn.Module, phase: PlanPhase) -> None:
    """Set `requires_grad` of every parameter as `phase` says.

    A parameter that several modules share trains if one of them does.

    Raises:
        ModelError: the phase names a module that `network` does not have; nothing was changed.
    """
    modules = dict(network.named_modules())
    unknown = sorted(phase.trainable - modules.keys())
    if unknown:
        raise ModelError(
            QT_TRANSLATE_NOOP("core", "The network has no layer called “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a strategy again to reset the ticks."),
            path=unknown[0],
        )
    network.requires_grad_(False)
    for path in phase.trainable:
        for parameter in modules[path].parameters(recurse=False):
            parameter.requires_grad_(True)


def set_train_mode(network: nn.Module, phase: PlanPhase) -> None:
    """Put what trains into train mode and everything else into eval mode.

    - A module with parameters is in train mode if some parameter at or below it trains; so a
      frozen BatchNorm keeps its statistics, bit for bit.
    - A module without parameters (dropout, stochastic depth) follows the module that holds it, so
      a wholly frozen block does not drop anything.
    - Running statistics move in the normalisation layers that `phase` names, and nowhere else.
    - A network whose auxiliary classifiers are all frozen does without their answers, as in eval
      mode: they would teach nothing.

    Call it after `apply_phase`, whenever training goes on: `network.train()` would wake them again.
    """
    wishes: dict[nn.Module, bool | None] = {}
    _ask(network, wishes)
    _set_mode(network, wishes, around=bool(phase.trainable))
    for path, module in network.named_modules():
        if isinstance(module, _NormBase) and module.track_running_stats:
            module.training = path in phase.statistics
    if auxiliary_paths(network) and not trains_auxiliary(network):
        network.training = False  # which switches them, and nothing else in it


def _ask(module: nn.Module, wishes: dict[nn.Module, bool | None]) -> bool | None:
    """Whether a parameter at or below each module trains; None where there is none."""
    if module not in wishes:
        answers = [parameter.requires_grad for parameter in module.parameters(recurse=False)]
        below = [_ask(child, wishes) for child in module.children()]
        answers += [answer for answer in below if answer is not None]
        wishes[module] = any(answers) if answers else None
    return wishes[module]


def _set_mode(module: nn.Module, wishes: dict[nn.Module, bool | None], *, around: bool) -> None:
    """`around` is the mode of the module around it."""
    wish = wishes[module]
    module.training = around if wish is None else wish
    for child in module.children():
        _set_mode(child, wishes, around=module.training)
