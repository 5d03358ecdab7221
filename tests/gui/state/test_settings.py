"""Configuration and plan are told of together, once for each change, and handed over as seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_index
from tests.gui.networks import small_tree, wait_for_plan
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import freeze_plan
from tlstudio.gui.state import jobs, run_jobs
from tlstudio.gui.state.session import Session


class Listener:
    """Keeps what it is told, and makes sure that all else belongs to it at that moment."""

    def __init__(self, session: Session) -> None:
        self._network = session.network
        self.told: list[Settings] = []
        session.network.settings_changed.connect(self._on_settings_changed)
        session.network.tree_changed.connect(self._on_tree_changed)
        session.network.layer_selected.connect(self._check)

    def _on_settings_changed(self, settings: Settings) -> None:
        assert not self.told or settings != self.told[-1]
        self.told.append(settings)
        self._check()

    def _on_tree_changed(self, _tree: object) -> None:
        self._check()

    def _check(self, _value: object = None) -> None:
        network = self._network
        config, tree = network.config, network.tree
        assert (network.settings.config, network.settings.plan) == (config, network.plan)
        assert network.settings == Settings.of(config, tree)
        if network.plan is not None:
            assert tree is not None
            assert network.plan == freeze_plan(tree, config.plan_options)

    def take(self) -> list[Settings]:
        told, self.told = self.told, []
        return told


@pytest.fixture
def listener(ready_session: Session) -> Listener:
    return Listener(ready_session)


def test_a_strategy_is_told_of_once_with_its_plan(listener: Listener, session: Session) -> None:
    for name in ("fine_tuning", "gradual", "partial", "custom", "from_scratch"):
        session.network.set_strategy(name)
        [told] = listener.take()
        assert told.config.strategy == name and told.plan is not None
        assert told.plan.strategy == name


def test_rates_and_ticks_are_told_of_once(listener: Listener, session: Session) -> None:
    session.network.change(learning_rate=0.02)
    [told] = listener.take()
    assert told.config.learning_rate == 0.02
    session.network.tick({"head", "stem"})
    [told] = listener.take()
    assert told.plan is not None and told.plan.trainable == {"head", "stem"}
    session.network.train_from("body")
    [told] = listener.take()
    assert told.plan is not None and "stem" not in told.plan.trainable


def test_another_model_has_no_plan_until_its_layers_are_known(
    listener: Listener, session: Session, qtbot: QtBot
) -> None:
    session.network.select_layer("stem")
    session.network.set_model("resnet18")
    wait_for_plan(session, qtbot)
    building, built = listener.take()
    assert building.config == built.config and built.config.model == "resnet18"
    assert building.plan is None and building.problem is None and built.plan is not None
    assert session.network.selected_layer == ""


def test_equal_values_are_not_told_of(listener: Listener, session: Session) -> None:
    network = session.network
    network.change(learning_rate=network.config.learning_rate)
    network.set_config(network.config)
    network.set_strategy(network.config.strategy)
    assert not listener.take()


def test_what_is_refused_leaves_the_settings_and_says_so(
    listener: Listener, session: Session, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.network.change_refused):
        session.network.change(learning_rate=-1)
    assert not listener.take()


def test_without_a_tick_there_is_a_reason_instead_of_a_plan(
    listener: Listener, session: Session
) -> None:
    session.network.tick(())
    [told] = listener.take()
    assert told.plan is None and "ticked" in str(told.problem)
    assert told == Settings.of(told.config, small_tree())


def test_the_plan_that_was_seen_is_the_plan_that_is_trained(
    ready_session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []

    def train(settings: Settings, *_: object, **__: object) -> Iterator[RunEnded]:
        handed.append(settings)
        yield RunEnded(RunEndReason.STOPPED, 0, None, None, 0.0)

    def check_run(settings: Settings, _index: object) -> list[Any]:
        handed.append(settings)
        return []

    monkeypatch.setattr(jobs, "check_run", check_run)
    monkeypatch.setattr(jobs, "build_classifier", lambda *_: None)
    monkeypatch.setattr(run_jobs, "keep_run", train)
    session = ready_session
    session.network.set_strategy("fine_tuning")
    seen = session.network.settings
    with qtbot.waitSignal(session.run.ended):
        session.run.start(seen, make_index(Path(), []))
    assert [settings is seen for settings in handed] == [True, True]


def test_a_strategy_named_with_the_next_model_stays(ready_session: Session) -> None:
    """After a model without weights, from scratch is kept only where it is meant."""
    network = ready_session.network
    scratch = {"strategy": "from_scratch"}
    other, bare = network.models[0], replace(network.models[1], weights=())
    network.models = (other, bare)
    for named, strategy in (({}, "feature_extraction"), (scratch, "from_scratch")):
        network.change(model=bare.name)
        assert network.config.strategy == "from_scratch"
        network.change(model=other.name, **named)
        assert network.config.strategy == strategy
    assert network.config.initialisation == "random"
