"""What travels with weights, read from files of strangers."""

import json
from typing import Any

import pytest

from tests.engine.weights.samples import CLASSES, classifier
from tlstudio.core.runs.history import History
from tlstudio.engine.weights import metadata
from tlstudio.engine.weights.metadata import WeightsMetadata, metadata_json, parse_metadata


def values() -> dict[str, Any]:
    result: dict[str, Any] = json.loads(metadata_json(classifier()))
    return result


def test_all_of_it_comes_back() -> None:
    ours = classifier()
    told = parse_metadata(metadata_json(ours))
    assert told.model == ours.model
    assert told.classes == CLASSES
    assert told.preprocessing == ours.preprocessing
    assert told.config == ours.config
    assert told.history == ours.history


@pytest.mark.parametrize("text", [None, 3, "", "{", "[]", "null", "[" * 100_000, "x" * 20_000_000])
def test_nonsense_is_nothing(text: object) -> None:
    assert parse_metadata(text) == WeightsMetadata()


@pytest.mark.parametrize(
    ("part", "value", "empty"),
    [
        ("model", 3, ""),
        ("model", "x" * 1000, ""),
        ("classes", "abc", ()),
        ("classes", [1, 2], ()),
        ("classes", ["a", "a"], ()),
        ("classes", ["a", ""], ()),
        ("classes", ["a"] * 200_000, ()),
        ("preprocessing", [], None),
        ("preprocessing", {"mean": [0, 0, 0]}, None),
        ("config", {"epochs": -1}, None),
        ("config", {"unknown": 1}, None),
        ("config", "x", None),
        ("history", [{"epoch": 1}], History()),
        ("history", [None], History()),
        ("history", 7, History()),
        ("input_transform", "yes", None),
        ("sha256", "short", ""),
    ],
)
def test_a_broken_part_is_left_out_and_the_rest_stays(
    part: str, value: object, empty: object
) -> None:
    told = parse_metadata(json.dumps({**values(), part: value}))
    assert getattr(told, part) == empty
    if part != "classes":
        assert told.classes == CLASSES


def test_preprocessing_must_be_finite() -> None:
    broken = {**values()["preprocessing"], "mean": ["nan", 0, 0]}
    assert parse_metadata(json.dumps({**values(), "preprocessing": broken})).preprocessing is None


def test_a_history_with_metrics_that_are_not_known_here_stays() -> None:
    """A newer studio measured more: it used to leave the whole history empty."""
    row = {**values()["history"][0], "val_macro_f1": 0.5}
    history = parse_metadata(json.dumps({**values(), "history": [row]})).history
    assert history.epochs[0].metrics == {
        **classifier().history.epochs[0].metrics,
        "val_macro_f1": 0.5,
    }


def test_the_history_of_an_older_version_opens() -> None:
    row = (
        '{"epoch":1,"train_loss":1.5,"train_accuracy":0.5,"val_loss":null,"val_accuracy":null,'
        '"learning_rate":0.001,"elapsed_s":2.0,"images_per_s":30.0}'
    )
    text = f'{{"format":1,"studio":"0.4.0","model":"squeezenet1_1","history":[{row}]}}'
    assert parse_metadata(text).history == classifier().history


def test_history_must_be_numbers() -> None:
    row = {**values()["history"][0], "train_loss": "much"}
    assert parse_metadata(json.dumps({**values(), "history": [row]})).history == History()


def test_endless_notes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million wrong settings would be a million errors, and take a gigabyte."""
    settings = json.dumps({"model": "resnet18", "config": {f"a{n}": 0 for n in range(10_000)}})
    monkeypatch.setattr(metadata, "kept_config", lambda values: pytest.fail("looked at"))
    assert parse_metadata(settings).model == "resnet18"
    monkeypatch.setattr(json, "loads", lambda text: pytest.fail("looked at"))
    assert parse_metadata("[" + "{}," * 1_000_001 + "{}]") == WeightsMetadata()
