"""The table of models: what it shows, finds and sorts by."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from tests.gui.networks import CATALOG, make_weights
from tlstudio.core.catalog import WeightsPlace
from tlstudio.gui.models.model_table_model import (
    NAME_ROLE,
    ModelColumn,
    ModelFilter,
    ModelTableModel,
)


@pytest.fixture
def model(app: QApplication) -> ModelTableModel:
    model = ModelTableModel()
    model.set_models(CATALOG)
    return model


def names(shown: ModelFilter) -> list[str]:
    return [shown.index(row, 0).data(NAME_ROLE) for row in range(shown.rowCount())]


def test_are_sound_models(model: ModelTableModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    qtmodeltester.check(ModelFilter(model))


def test_facts_are_shown_as_people_read_them(model: ModelTableModel) -> None:
    row = [model.index(1, column).data() for column in ModelColumn]
    assert row == ["ResNet-18", "11.7 M", "1.81", "224", "70.0%", "to download, 44.7 MB"]
    assert model.index(0, ModelColumn.TOP1).data() == "–"
    assert model.index(0, ModelColumn.WEIGHTS).data() == "on board"
    alignment = model.index(0, ModelColumn.GFLOPS).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_sorts_by_numbers(model: ModelTableModel) -> None:
    shown = ModelFilter(model)
    shown.sort(ModelColumn.PARAMETERS, Qt.SortOrder.AscendingOrder)
    assert names(shown) == ["tf_efficientnet_lite0", "resnet18", "alexnet", "vgg11_bn"]
    shown.sort(ModelColumn.TOP1, Qt.SortOrder.DescendingOrder)
    assert names(shown) == ["vgg11_bn", "resnet18", "alexnet", "tf_efficientnet_lite0"]
    shown.sort(ModelColumn.WEIGHTS, Qt.SortOrder.AscendingOrder)
    assert names(shown)[:2] == ["tf_efficientnet_lite0", "alexnet"]


def test_search(model: ModelTableModel) -> None:
    shown = ModelFilter(model)
    shown.set_query("NET 18")
    assert names(shown) == ["resnet18"]
    shown.set_query("")
    assert len(names(shown)) == len(CATALOG)


def test_the_chosen_one_is_marked_by_more_than_colour(model: ModelTableModel) -> None:
    model.set_chosen("resnet18")
    icon = Qt.ItemDataRole.DecorationRole
    assert model.index(1, 0).data(icon) is not None
    assert model.index(0, 0).data(icon) is None
    assert "chosen" in model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_rows_stay_when_only_facts_change(model: ModelTableModel) -> None:
    shown = ModelFilter(model)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    here = dataclasses.replace(CATALOG[1], weights=(make_weights(WeightsPlace.CACHED),))
    model.set_models((CATALOG[0], here, *CATALOG[2:]))
    assert not resets
    assert shown.index(1, ModelColumn.WEIGHTS).data() == "on this machine"
