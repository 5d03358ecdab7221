"""How a dataset is read: kept as JSON, and errors that say what to open or how to read instead."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.options import ReadOptions, TableOptions
from tlstudio.core.data.reading import AmbiguousDatasetError, Reading
from tlstudio.core.data.values import ValueRange
from tlstudio.core.errors import DatasetError, TLStudioError
from tlstudio.core.notes import Note


@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(),
        ReadOptions("classes"),
        ReadOptions("", TableOptions(class_column="label"), ValueRange(-160.0, 240.0)),
    ],
)
def test_options_are_what_they_were_after_json(options: ReadOptions) -> None:
    assert ReadOptions.from_values(json.loads(json.dumps(options.to_values()))) == options


@pytest.mark.parametrize(
    "values",
    [None, "classes", {"reading": 3}, {"table": []}, {"values": {"low": 1}}],
)
def test_options_of_another_version_are_left_to_the_studio(values: object) -> None:
    assert ReadOptions.from_values(values) == ReadOptions()


def test_an_error_says_what_to_open_instead(tmp_path: Path) -> None:
    error = DatasetError("“{name}” is not it.", name="x", instead=tmp_path)
    assert error.instead == tmp_path and DatasetError("no").instead is None
    stored = TLStudioError.from_values(json.loads(json.dumps(error.to_values())))
    assert isinstance(stored, DatasetError) and stored.instead == tmp_path


def test_readings_travel_with_their_error() -> None:
    reading = Reading("classes", Note("Two classes."), ("dev", "train"), {Split.TRAIN: 4})
    error = AmbiguousDatasetError("Which?", readings=(reading,))
    assert pickle.loads(pickle.dumps(error)).readings == (reading,)
    stored = TLStudioError.from_values(json.loads(json.dumps(error.to_values())))
    assert isinstance(stored, AmbiguousDatasetError) and stored.readings == ()
