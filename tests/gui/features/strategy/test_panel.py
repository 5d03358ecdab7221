"""The inspector bound to a session."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from tests.gui.networks import CATALOG, make_weights, wait_for_plan
from tests.gui.showing import on_screen
from tlstudio.core.config import FIELDS, RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.strategy.more_popup import MorePopup
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.kit import language
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.config_form import FieldRow
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def panel(ready_session: Session, qtbot: QtBot) -> StrategyPanel:
    return show(ready_session, qtbot)


def show(session: Session, qtbot: QtBot) -> StrategyPanel:
    return on_screen(StrategyPanel(session), qtbot, 380, 800)


def rows(panel: StrategyPanel) -> dict[str, FieldRow]:
    """Every row that is made from the table, wherever it lies."""
    return {**panel.rows, **panel.popup.rows}


def choose(field: ChoiceField, value: str) -> None:
    """As a click on a row of the list does."""
    field.setCurrentIndex(field.findData(value))
    field.activated.emit(field.currentIndex())


def number(panel: StrategyPanel, name: str) -> NumberField:
    editor = rows(panel)[name].editor
    assert isinstance(editor, NumberField)
    return editor


def test_works_before_the_engine_is_there(session: Session, qtbot: QtBot) -> None:
    panel = show(session, qtbot)
    assert panel.strategies.value == "feature_extraction"
    assert panel.model_line.title.text == "tf_efficientnet_lite0"


def test_shows_what_the_session_holds(session: Session, qtbot: QtBot) -> None:
    session.network.set_config(RunConfig(strategy="fine_tuning", epochs=3, optimizer="adam"))
    panel = show(session, qtbot)
    assert panel.strategies.value == "fine_tuning"
    assert number(panel, "epochs").typed == "3"
    assert rows(panel)["momentum"].isHidden()


def test_the_model_line_leads_to_the_picker(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.model_line.title.text == "EfficientNet-Lite0"
    qtbot.mouseClick(panel.model_line.button, Qt.MouseButton.LeftButton)
    assert session.step is Step.MODEL


def test_presets(panel: StrategyPanel, session: Session) -> None:
    choose(panel.strategies, "from_scratch")
    assert session.network.config.initialisation == "random"
    assert "random values" in panel.strategies.toolTip()
    choose(panel.strategies, "feature_extraction")
    assert session.network.config.initialisation == "pretrained"


def test_the_list_opens_over_the_page_with_whole_sentences(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    field = panel.strategies
    field.showPopup()
    view = field.view()
    qtbot.waitUntil(view.isVisible)
    assert [item.value for item in field.items] == [spec.name for spec in STRATEGIES]
    assert view.window().width() > field.width()
    for row, item in enumerate(field.items):
        place = view.visualRect(field.model().index(row, 0))
        assert view.viewport().rect().contains(place), item.title
        words = view.fontMetrics().boundingRect(
            0, 0, place.width() - 70, 0, Qt.TextFlag.TextWordWrap, item.sentence
        )
        assert words.height() < place.height()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert session.network.config.strategy == "partial"


def test_custom_keeps_its_ticks(panel: StrategyPanel, session: Session, qtbot: QtBot) -> None:
    session.network.set_strategy("fine_tuning")
    choose(panel.strategies, "custom")  # it begins with those of the strategy before
    assert session.network.plan is not None and "stem" in session.network.plan.trainable
    session.network.tick({"stem", "head"})
    assert panel.strategies.value == "custom"
    glyph = panel.strategies.itemIcon(panel.strategies.currentIndex()).pixmap(41, 17).toImage()
    assert any(glyph.pixelColor(x, 8).alpha() for x in range(41))
    choose(panel.strategies, "feature_extraction")
    assert session.network.config.trainable == ()
    choose(panel.strategies, "custom")
    assert session.network.config.trainable == ("head", "stem")
    session.network.set_model("resnet18")  # whose layers are others
    wait_for_plan(session, qtbot)
    session.network.set_strategy("fine_tuning")
    choose(panel.strategies, "custom")
    assert len(session.network.config.trainable) > 2


def test_where_partial_fine_tuning_begins(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    panel.more.click()
    assert not panel.popup.train_from.isVisible()
    session.network.set_strategy("partial")
    field = panel.popup.train_from.field
    assert panel.popup.train_from.isVisible()
    assert [field.itemText(n) for n in range(field.count())] == ["stem", "body", "head"]
    assert field.currentText() == "body"  # the default is shown, not hidden
    field.setFocus()
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "body.1.bn")
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert session.network.config.train_from == "body.1.bn"
    session.network.train_from("stem")
    assert field.currentText() == "stem"


def test_an_unknown_layer_is_told_at_the_field(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    session.network.set_strategy("partial")
    panel.more.click()
    field = panel.popup.train_from.field
    field.lineEdit().setText("layer9")
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert (
        panel.popup.train_from.problem.isVisible()
        and "layer9" in panel.popup.train_from.problem.text()
    )
    assert session.network.config.train_from == ""
    assert not session.notifications.kept
    assert "layer9" in str(session.network.field_problems["train_from"])
    session.network.train_from("stem")
    assert session.network.field_problems == {} and field.currentText() == "stem"
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "nowhere")
    assert "train_from" in session.network.field_problems  # before the field is left
    session.network.set_strategy("fine_tuning")
    assert session.network.field_problems == {}


def test_fields_change_the_configuration(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    field = number(panel, "learning_rate")
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "3e-4")
    assert session.network.config.learning_rate == 3e-4
    assert not session.notifications.kept
    session.network.change(learning_rate=0.5)
    assert field.typed == "0.5"


def test_reset_leaves_model_and_strategy(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    assert not panel.reset.isEnabled()
    session.network.set_model("resnet18")
    session.network.set_strategy("fine_tuning")
    session.network.change(epochs=3, seed=5, schedule="none")
    wait_for_plan(session, qtbot)
    number(panel, "batch_size").lineEdit().setText("none")
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    chosen = RunConfig(model="resnet18", strategy="fine_tuning")
    assert session.network.config == session.network.preset.propose(chosen).config
    assert number(panel, "batch_size").typed == "32"
    assert not panel.reset.isEnabled()


def test_devices_as_found(panel: StrategyPanel) -> None:
    editor = rows(panel)["device"].editor
    assert isinstance(editor, ChoiceField)
    titles = [editor.itemText(n) for n in range(editor.count())]
    assert titles == ["Automatic", "Processor", "Card"]


def test_missing_weights_are_said_in_the_line_of_the_model(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    line = panel.model_line
    height = line.height()
    assert not line.download.isVisible()
    session.network.set_model("resnet18")
    wait_for_plan(session, qtbot)
    assert "44.7 MB" in line.download.text() and line.facts.property("tone") == "warning"
    assert "not on this machine" in line.button.toolTip()
    QApplication.processEvents()
    assert line.height() == height
    session.network.set_strategy("from_scratch")
    assert not line.download.isVisible() and "parameters" in line.facts.text


def test_while_training_it_is_for_looking(panel: StrategyPanel, session: Session) -> None:
    height = panel.height()
    session.run._set_status(RunStatus.RUNNING)
    assert "can't be changed" in panel.toolTip() and panel.height() == height
    assert not panel.grid.isEnabled() and not panel.strategies.isEnabled()
    panel.more.click()
    assert panel.popup.isVisible() and not panel.popup.body.isEnabled()
    session.run._set_status(RunStatus.IDLE)
    assert not panel.toolTip() and panel.grid.isEnabled() and panel.popup.body.isEnabled()


@pytest.mark.parametrize("code", ["en", "ko"])
def test_no_title_is_cut_off(ready_session: Session, qtbot: QtBot, code: str) -> None:
    """At 372 px titles and choices are whole in both languages; the popup has room, too."""
    language.install(code)
    try:
        panel = on_screen(StrategyPanel(ready_session), qtbot, 372, 300)
        panel.model_line.show_model("MobileNetV3-Large", "5.48 M parameters · ImageNet 75.3%")
        panel.popup.body.adjustSize()
        assert panel.minimumSizeHint().width() <= 372
        for row in (*panel.rows.values(), panel.views):
            assert row.title.width() >= row.title.sizeHint().width()
        for field in (
            panel.rows["optimizer"].editor,
            panel.rows["schedule"].editor,
            panel.views.editor,
        ):
            assert isinstance(field, ChoiceField)
            option = QStyleOptionComboBox()
            field.initStyleOption(option)
            part = QStyle.SubControl.SC_ComboBoxEditField
            room = field.style().subControlRect(
                QStyle.ComplexControl.CC_ComboBox, option, part, field
            )
            texts = [field.itemText(n) for n in range(field.count())]
            assert max(map(field.fontMetrics().horizontalAdvance, texts)) <= room.width(), texts
        assert (
            panel.more.fontMetrics().horizontalAdvance(panel.more.text() + " (10)") + 24
            <= panel.more.width()
        )
        body = panel.popup.body
        assert body.minimumSizeHint().width() <= panel.popup.width()
    finally:
        language.install("en")


def test_the_variation_drives_the_configuration(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    field = panel.views.editor
    choose(field, Variation.LIVE)
    assert session.network.config.views == "live"
    choose(field, Variation.NONE)
    assert session.network.config.augmentation == "none"
    assert panel.reset.isEnabled()
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert not session.network.differing and field.value == Variation.CACHED
    session.network.set_strategy("fine_tuning")
    assert field.value == Variation.LIVE and not field.item(Variation.CACHED).is_possible
    assert session.network.config.views == "cached"  # for when there are frozen layers again


def test_every_setting_has_one_home(panel: StrategyPanel) -> None:
    assert not panel.rows.keys() & panel.popup.rows.keys()
    chosen_elsewhere = {"model", "initialisation", "weights", *INPUT_SETTINGS}
    chosen_elsewhere |= {
        "start_from",
        "strategy",
        "train_from",
        "trainable",
        "views",
    }  # by widgets of their own
    assert rows(panel).keys() | chosen_elsewhere == {spec.name for spec in FIELDS}
    assert not rows(panel).keys() & chosen_elsewhere


def test_without_pretrained_weights_only_from_scratch_can_be_chosen(
    panel: StrategyPanel, session: Session
) -> None:
    bare = dataclasses.replace(CATALOG[1], weights=())
    session.network.models = (CATALOG[0], bare)
    session.network.set_model(bare.name)
    item = panel.strategies.item
    assert session.network.config.strategy == "from_scratch"
    assert not item("feature_extraction").is_possible and item("from_scratch").is_possible
    assert item("partial").sentence == "This model has no pretrained weights."
    index = panel.strategies.model().index(panel.strategies.findData("partial"), 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert panel.model_line.download.isHidden()
    session.network.set_model(CATALOG[0].name)
    assert session.network.config.strategy == "feature_extraction"
    assert item("feature_extraction").is_possible


def test_the_accuracy_is_that_of_the_chosen_weights(panel: StrategyPanel, session: Session) -> None:
    sets = (
        make_weights(WeightsPlace.CACHED, 0.809, "IMAGENET1K_V2"),
        make_weights(WeightsPlace.CACHED, 0.761, "IMAGENET1K_V1"),
    )
    session.network.models = (CATALOG[0], dataclasses.replace(CATALOG[1], weights=sets))
    session.network.set_model(CATALOG[1].name)
    assert "80.9%" in panel.model_line.facts.text
    session.network.change(weights="IMAGENET1K_V1")
    assert "76.1%" in panel.model_line.facts.text


def test_a_strategy_brings_its_own_options(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    panel.more.click()
    options = panel.popup.options
    assert not options.isVisible()
    own = {
        "head_first": {"head_epochs", "rate_rule", "backbone_rate"},
        "gradual": {"unfreeze_every", "rate_rule", "backbone_rate"},
        "discriminative": {"rate_rule", "backbone_rate"},
        "probe_first": {"rate_rule", "backbone_rate"},
        "fine_tuning": set(),
    }
    for name, wanted in own.items():
        choose(panel.strategies, name)
        assert session.network.config.strategy == name
        assert {n for n, row in options.rows.items() if row.isVisible()} == wanted
    session.network.change(strategy="gradual", rate_rule="stages")
    assert options.rows["stage_decay"].isVisible()
    assert not options.rows["backbone_rate"].isVisible()
    field = number(panel, "unfreeze_every")
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "5")
    assert session.network.config.unfreeze_every == 5


def test_more_says_what_in_it_is_not_as_usual(panel: StrategyPanel, session: Session) -> None:
    assert "(" not in panel.more.text() and not panel.more.toolTip()
    session.network.change(mixing="cutmix", label_smoothing=0.1)
    assert panel.more.text().endswith("(2)")
    assert panel.more.toolTip() == "Label smoothing 0.1\nMixed images CutMix"
    assert panel.popup.rows["mixing"].title.property("tone") == "changed"
    session.network.change(mixing="none", mixing_alpha=0.4)  # which then means nothing
    assert panel.more.toolTip() == "Label smoothing 0.1"
    panel.reset.click()
    assert "(" not in panel.more.text()


def test_more_is_built_when_it_is_first_wanted(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    assert not panel.findChildren(MorePopup)
    session.network.change(label_smoothing=0.1)
    assert panel.more.toolTip() == "Label smoothing 0.1" and panel.reset.isEnabled()
    error = ConfigError("not so large")
    session.network.set_field_problem("momentum", "7", error)
    assert panel.more.property("problem") is True and "Momentum" in panel.more.toolTip()
    session.network.forget_field_problems()
    assert panel.more.property("problem") is False and "Momentum" not in panel.more.toolTip()
    assert not panel.findChildren(MorePopup)
    session.run.status = RunStatus.RUNNING
    panel.more.click()
    (popup,) = panel.findChildren(MorePopup)
    assert popup.rows["label_smoothing"].value == 0.1 and not popup.body.isEnabled()
    devices = popup.rows["device"].editor
    assert isinstance(devices, ChoiceField) and devices.findData("auto") == 0


def test_more_opens_beside_and_closes_by_key(panel: StrategyPanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    popup = panel.popup
    assert popup.isVisible() and popup.area.verticalScrollBar().value() == 0
    assert popup.screen().availableGeometry().contains(popup.geometry())
    panel_left = panel.mapToGlobal(QPoint()).x()
    assert popup.geometry().right() < panel_left or popup.x() >= panel_left + panel.width() - 1
    qtbot.keyClick(popup.focusWidget(), Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_a_setting_is_found_wherever_it_is(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    session.network.show_field("epochs")
    assert panel.focusWidget() is panel.rows["epochs"].editor and not panel.popup.isVisible()
    session.network.show_field("precision")
    row = panel.popup.rows["precision"]
    assert panel.popup.focusWidget() is row.editor
    assert not row.visibleRegion().isEmpty()
    panel.popup.close()
    session.network.show_field("head_epochs")  # which does not matter now
    assert panel.focusWidget() is panel.strategies and not panel.popup.isVisible()


def test_a_fault_in_more_stays_findable(panel: StrategyPanel, qtbot: QtBot) -> None:
    panel.more.click()
    editor = number(panel, "momentum")
    editor.setFocus()
    editor.lineEdit().selectAll()
    qtbot.keyClicks(editor.lineEdit(), "7")
    qtbot.keyClick(editor.lineEdit(), Qt.Key.Key_Return)
    panel.popup.close()
    assert panel.more.property("problem") is True and "Momentum" in panel.more.toolTip()
    panel.reset.click()
    assert panel.more.property("problem") is False


def test_the_policy_of_statistics_is_explained(panel: StrategyPanel, session: Session) -> None:
    norms = panel.popup.norms
    panel.more.click()
    assert norms.isVisible() and "computes exactly" in norms.meaning.text()
    editor = norms.row.editor
    assert isinstance(editor, ChoiceField)
    choose(editor, "adapt")
    assert session.network.config.norms == "adapt" and "drifts" in norms.meaning.text()
    panel.reset.click()
    assert session.network.config.norms == "with_layer"


def test_mixing_takes_kept_views_away(panel: StrategyPanel, session: Session) -> None:
    field = panel.views.editor
    assert field.item(Variation.CACHED).is_possible
    session.network.change(mixing="mixup")
    assert not field.item(Variation.CACHED).is_possible
    assert "mixed" in field.item(Variation.CACHED).sentence
