"""The model picker bound to a session."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from tests.gui.networks import (
    CATALOG,
    make_ready,
    make_spec,
    make_weights,
    no_engine,
    wait_for_plan,
)
from tests.gui.showing import on_screen
from tlstudio.core.errors import ModelError, WeightsError
from tlstudio.core.networks.catalog import Library, SizeRule, WeightsPlace
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.choose_model.filter_bar import Scope
from tlstudio.gui.features.choose_model.inputs_form import InputsForm
from tlstudio.gui.features.choose_model.table_model import NAME_ROLE, ModelColumn
from tlstudio.gui.features.choose_model.view import ChooseView
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def page(ready_session: Session, qtbot: QtBot) -> ChooseView:
    return show(ready_session, qtbot)


def show(session: Session, qtbot: QtBot) -> ChooseView:
    return on_screen(ChooseView(session), qtbot, 812, 700)


def click(page: ChooseView, qtbot: QtBot, row: int) -> None:
    place = page.table.visualRect(page.model.index(row, 2)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_models_of_the_last_start_can_be_chosen_while_the_library_loads(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    is_loaded = threading.Event()
    warm_up = jobs.warm_up
    monkeypatch.setattr(jobs, "warm_up", lambda: is_loaded.wait() and warm_up())
    monkeypatch.setattr(jobs, "known_models", lambda: CATALOG)
    page = show(session, qtbot)
    try:
        session.network.load_engine()
        qtbot.waitUntil(lambda: page.table.isVisible())
        assert not session.network.is_ready and page.model.rowCount() == len(CATALOG)
        click(page, qtbot, 1)
        assert session.network.config.model == "resnet18"
    finally:
        is_loaded.set()
    wait_for_plan(session, qtbot)


def test_says_that_the_library_is_loading(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    page = show(session, qtbot)
    assert page.loading.isVisible() and page.loading.busy.isVisible() and not page.card.isVisible()
    make_ready(session, qtbot)
    assert page.table.isVisible() and page.card.isVisible() and not page.loading.isVisible()
    assert page.model.rowCount() == len(CATALOG)


def test_a_click_chooses(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    click(page, qtbot, 1)
    assert session.network.config.model == "resnet18"
    assert page.model.chosen == "resnet18"
    assert page.card.title.text() == "ResNet-18"
    assert "IMAGENET1K_V1" in page.card.weights.only.text
    assert "crop 224 px" in page.card.preprocessing.text()
    assert "224 × 224" in page.card.input_fold.title


def test_arrows_look_and_enter_chooses(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert session.network.config.model == "tf_efficientnet_lite0"
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.network.config.model == "vgg11_bn"


def test_a_choice_made_elsewhere_is_shown(page: ChooseView, session: Session) -> None:
    session.network.set_model("alexnet")
    assert page.table.currentIndex().data(NAME_ROLE) == "alexnet"
    assert page.card.title.text() == "AlexNet"


def test_search(page: ChooseView, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search, "vgg")
    assert page.model.rowCount() == 1
    qtbot.keyClicks(page.search, "zzz")
    assert page.nothing.isVisible() and not page.nothing.everywhere.isVisible()
    assert page.card.isVisible()
    qtbot.mouseClick(page.nothing.clear, Qt.MouseButton.LeftButton)
    assert page.table.isVisible() and page.model.rowCount() == len(CATALOG)
    assert page.table.currentIndex().data(NAME_ROLE) == "tf_efficientnet_lite0"


def test_enter_in_the_search_goes_to_what_was_found(
    page: ChooseView, session: Session, qtbot: QtBot
) -> None:
    qtbot.keyClicks(page.search, "vgg")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert page.table.currentIndex().data(NAME_ROLE) == "vgg11_bn"
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert session.network.config.model == "vgg11_bn"


def test_sorting_keeps_the_chosen_row(page: ChooseView, session: Session) -> None:
    session.network.set_model("resnet18")
    page.table.sortByColumn(ModelColumn.PARAMETERS, Qt.SortOrder.DescendingOrder)
    assert page.model.index(0, 0).data() == "VGG-11"
    assert page.table.currentIndex().data(NAME_ROLE) == "resnet18"


def test_download_with_progress(
    page: ChooseView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def download(
        model: str,
        weights: str,
        *,
        on_progress: Callable[[DownloadProgress], None],
        **_: object,
    ) -> None:
        on_progress(DownloadProgress(10_000_000, 40_000_000, 2e6))
        assert go_on.wait(60)

    monkeypatch.setattr(jobs, "download_weights", download)
    session.network.set_model("resnet18")
    assert page.card.download.isVisible() and "44.7 MB" in page.card.download.text()
    assert page.card.hint.isVisible()
    qtbot.mouseClick(page.card.download, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.card.bar.value() == 250)
    assert page.card.bar.isVisible() and page.card.cancel.isVisible()
    assert page.card.progress.text() == "10.0 MB of 40.0 MB · 2.0 MB/s · 15 s left"
    session.network.set_model("vgg11_bn")
    assert not page.card.bar.isVisible() and page.card.download.isEnabled()

    here = dataclasses.replace(CATALOG[1], weights=(make_weights(WeightsPlace.CACHED),))
    monkeypatch.setattr(jobs, "list_models", lambda: (CATALOG[0], here, *CATALOG[2:]))
    session.network.set_model("resnet18")
    go_on.set()
    qtbot.waitUntil(lambda: "on this machine" in page.card.place.text())
    assert page.card.place.isVisible() and not page.card.download.isVisible()


def test_a_download_can_be_cancelled(
    page: ChooseView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(model: str, weights: str, *, stop: StopToken, **_: object) -> None:
        while not stop.stopped:
            threading.Event().wait(0.01)
        raise WeightsError("The download was cancelled.")

    monkeypatch.setattr(jobs, "download_weights", download)
    session.network.set_model("resnet18")
    qtbot.mouseClick(page.card.download, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.card.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.card.download.isVisible)
    assert page.card.download.isEnabled()
    assert not session.notifications.kept


def test_while_training_the_model_stays(page: ChooseView, session: Session, qtbot: QtBot) -> None:
    session.run._set_status(RunStatus.RUNNING)
    click(page, qtbot, 2)
    assert session.network.config.model == "tf_efficientnet_lite0"
    assert page.note.isVisible()
    assert page.table.currentIndex().data(NAME_ROLE) == "tf_efficientnet_lite0"
    session.run._set_status(RunStatus.IDLE)


# -- parts of the catalog and filters --------------------------------------------------------------


def test_what_the_short_list_lacks_is_one_click_away(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    assert page.model.rowCount() == len(CATALOG)
    qtbot.keyClicks(page.search, "dpn")
    assert page.nothing.isVisible() and "1 model" in page.nothing.text.text()
    qtbot.mouseClick(page.nothing.everywhere, Qt.MouseButton.LeftButton)
    assert page.bar.scope is Scope.ALL and page.table.isVisible()
    assert page.model.index(0, 0).data(NAME_ROLE) == "dpn68"


def test_parts_show_what_would_be_found_in_them(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    titles = [button.text().split() for button in page.bar.scopes.buttons()]
    assert [words[-1] for words in titles] == ["4", "4", "1", "1", "6"]
    page.search.setText("lenet")
    assert [button.text().split()[-1] for button in page.bar.scopes.buttons()] == list("00011")


def test_a_vgg_of_one_s_own_is_counted_where_it_is_shown(page: ChooseView) -> None:
    page.bar.search.setText("32 M 64 M")
    assert [spec.name for spec in page.bar.found] == ["vgg:32 M 64 M"]
    assert [button.text().split()[-1] for button in page.bar.scopes.buttons()] == list("11111")


def test_what_a_library_counts_with_auxiliary_classifiers_is_told_apart(page: ChooseView) -> None:
    spec = dataclasses.replace(CATALOG[1], parameters=23_834_568)
    page.card.show_model(spec, None)
    assert "auxiliary" not in page.card.names.text()
    page.card.show_model(dataclasses.replace(spec, parameters_with_auxiliary=27_161_264), None)
    assert "23.8 M parameters (27.2 M with auxiliary" in page.card.names.text()


def test_a_choice_outside_of_the_filter_stays_in_the_card(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    session.network.set_model("lenet5")
    assert page.card.title.text() == "LeNet-5"
    assert not page.table.selectionModel().hasSelection()
    page.bar.set_scope(Scope.CLASSIC)
    assert page.table.currentIndex().data(NAME_ROLE) == "lenet5"
    assert page.table.isColumnHidden(ModelColumn.LIBRARY)


def test_filters_are_chips_that_can_be_taken_away(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    page.bar.set_scope(Scope.ALL)
    qtbot.mouseClick(page.bar.filters, Qt.MouseButton.LeftButton)
    popup = page.bar.popup
    families = [popup.family.itemText(row) for row in range(popup.family.count())]
    assert families[0] == "Any" and "ResNet (1)" in families and len(families) == 7
    popup.parameters.setCurrentIndex(popup.parameters.findData(str(10**7)))
    popup.parameters.activated.emit(popup.parameters.currentIndex())
    qtbot.mouseClick(popup.ready, Qt.MouseButton.LeftButton)
    popup.hide()
    assert shown(page) == ["tf_efficientnet_lite0"]
    assert set(page.bar.chips.chips) == {"max_parameters", "ready"}
    qtbot.mouseClick(page.bar.chips.chips["max_parameters"], Qt.MouseButton.LeftButton)
    assert shown(page) == ["tf_efficientnet_lite0", "alexnet"]
    qtbot.mouseClick(page.bar.chips.chips["ready"], Qt.MouseButton.LeftButton)
    assert len(shown(page)) == 6 and not page.bar.chips.isVisible()
    assert not popup.ready.isChecked() and popup.with_weights.isEnabled()


def test_a_whole_row_is_highlighted(page: ChooseView, qtbot: QtBot) -> None:
    place = page.table.visualRect(page.model.index(2, 3)).center()
    qtbot.mouseMove(page.table.viewport(), place)
    assert page.table.hovered_row == 2
    before = page.table.viewport().grab().toImage()
    QCoreApplication.sendEvent(page.table.viewport(), QEvent(QEvent.Type.Leave))
    assert page.table.hovered_row == -1
    after = page.table.viewport().grab().toImage()
    y = place.y() - 10
    changed = [x for x in range(before.width()) if before.pixel(x, y) != after.pixel(x, y)]
    assert changed == list(range(sum(map(page.table.columnWidth, ModelColumn))))


def test_the_highlight_stays_below_the_mouse(page: ChooseView, qtbot: QtBot) -> None:
    page.table.setFixedHeight(100)
    scroll_bar = page.table.verticalScrollBar()
    qtbot.waitUntil(lambda: scroll_bar.maximum() >= page.table.rowHeight(0))
    place = page.table.visualRect(page.model.index(1, 3)).center()
    qtbot.mouseMove(page.table.viewport(), place)
    scroll_bar.setValue(page.table.rowHeight(0))
    assert page.table.hovered_row == 2
    page.search.setText("vgg")
    assert page.table.hovered_row == -1


def test_down_leads_from_the_search_to_the_table(page: ChooseView, qtbot: QtBot) -> None:
    page.search.setFocus()
    qtbot.keyClicks(page.search, "alex")
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.table.currentIndex().data(NAME_ROLE) == "alexnet"


@pytest.mark.parametrize("width", [752, 1400])
def test_columns_fit(page: ChooseView, qtbot: QtBot, width: int) -> None:
    page.resize(width, 600)
    table = page.table
    widths = [table.columnWidth(column) for column in ModelColumn]
    assert (
        0 <= table.viewport().width() - sum(widths) <= table.verticalScrollBar().sizeHint().width()
    )
    assert not table.isColumnHidden(ModelColumn.LIBRARY)
    assert page.aside.is_beside == (width == 1400)


# -- weights and inputs ----------------------------------------------------------------------------


def test_other_weights(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = show_more(session, qtbot, monkeypatch)
    session.network.set_model("dpn68")
    box = page.card.weights.box
    assert box.isVisible() and box.count() == 2
    assert not page.card.weights.warning.isVisible()
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert session.network.config.weights == "nc_set"
    assert page.card.weights.warning.isVisible()
    assert "cc-by-nc-4.0" in page.card.weights.facts.text
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert session.network.config.weights == ""


def test_without_weights_it_can_be_trained_from_scratch(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    session.network.set_model("lenet5")
    assert "from scratch" in page.card.weights.only.text
    session.network.set_strategy("feature_extraction")
    assert not page.card.download.isVisible() and page.card.scratch.isVisible()
    qtbot.mouseClick(page.card.scratch, Qt.MouseButton.LeftButton)
    assert session.network.config.strategy == "from_scratch"
    assert not page.card.scratch.isVisible()


def test_the_input_is_changed_and_what_was_done_is_shown(
    page: ChooseView, session: Session, qtbot: QtBot
) -> None:
    session.network.set_model("resnet18")
    qtbot.mouseClick(page.card.input_fold.button, Qt.MouseButton.LeftButton)
    form = page.card.inputs
    assert form.isVisible() and not page.card.input_notes.isVisible()
    type_size(form, qtbot, "64")
    assert session.network.config.image_px == 64
    form.colours.chosen.emit("grey")
    form.stem.chosen.emit("small")
    config = session.network.config
    assert (config.colours, config.stem) == ("grey", "small")
    notes = page.card.input_notes.text()
    assert "64 px wide instead of 224 px" in notes and "summed" in notes
    assert "64 × 64 px, grey, stem for tiny images" in page.card.input_fold.title
    type_size(form, qtbot, "224 px")
    assert session.network.config.image_px == 0


def test_a_size_that_is_too_small_is_told_and_not_taken(
    page: ChooseView, session: Session, qtbot: QtBot
) -> None:
    form = page.card.inputs
    page.card.input_fold.set_open(True)
    type_size(form, qtbot, "16")
    assert session.network.config.image_px == 0
    assert "32 px and more" in form.hints["image_px"].text()
    assert form.hints["image_px"].property("tone") == "wrong"
    type_size(form, qtbot, "96")
    assert session.network.config.image_px == 96
    assert form.hints["image_px"].property("tone") != "wrong"


def test_what_the_network_refuses_says_why(
    page: ChooseView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = {"stem": ModelError("Net has no stem that could be made smaller.")}
    monkeypatch.setattr(jobs, "refused_settings", lambda model: refused)
    qtbot.mouseClick(page.card.input_fold.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not page.card.inputs.stem.isEnabled())
    assert page.card.inputs.hints["stem"].text() == "Net has no stem that could be made smaller."
    assert page.card.inputs.colours.isEnabled()


def test_a_fixed_size_cannot_be_changed(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    session.network.set_model("lenet5")
    form = page.card.inputs
    assert not form.image_px.isEnabled() and not form.colours.isEnabled()
    assert form.colours.value == "grey"


def test_large_networks_are_told(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = show_more(session, qtbot, monkeypatch)
    assert not page.card.large.isVisible()
    session.network.set_model("dpn68")
    assert page.card.large.isVisible() and "2.4 GB" in page.card.large.text()


def test_while_training_weights_and_input_stay(page: ChooseView, session: Session) -> None:
    session.run._set_status(RunStatus.RUNNING)
    assert not page.card.inputs.isEnabled() and not page.card.weights.box.isEnabled()
    session.run._set_status(RunStatus.IDLE)
    assert page.card.inputs.isEnabled()


def shown(page: ChooseView) -> list[str]:
    return [page.model.index(row, 0).data(NAME_ROLE) for row in range(page.model.rowCount())]


def type_size(form: InputsForm, qtbot: QtBot, text: str) -> None:
    edit = form.image_px.lineEdit()
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def show_more(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> ChooseView:
    """With a network of timm that has two sets of weights, and a classic that has none."""
    no_engine(monkeypatch)
    two = (
        make_weights(WeightsPlace.REMOTE, None, "first"),
        dataclasses.replace(
            make_weights(WeightsPlace.REMOTE, 0.8, "nc_set"), licence="cc-by-nc-4.0"
        ),
    )
    dpn = dataclasses.replace(
        make_spec("dpn68", family="DPN", parameters=600_000_000),
        library=Library.TIMM,
        recommended=False,
        weights=two,
    )
    lenet = dataclasses.replace(
        make_spec("lenet5", "LeNet-5", family="LeNet", parameters=60_000),
        library=Library.CLASSIC,
        recommended=False,
        weights=(),
        preprocessing=Preprocessing(32, 32, channels=1),
        size_rule=SizeRule.FIXED,
    )
    monkeypatch.setattr(jobs, "list_models", lambda: (*CATALOG, dpn, lenet))
    make_ready(session, qtbot)
    return show(session, qtbot)


def test_tiny_grey_images_are_told_what_becomes_of_them(
    page: ChooseView, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for split in ("train", "val"):
        for name in ("a", "b"):
            folder = tmp_path / split / name
            folder.mkdir(parents=True)
            for number in range(2):
                Image.new("L", (28, 28)).save(folder / f"{number}.png")
    assert "enlarged" not in page.card.input_notes.text()
    with qtbot.waitSignal(session.datasets.glanced):
        session.datasets.open(tmp_path)
    assert "about 28 px, are enlarged to 224 px" in page.card.input_notes.text()
    assert "repeated into red, green and blue" in page.card.input_notes.text()
    session.datasets.close()
    assert "enlarged" not in page.card.input_notes.text()


def test_a_vgg_of_ones_own_is_typed_as_a_list(
    page: ChooseView, session: Session, qtbot: QtBot
) -> None:
    page.search.setText("8 M 16 x M")
    assert page.nothing.isVisible() and "x" in page.nothing.title.text()
    page.search.setText("8, M, 16, M | 32")
    assert page.model.data(page.model.index(0, 0), NAME_ROLE) == "vgg:8 M 16 M | 32"
    click(page, qtbot, 0)
    config = session.network.config
    assert (config.model, config.strategy) == ("vgg:8 M 16 M | 32", "from_scratch")
    assert session.network.spec is not None and session.network.spec.family == "VGG"
    page.search.clear()  # it stays in the list as long as it is chosen
    assert page.model.find("vgg:8 M 16 M | 32") >= 0
    session.network.set_model("small")
    qtbot.waitUntil(lambda: page.model.find("vgg:8 M 16 M | 32") < 0)
