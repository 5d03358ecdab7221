"""The inspector bound to a session."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.networks import CATALOG, make_weights, wait_for_plan
from tests.gui.showing import on_screen
from tlstudio.core.config import FIELDS, RunConfig
from tlstudio.core.config.fields import FieldGroup
from tlstudio.core.config.variation import VARIATION_FIELDS, Variation
from tlstudio.core.networks.catalog import WeightsPlace
from tlstudio.gui.features.strategy.config_form import FieldRow
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.kit.choice_field import ChoiceField
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
    forms = (panel.options, panel.form, *(fold.form for fold in panel.folds.values()))
    return {name: row for form in forms for name, row in form.rows.items()}


def number(panel: StrategyPanel, name: str) -> NumberField:
    editor = rows(panel)[name].editor
    assert isinstance(editor, NumberField)
    return editor


def test_works_before_the_engine_is_there(session: Session, qtbot: QtBot) -> None:
    panel = show(session, qtbot)
    assert panel.strategies.buttons["feature_extraction"].isChecked()
    assert panel.model_line.title.text() == "tf_efficientnet_lite0"


def test_shows_what_the_session_holds(session: Session, qtbot: QtBot) -> None:
    session.network.set_config(RunConfig(strategy="fine_tuning", epochs=3, optimizer="adam"))
    panel = show(session, qtbot)
    assert panel.strategies.buttons["fine_tuning"].isChecked()
    assert number(panel, "epochs").typed == "3"
    assert rows(panel)["momentum"].isHidden()


def test_the_model_line_leads_to_the_picker(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    assert panel.model_line.title.text() == "EfficientNet-Lite0"
    qtbot.mouseClick(panel.model_line, Qt.MouseButton.LeftButton)
    assert session.step is Step.MODEL


def test_presets(panel: StrategyPanel, session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.strategies.buttons["from_scratch"], Qt.MouseButton.LeftButton)
    assert session.network.config.initialisation == "random"
    assert "random values" in panel.strategies.help.text()
    qtbot.mouseClick(panel.strategies.buttons["feature_extraction"], Qt.MouseButton.LeftButton)
    assert session.network.config.initialisation == "pretrained"


def test_custom_is_a_state_not_an_offer(panel: StrategyPanel, session: Session) -> None:
    custom = panel.strategies.buttons["custom"]
    assert not custom.isVisible()
    session.network.tick({"stem"})
    assert custom.isVisible() and custom.isChecked()
    session.network.set_strategy("fine_tuning")
    assert not custom.isVisible()


def test_where_partial_fine_tuning_begins(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    assert not panel.train_from.isVisible()
    session.network.set_strategy("partial")
    field = panel.train_from.field
    assert panel.train_from.isVisible()
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
    field = panel.train_from.field
    field.lineEdit().setText("layer9")
    qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)
    assert panel.train_from.problem.isVisible() and "layer9" in panel.train_from.problem.text()
    assert session.network.config.train_from == ""
    assert not session.notifications.kept


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
    assert session.network.config == RunConfig(model="resnet18", strategy="fine_tuning")
    assert number(panel, "batch_size").typed == "32"
    assert not panel.reset.isEnabled()


def test_devices_as_found(panel: StrategyPanel) -> None:
    editor = rows(panel)["device"].editor
    assert isinstance(editor, ChoiceField)
    titles = [editor.itemText(n) for n in range(editor.count())]
    assert titles == ["Automatic", "Processor", "Card"]


def test_missing_weights_are_said(panel: StrategyPanel, session: Session, qtbot: QtBot) -> None:
    assert not panel.weights_note.isVisible()
    session.network.set_model("resnet18")
    wait_for_plan(session, qtbot)
    assert panel.weights_note.isVisible() and "44.7 MB" in panel.download.text()
    session.network.set_strategy("from_scratch")
    assert not panel.weights_note.isVisible() and not panel.download.isVisible()


def test_while_training_it_is_for_looking(panel: StrategyPanel, session: Session) -> None:
    session.run._set_status(RunStatus.RUNNING)
    assert panel.note.isVisible()
    assert not panel.form.isEnabled() and not panel.strategies.isEnabled()
    session.run._set_status(RunStatus.IDLE)
    assert not panel.note.isVisible() and panel.form.isEnabled()


def test_nothing_is_cut_off_at_the_narrowest(panel: StrategyPanel, session: Session) -> None:
    panel.model_line.show_model("MobileNetV3-Large", "5.48 M parameters · ImageNet 75.3%")
    panel.resize(panel.minimumWidth(), 600)
    body = panel.scroll_area.widget()
    assert body.minimumSizeHint().width() <= panel.scroll_area.viewport().width()


def test_the_variation_drives_the_configuration(
    panel: StrategyPanel, session: Session, qtbot: QtBot
) -> None:
    rows = panel.variation.list.rows
    qtbot.mouseClick(rows[Variation.LIVE].button, Qt.MouseButton.LeftButton)
    assert session.network.config.views == "live"
    qtbot.mouseClick(rows[Variation.NONE].button, Qt.MouseButton.LeftButton)
    assert session.network.config.augmentation == "none"
    assert panel.reset.isEnabled()
    qtbot.mouseClick(panel.reset, Qt.MouseButton.LeftButton)
    assert session.network.config == RunConfig() and rows[Variation.CACHED].button.isChecked()
    session.network.set_strategy("fine_tuning")
    assert rows[Variation.LIVE].button.isChecked() and not rows[Variation.CACHED].isEnabled()
    assert session.network.config.views == "cached"  # for when there are frozen layers again


def test_every_setting_has_one_home(panel: StrategyPanel) -> None:
    generic = set(rows(panel))
    own = {*VARIATION_FIELDS, "norms"}
    assert not generic & own
    chosen_elsewhere = {"model", "initialisation", "weights", "image_px", "colours", "stem"}
    chosen_elsewhere |= {"strategy", "train_from", "trainable"}  # by widgets of their own
    assert generic | own | chosen_elsewhere == {spec.name for spec in FIELDS}


def test_without_pretrained_weights_only_from_scratch_can_be_chosen(
    panel: StrategyPanel, session: Session
) -> None:
    bare = dataclasses.replace(CATALOG[1], weights=())
    session.network.models = (CATALOG[0], bare)
    session.network.set_model(bare.name)
    buttons = panel.strategies.buttons
    assert session.network.config.strategy == "from_scratch"
    assert not buttons["feature_extraction"].isEnabled() and buttons["from_scratch"].isEnabled()
    assert buttons["partial"].toolTip() == "This model has no pretrained weights."
    assert panel.weights_note.isHidden() and panel.download.isHidden()
    session.network.set_model(CATALOG[0].name)
    assert session.network.config.strategy == "feature_extraction"
    assert buttons["feature_extraction"].isEnabled()


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
    assert not panel.options.isVisible()
    own = {
        "head_first": {"head_epochs", "rate_rule", "backbone_rate"},
        "gradual": {"unfreeze_every", "rate_rule", "backbone_rate"},
        "discriminative": {"rate_rule", "backbone_rate"},
        "probe_first": {"rate_rule", "backbone_rate"},
        "fine_tuning": set(),
    }
    for name, wanted in own.items():
        qtbot.mouseClick(panel.strategies.rows[name].glyph, Qt.MouseButton.LeftButton)
        assert session.network.config.strategy == name
        assert {n for n, row in panel.options.rows.items() if row.isVisible()} == wanted
    session.network.change(strategy="gradual", rate_rule="stages")
    assert panel.options.rows["stage_decay"].isVisible()
    assert not panel.options.rows["backbone_rate"].isVisible()
    field = number(panel, "unfreeze_every")
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "5")
    assert session.network.config.unfreeze_every == 5


def test_a_fold_says_what_in_it_is_not_as_usual(panel: StrategyPanel, session: Session) -> None:
    assert all(not fold.fold.is_open for fold in panel.folds.values())
    loss = panel.folds[FieldGroup.LOSS]
    assert loss.heading == "Loss"
    session.network.change(mixing="cutmix", label_smoothing=0.1)
    assert loss.heading == "Loss · Label smoothing 0.1, CutMix"
    session.network.change(mixing="none", mixing_alpha=0.4)  # which then means nothing
    assert loss.heading == "Loss · Label smoothing 0.1"
    schedule = panel.folds[FieldGroup.SCHEDULE]
    assert schedule.isVisible()
    session.network.change(schedule="one_cycle")
    assert not schedule.isVisible()  # it has nothing to set


def test_the_policy_of_statistics_is_explained(panel: StrategyPanel, session: Session) -> None:
    assert panel.norms.isVisible() and "computes exactly" in panel.norms.meaning.text()
    editor = panel.norms.row.editor
    assert isinstance(editor, ChoiceField)
    editor.activated.emit(editor.findData("adapt"))
    assert session.network.config.norms == "adapt" and "drifts" in panel.norms.meaning.text()
    panel.reset.click()
    assert session.network.config.norms == "with_layer"


def test_mixing_takes_kept_views_away(panel: StrategyPanel, session: Session) -> None:
    cached = panel.variation.list.rows[Variation.CACHED]
    assert cached.isEnabled()
    session.network.change(mixing="mixup")
    assert not cached.isEnabled() and "mixed" in cached.meaning.text()
