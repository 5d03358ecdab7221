"""The tree model shows a freeze plan and says what a click asks for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.gui.networks import BACKBONE, small_tree, wide_tree
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.rows import LayerState
from tlstudio.gui.features.layers.tree_model import LayerColumn, LayerTreeModel
from tlstudio.gui.state import jobs

CHECK = Qt.ItemDataRole.CheckStateRole
CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


@pytest.fixture
def model(app: QApplication) -> LayerTreeModel:
    model = LayerTreeModel()
    model.set_tree(small_tree(num_classes=3))
    return model


def text(model: LayerTreeModel, path: str, column: LayerColumn) -> str:
    index = model.index_of(path)
    return str(model.data(index.siblingAtColumn(column)))


def own_row(model: LayerTreeModel) -> QModelIndex:
    return model.index(0, 0, model.index_of("body"))


def test_is_a_sound_model(model: LayerTreeModel, qtmodeltester: ModelTester) -> None:
    model.set_trainable({"head"})
    qtmodeltester.check(model)


def test_rows_are_the_modules_in_order(model: LayerTreeModel) -> None:
    top = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert top == ["stem", "relu", "body", "head"]
    body = model.index_of("body")
    assert [model.index(r, 0, body).data() for r in range(model.rowCount(body))] == [
        "(own)",
        "0",
        "1",
    ]
    assert model.parent(model.index_of("body.0.conv")) == model.index_of("body.0")
    assert text(model, "body", LayerColumn.PARAMETERS) == "557"
    assert text(model, "stem", LayerColumn.KIND) == "Conv2d"
    assert text(model, "stem", LayerColumn.OUTPUT) == "8×7×7"


def test_states_follow_what_is_below(model: LayerTreeModel) -> None:
    model.set_trainable({"body.1.conv", "head"})
    states = {path: model.row_of(model.index_of(path)).state for path in small_tree().nodes if path}  # type: ignore[union-attr]
    assert states["body"] is states["body.1"] is LayerState.PARTLY
    assert states["body.0"] is states["stem"] is LayerState.FROZEN
    assert states["body.1.conv"] is states["head"] is LayerState.TRAINS
    assert states["relu"] is LayerState.NOTHING
    assert model.data(model.index_of("body"), CHECK) is Qt.CheckState.PartiallyChecked
    assert model.data(model.index_of("relu"), CHECK) is None
    assert text(model, "body", LayerColumn.STATE) == "Partly"


def test_a_container_asks_for_all_below(model: LayerTreeModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.ticked) as asked:
        assert model.setData(model.index_of("body"), CHECKED, CHECK)
    assert asked.args == [BACKBONE - {"stem"}]
    assert model.trainable == frozenset()  # the model itself ticks nothing
    model.set_trainable(BACKBONE)
    with qtbot.waitSignal(model.ticked) as asked:
        model.setData(model.index_of("body.0"), UNCHECKED, CHECK)
    assert asked.args == [BACKBONE - {"body.0.conv", "body.0.bn"}]


def test_parameters_of_a_container_have_a_box_of_their_own(
    model: LayerTreeModel, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(model.ticked) as asked:
        model.setData(own_row(model), CHECKED, CHECK)
    assert asked.args == [frozenset({"body"})]
    model.set_trainable({"body"})
    assert model.data(own_row(model), CHECK) is CHECKED
    assert model.data(model.index_of("body"), CHECK) is Qt.CheckState.PartiallyChecked


def test_only_changed_rows_are_announced(model: LayerTreeModel, qtbot: QtBot) -> None:
    changed: list[str] = []
    model.dataChanged.connect(
        lambda first, last, roles: changed.extend(
            model.index(row, 0, first.parent()).data() for row in range(first.row(), last.row() + 1)
        )
    )
    model.set_trainable({"head"})
    assert changed == ["head"]
    model.set_trainable({"head"})
    assert changed == ["head"]


def test_while_training_nothing_can_be_ticked(model: LayerTreeModel, qtbot: QtBot) -> None:
    model.set_editable(False)
    with qtbot.assertNotEmitted(model.ticked):
        assert not model.setData(model.index_of("stem"), CHECKED, CHECK)


def test_frozen_is_explained(model: LayerTreeModel) -> None:
    tip = model.data(
        model.index_of("stem").siblingAtColumn(LayerColumn.STATE), Qt.ItemDataRole.ToolTipRole
    )
    assert "bit for bit" in tip


def test_search_shows_matches_with_what_is_around_them(model: LayerTreeModel) -> None:
    shown = LayerFilter(model)
    shown.set_query("batchnorm 0")
    assert [model.rows[n].node.path for n in shown.found] == ["body.0.bn"]
    assert shown.rowCount() == 1
    body = shown.index(0, 0)
    block = shown.index(0, 0, body)
    assert (body.data(), block.data()) == ("body", "0")
    assert (shown.rowCount(body), shown.rowCount(block)) == (1, 1)
    shown.set_query("body.1")
    assert shown.rowCount(shown.index(0, 0, shown.index(0, 0))) == 2  # all below a match
    shown.set_query("nothing like it")
    assert shown.rowCount() == 0


def test_layers_without_parameters_can_be_left_out(model: LayerTreeModel) -> None:
    shown = LayerFilter(model)
    shown.set_only_parameters(True)
    assert [shown.index(r, 0).data() for r in range(shown.rowCount())] == ["stem", "body", "head"]


def test_the_filter_is_a_sound_model(model: LayerTreeModel, qtmodeltester: ModelTester) -> None:
    shown = LayerFilter(model)
    shown.set_query("body")
    qtmodeltester.check(shown)
    model.set_tree(wide_tree(3))
    assert shown.rowCount() == 0
    model.set_tree(None)
    shown.set_query("")
    assert shown.rowCount() == 0


@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "vit_b_16"])
def test_real_networks(app: QApplication, qtmodeltester: ModelTester, name: str) -> None:
    tree = jobs.layer_tree(name, 4, BuildConfig())
    model = LayerTreeModel()
    model.set_tree(tree)
    qtmodeltester.check(model)
    all_paths = frozenset().union(
        *(model.paths_of(model.index(r, 0)) for r in range(model.rowCount()))
    )
    assert all_paths == {layer.path for layer in tree.layers}
    assert sum(row.parameters for row in model.rows if row.is_layer) == tree.parameters
