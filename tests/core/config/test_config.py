"""The configuration: bounds, collected problems, files, and the table of fields."""

from __future__ import annotations

import json
import pickle

import pytest

from tlstudio.core.config import (
    FIELD_BY_NAME,
    FIELDS,
    RunConfig,
    config_from_json,
    make_config,
)
from tlstudio.core.config.fields import GROUP_TITLES, FieldSpec
from tlstudio.core.errors import ConfigError
from tlstudio.core.strategies import STRATEGIES


def test_defaults_are_those_of_the_tutorial() -> None:
    config = RunConfig()
    assert (config.epochs, config.batch_size) == (25, 32)
    assert (config.optimizer, config.learning_rate, config.momentum) == ("sgd", 0.001, 0.9)
    assert (config.schedule, config.step_size, config.gamma) == ("step", 7, 0.1)


def test_a_file_gives_the_same_back() -> None:
    config = RunConfig().changed(epochs=3, trainable=("a", "b"), strategy="custom", device="cuda:1")
    assert config_from_json(config.to_json()) == config
    assert pickle.loads(pickle.dumps(config)) == config


@pytest.mark.parametrize("text", ["", "[]", "3", "{", "nonsense"])
def test_what_is_no_configuration(text: str) -> None:
    with pytest.raises(ConfigError):
        config_from_json(text)


def test_a_file_of_a_later_version_is_refused() -> None:
    with pytest.raises(ConfigError):
        config_from_json(json.dumps({"version": 2}))


def test_all_problems_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        make_config({"epochs": 0, "learning_rate": "x", "optimizer": "rmsprop", "colour": 1})
    assert len(caught.value.problems) == 4
    for problem in caught.value.problems:
        assert str(problem)
        assert problem.hint_text


def test_changed_validates_and_leaves_the_old_one() -> None:
    config = RunConfig()
    assert config.changed(epochs="7").epochs == 7
    assert config.epochs == 25
    with pytest.raises(ConfigError):
        config.changed(batch_size=0)
    with pytest.raises(ConfigError, match="strategy"):
        config.changed(strategy="magic")


@pytest.mark.parametrize("spec", FIELDS, ids=lambda spec: spec.name)
def test_every_field_is_complete(spec: FieldSpec) -> None:
    assert spec.text.title
    assert spec.text.help.endswith(".")
    assert spec.text.group in GROUP_TITLES
    assert getattr(RunConfig(), spec.name) == spec.default
    if spec.kind == "choice":
        assert spec.default in (spec.text.choices or {})
        for choice in spec.text.choices or {}:
            make_config({spec.name: choice})
    if spec.kind in ("int", "float"):
        assert spec.minimum is not None
        assert spec.maximum is not None
        make_config({spec.name: spec.maximum})
        with pytest.raises(ConfigError):
            make_config({spec.name: spec.maximum * 2 + 1})
        if spec.exclusive_minimum:
            with pytest.raises(ConfigError):
                make_config({spec.name: spec.minimum})
        else:
            make_config({spec.name: spec.minimum})
        for bad in (float("nan"), float("inf"), "", None):
            with pytest.raises(ConfigError):
                make_config({spec.name: bad})
    if spec.text.only_if is not None:
        field, values = spec.text.only_if
        choices = FIELD_BY_NAME[field].text.choices or {}
        assert set(values) < set(choices)
        around = _that_makes_relevant(field)
        if spec.text.only_models:
            around["model"] = spec.text.only_models[0]
        if spec.text.only_above_zero:
            number = FIELD_BY_NAME[spec.text.only_above_zero]
            assert number.minimum == 0
            assert not spec.is_relevant(make_config({**around, field: values[0], number.name: 0}))
            around[number.name] = number.maximum
        relevant = {c for c in choices if spec.is_relevant(make_config({**around, field: c}))}
        assert relevant == set(values)


def _that_makes_relevant(field: str) -> dict[str, object]:
    """Values of other fields under which a field matters."""
    condition = FIELD_BY_NAME[field].text.only_if
    if condition is None:
        return {}
    return {**_that_makes_relevant(condition[0]), condition[0]: condition[1][0]}


def test_the_fields_are_all_of_the_configuration_but_its_version() -> None:
    assert {spec.name for spec in FIELDS} == set(RunConfig.model_fields) - {"version"}
    assert tuple(FIELD_BY_NAME["strategy"].text.choices or {}) == STRATEGIES.names


@pytest.mark.parametrize("name", ["auto", "cpu", "mps", "cuda", "cuda:12"])
def test_device_names(name: str) -> None:
    assert make_config({"device": name}).device == name
    with pytest.raises(ConfigError):
        make_config({"device": name + "!"})
