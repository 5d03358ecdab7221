"""The lessons on inputs and training: what is dragged, and the numbers that follow."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.gui.features.learn.conftest import Open, Settle
from tlstudio.engine.lessons.batch_norm import normalised_batch
from tlstudio.engine.lessons.receptive_field import Influence
from tlstudio.gui.features.learn.jobs import receptive_field as jobs
from tlstudio.gui.features.learn.lessons.activations import ActivationsLesson
from tlstudio.gui.features.learn.lessons.augmentation import AugmentationLesson
from tlstudio.gui.features.learn.lessons.batch_norm import BatchNormLesson
from tlstudio.gui.features.learn.lessons.normalisation import WAYS, NormalisationLesson
from tlstudio.gui.features.learn.lessons.receptive_field import ReceptiveFieldLesson
from tlstudio.gui.features.learn.widgets.formula_line import FormulaLine, number
from tlstudio.gui.state.session import Session


def result_of(formula: FormulaLine) -> float:
    return float(formula.text.rpartition("=")[2].replace("\u2212", "-"))


def test_dragging_the_batch_moves_training_and_not_evaluation(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("batch_norm")
    assert isinstance(screen, BatchNormLesson)
    before = screen.training_formula.text, screen.evaluation_formula.text
    qtbot.keyClick(screen.count.slider, Qt.Key.Key_Home)
    settle(screen)
    assert screen.training_formula.text != before[0]
    assert screen.evaluation_formula.text == before[1]
    assert screen.photo is not None
    x, y = screen.image.position
    place = ((y + 4.5) / 224, (x + 4.5) / 224)
    answer = normalised_batch([screen.photo], place)
    assert screen.training_formula.text.endswith(number(answer.value_in_training))
    assert screen.facts.text.endswith(number(answer.running_after.mean))


def test_the_light_is_forgotten_in_training(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("batch_norm")
    assert isinstance(screen, BatchNormLesson)
    trained, evaluated = result_of(screen.training_formula), result_of(screen.evaluation_formula)
    qtbot.keyClick(screen.light.slider, Qt.Key.Key_End)
    settle(screen)
    assert result_of(screen.training_formula) == pytest.approx(trained, abs=0.1)  # the border
    assert result_of(screen.evaluation_formula) > evaluated + 1
    assert screen.says_in_evaluation.text() and screen.says_in_training.text()


def test_dragging_along_the_depth_grows_the_square_by_the_formula(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("receptive_field")
    assert isinstance(screen, ReceptiveFieldLesson)
    place = screen.bars.bar_rect(0).center().toPoint()
    qtbot.mouseClick(screen.bars, Qt.MouseButton.LeftButton, pos=place)
    assert "1 + (3 \u2212 1) · 1  =  3 px" in screen.facts.text
    qtbot.keyClick(screen.bars, Qt.Key.Key_Right)
    assert "3 + (3 \u2212 1) · 2  =  7 px" in screen.facts.text
    assert "2 · 1  =  2 px" in screen.jump.text
    qtbot.waitUntil(lambda: "95 %" in screen.used.text(), timeout=60_000)
    used = screen.used.text()
    qtbot.keyClick(screen.picture, Qt.Key.Key_Up)
    assert screen.used.text() != used  # it is being measured anew
    settle(screen)


def test_another_network_has_other_layers(open_lesson: Open, settle: Settle, qtbot: QtBot) -> None:
    screen = open_lesson("receptive_field")
    assert isinstance(screen, ReceptiveFieldLesson)
    screen.network.set_value("resnet56")
    screen.network.chosen.emit("resnet56")
    settle(screen)
    assert "of 55" in screen.layer.text
    screen.bars.set_position(54)
    screen.bars.moved.emit(54)
    assert screen.facts.text.endswith("=  249 px")
    qtbot.mouseClick(screen.picture, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert screen.picture.position == (0, 0)
    settle(screen)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("regnety_002", ""),  # timm's
        ("deit_tiny_patch16_224", "cuts the image into patches"),
        ("mobilevit_s", "more layers follow"),
    ],
)
def test_the_chosen_network_has_its_receptive_field_or_a_sentence(
    open_lesson: Open,
    settle: Settle,
    ready_session: Session,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    says: str,
) -> None:
    nothing = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.float32), 0, 0.0, 0, False
    monkeypatch.setattr(jobs, "influence", lambda *_: Influence(*nothing))  # builds no network
    ready_session.network.change(model=model)
    screen = open_lesson("receptive_field")
    assert isinstance(screen, ReceptiveFieldLesson)
    assert screen.network.itemData(0) == model and "(chosen)" in screen.network.itemText(0)
    screen.network.set_value(model)
    screen.network.chosen.emit(model)
    settle(screen)
    assert screen.note.isVisible() is bool(says) and says in screen.note.text()
    assert screen.layer.text.startswith("Layer ")
    bars = [screen.bars.bar_rect(at) for at in range(len(screen.bars._heights))]
    assert max(bar.height() for bar in bars) <= screen.bars._area()[0].height()
    if model == "mobilevit_s":  # its last square of 51 px is far below the image of 256
        assert bars[-1].height() < screen.bars._area()[0].height() / 4
    ready_session.network.change(model="resnet18")  # torchvision's; the other is gone
    assert screen.network.value == "resnet18" and screen.network.findData(model) < 0
    settle(screen)
    assert screen.note.isHidden()


def test_another_normalisation_gives_other_numbers_and_answers(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("normalisation")
    assert isinstance(screen, NormalisationLesson)
    assert "/ 0.502  =" in screen.facts.text  # as the weights were trained
    before = screen.answers.spoken_text(0)
    screen.ways.buttons()[list(WAYS).index("bytes")].click()
    settle(screen)
    assert "/ 0.004  =" in screen.facts.text
    assert screen.answers.spoken_text(0) != before
    qtbot.keyClick(screen.mean.slider, Qt.Key.Key_End)
    settle(screen)
    assert "\u2212 1.000) / 0.004" in screen.facts.text
    assert screen.ways.value not in WAYS


def test_dragging_a_logit_moves_all_shares_and_one_sigmoid(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("activations")
    assert isinstance(screen, ActivationsLesson)
    qtbot.waitUntil(lambda: screen.table.spoken_count() == 5, timeout=60_000)
    before = [screen.table.spoken_text(row) for row in range(5)]
    place = screen.table.point_of(1, 14.0).toPoint()
    qtbot.mouseClick(screen.table, Qt.MouseButton.LeftButton, pos=place)
    settle(screen)
    after = [screen.table.spoken_text(row) for row in range(5)]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert [text.partition("sigmoid")[2] for text in after[2:]] == [
        text.partition("sigmoid")[2] for text in before[2:]
    ]
    place = screen.table.point_of(1, 0.0).toPoint()
    qtbot.mouseClick(screen.table, Qt.MouseButton.LeftButton, pos=place)
    settle(screen)
    after = [screen.table.spoken_text(row) for row in range(5)]
    # one pixel of the table is a tenth of a logit
    assert float(after[1].rpartition("sigmoid ")[2]) == pytest.approx(0.5, abs=0.05)
    qtbot.keyClick(screen.table, Qt.Key.Key_Right)
    settle(screen)
    assert screen.table.spoken_text(1) != after[1]
    screen.again.click()
    qtbot.waitUntil(lambda: screen.table.spoken_text(1) == before[1], timeout=60_000)
    settle(screen)


def test_stronger_variation_changes_the_views(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("augmentation")
    assert isinstance(screen, AugmentationLesson)
    assert screen.facts.text.endswith("of 9 views")
    before = screen.grid.cells
    assert before[0].text == "as it is" and before[0].title.startswith("✓")
    qtbot.keyClick(screen.strength.slider, Qt.Key.Key_End)
    settle(screen)
    after = screen.grid.cells
    assert after[0].title == before[0].title
    assert [cell.text for cell in after[1:]] != [cell.text for cell in before[1:]]
    screen.again.click()
    settle(screen)
    assert [cell.text for cell in screen.grid.cells[1:]] != [cell.text for cell in after[1:]]


def test_in_a_large_window_the_logits_have_larger_rows(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("activations")
    assert isinstance(screen, ActivationsLesson)
    low = screen.table.height()
    screen.window().resize(1500, 1100)
    qtbot.waitUntil(lambda: screen.table.height() > low)
    place = screen.table.point_of(4, 0.0).toPoint()
    assert screen.table.height() * 0.6 < place.y() < screen.table.height()
    qtbot.mouseClick(screen.table, Qt.MouseButton.LeftButton, pos=place)
    assert screen.table.row == 4
    settle(screen)
