"""Finds all problems of a run before it starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import DatasetError, TLStudioError, TrainingError
from tlstudio.core.networks.build_config import build_config
from tlstudio.core.strategies import FreezePlan, freeze_plan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.device import resolve_device
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.run import STATE_VERSION
from tlstudio.engine.weights.start import start_problem


def check_run(
    config: RunConfig,
    index: DatasetIndex,
    classes: Sequence[str] | None = None,
    plan: FreezePlan | None = None,
) -> list[TLStudioError]:
    """Return all problems that would make the run fail or be pointless.

    The arguments are those of `checked_plan`.
    """
    return _problems_of(lambda: checked_plan(config, index, classes, plan))


def checked_plan(
    config: RunConfig,
    index: DatasetIndex,
    classes: Sequence[str] | None = None,
    plan: FreezePlan | None = None,
) -> FreezePlan:
    """The plan of a run that can start.

    Args:
        config: valid by itself.
        index: the dataset.
        classes: of the network, where there is one already.
        plan: which layers train, where that is known already; else it must follow from `config`.

    Raises:
        TLStudioError: the run would fail or be pointless; holds every problem.
    """
    problems: list[TLStudioError] = []
    train_counts = index.counts[Split.TRAIN]
    if len(index.classes) < 2:
        problems.append(
            DatasetError(
                QT_TRANSLATE_NOOP("core", "The dataset has fewer than two classes."),
                QT_TRANSLATE_NOOP("core", "Telling apart needs two classes or more with images."),
            )
        )
    problems += [
        DatasetError(
            QT_TRANSLATE_NOOP("core", "The class “{name}” has no training images."),
            QT_TRANSLATE_NOOP("core", "Add images to it or remove its folder."),
            name=name,
        )
        for name, count in zip(index.classes, train_counts, strict=True)
        if not count
    ]
    if classes is not None and tuple(classes) != index.classes:
        problems.append(
            TrainingError(
                QT_TRANSLATE_NOOP(
                    "core", "The network tells other classes apart than the dataset."
                ),
                QT_TRANSLATE_NOOP("core", "Choose the model again to fit its head to the dataset."),
            )
        )
    if plan is None:
        try:
            plan = run_plan(config, index.classes)
        except TLStudioError as error:
            problems += error.problems
    problems += _problems_of(lambda: resolve_device(config.device))
    if config.initialisation == "file" and classes is None:
        start = start_problem(config.start_from)
        problems += [start] if start is not None else []
    if problems or plan is None:
        raise TLStudioError.of(problems)
    return plan


def check_resume(config: RunConfig, state: Mapping[str, Any], *, is_over: bool = False) -> None:
    """Make sure that a run with `config` can go on with `state`, of `Run.state_dict`.

    Args:
        is_over: whether it had ended by itself; then it takes more epochs to go on.

    Raises:
        TrainingError: it cannot.
    """
    if state["version"] != STATE_VERSION:
        raise TrainingError(
            QT_TRANSLATE_NOOP("core", "The checkpoint was written by another version of TLStudio."),
            QT_TRANSLATE_NOOP("core", "Train anew with the same settings."),
        )
    if state["seed"] != config.seed:
        raise TrainingError(
            QT_TRANSLATE_NOOP("core", "The run began with the seed {seed}, not {other}."),
            QT_TRANSLATE_NOOP("core", "Go on with the seed {seed}."),
            seed=state["seed"],
            other=config.seed,
        )
    begun = len(state["history"]) + (state["so_far"] is not None)
    if is_over and config.epochs <= state["epochs"]:
        raise TrainingError(
            QT_TRANSLATE_NOOP("core", "The run is over, after {count} of {planned} epochs."),
            QT_TRANSLATE_NOOP("core", "Choose more than {planned} epochs to train it further."),
            count=len(state["history"]),
            planned=state["epochs"],
        )
    if config.epochs < begun:
        raise TrainingError(
            QT_TRANSLATE_NOOP("core", "The run is in epoch {begun} already."),
            QT_TRANSLATE_NOOP("core", "Choose at least {begun} epochs to go on with it."),
            begun=begun,
        )


def run_plan(config: RunConfig, classes: Sequence[str]) -> FreezePlan:
    """Return the freeze plan of the configured network.

    Raises:
        ConfigError: the model or one of its layers is unknown.
    """
    build = build_config(config, get_model(config.model))
    tree = layer_tree(config.model, len(classes), build)
    return freeze_plan(tree, config.plan_options)


def _problems_of(attempt: Callable[[], object]) -> list[TLStudioError]:
    try:
        attempt()
    except TLStudioError as error:
        return list(error.problems)
    return []
