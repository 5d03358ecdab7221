"""The table of models: what it shows, how it sorts and what stands first."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from tests.gui.networks import CATALOG, make_weights
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.gui.features.choose_model.table_model import NAME_ROLE, ModelColumn, ModelTableModel

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(app: QApplication) -> ModelTableModel:
    model = ModelTableModel()
    model.set_models(CATALOG)
    return model


def names(model: ModelTableModel) -> list[str]:
    return [model.index(row, 0).data(NAME_ROLE) for row in range(model.rowCount())]


def test_is_a_sound_model(model: ModelTableModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_facts_are_shown_as_people_read_them(model: ModelTableModel) -> None:
    row = [model.index(1, column).data() for column in ModelColumn]
    expected = ["ResNet-18", "torchvision", "11.7 M", "1.81", "224", "70.0%", "–", "to download"]
    assert row == expected
    assert model.index(0, ModelColumn.TOP1).data() == "–"
    assert model.index(0, ModelColumn.WEIGHTS).data() == "on board"
    alignment = model.index(0, ModelColumn.GFLOPS).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


@pytest.mark.parametrize(
    ("gflops", "text"), [(0, "–"), (0.00041, "0.00041"), (17.56, "17.6"), (2734.5, "2,730")]
)
def test_few_digits_and_no_exponents(model: ModelTableModel, gflops: float, text: str) -> None:
    model.set_models((dataclasses.replace(CATALOG[1], gflops=gflops),))
    assert model.index(0, ModelColumn.GFLOPS).data() == text


def test_the_year_is_that_of_the_family(model: ModelTableModel) -> None:
    model.set_models((dataclasses.replace(CATALOG[1], family_id="resnet"),))
    assert model.index(0, ModelColumn.YEAR).data() == "2015"


def test_the_nearest_of_several_weights_counts(model: ModelTableModel) -> None:
    two = (make_weights(WeightsPlace.REMOTE), make_weights(WeightsPlace.CACHED, name="V2"))
    model.set_models((dataclasses.replace(CATALOG[1], weights=two),))
    cell = model.index(0, ModelColumn.WEIGHTS)
    assert cell.data() == "on this machine · 2"
    tip = cell.data(Qt.ItemDataRole.ToolTipRole).splitlines()
    assert tip[0].startswith("IMAGENET1K_V1") and tip[1].startswith("V2")


def test_sorts_by_numbers(model: ModelTableModel) -> None:
    model.sort(ModelColumn.PARAMETERS, UP)
    assert names(model) == ["tf_efficientnet_lite0", "resnet18", "alexnet", "vgg11_bn"]
    model.sort(ModelColumn.WEIGHTS, UP)
    assert names(model)[:2] == ["tf_efficientnet_lite0", "alexnet"]
    model.sort(-1)
    assert names(model) == [spec.name for spec in CATALOG]


@pytest.mark.parametrize("order", [UP, DOWN])
def test_what_is_not_known_is_last_in_both_directions(
    model: ModelTableModel, order: Qt.SortOrder
) -> None:
    unknown = dataclasses.replace(CATALOG[1], name="new", parameters=0, gflops=0.0, weights=())
    model.set_models((unknown, *CATALOG))
    for column in (ModelColumn.PARAMETERS, ModelColumn.GFLOPS, ModelColumn.WEIGHTS):
        model.sort(column, order)
        assert names(model)[-1] == "new"
    model.sort(ModelColumn.TOP1, order)
    assert set(names(model)[-2:]) == {"new", "tf_efficientnet_lite0"}


def test_what_is_called_like_the_search_comes_first(model: ModelTableModel) -> None:
    plain = dataclasses.replace(CATALOG[1], name="timm/resnet18", title="resnet18")
    longer = dataclasses.replace(CATALOG[1], name="resnet18d", title="resnet18d")
    within = dataclasses.replace(CATALOG[1], name="seresnet18", title="seresnet18")
    model.set_models((within, longer, plain), "ResNet18")
    assert names(model) == ["timm/resnet18", "resnet18d", "seresnet18"]


def test_the_chosen_one_is_marked_by_more_than_colour(model: ModelTableModel) -> None:
    model.set_chosen("resnet18")
    icon = Qt.ItemDataRole.DecorationRole
    assert model.index(1, 0).data(icon) is not None
    assert model.index(0, 0).data(icon) is None
    assert "chosen" in model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_rows_stay_when_only_facts_change(model: ModelTableModel) -> None:
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    here = dataclasses.replace(CATALOG[1], weights=(make_weights(WeightsPlace.CACHED),))
    model.set_models((CATALOG[0], here, *CATALOG[2:]))
    assert not resets
    assert model.index(1, ModelColumn.WEIGHTS).data() == "on this machine"
