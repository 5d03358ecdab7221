"""The Learn window: what it lists and shows, what is kept, and where its buttons lead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.windows import show_window
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.lessons.lesson import CHAPTER_TITLES
from tlstudio.core.lessons.table import LESSONS, find_lesson
from tlstudio.core.lessons.target import PLACES, Target, faults
from tlstudio.gui.app import data_views, model_page, train_page
from tlstudio.gui.features.dataset.start_view import StartView
from tlstudio.gui.features.feature_maps.state import FeatureMapsState
from tlstudio.gui.features.learn.lessons.convolution import ConvolutionLesson
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.screens import PAGE_KINDS, SCREENS
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.features.learn.window import LearnWindow, open_learn
from tlstudio.gui.features.race.choice import RaceField
from tlstudio.gui.features.race.setup import RaceSetup
from tlstudio.gui.kit import language
from tlstudio.gui.state.session import Dialog, Session, Step

PAPERS = [name for kind in PAGE_KINDS if kind.kind == "paper" for name, _ in kind.entries()]


@pytest.fixture
def owner(ready_session: Session, qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def settled(window: LearnWindow, qtbot: QtBot) -> LessonScreen:
    screen = window.page
    assert isinstance(screen, LessonScreen)
    qtbot.waitUntil(lambda: screen.photo is not None and not screen.live.busy, timeout=30_000)
    assert screen.problem.isHidden(), screen.problem.text()
    return screen


def test_every_lesson_has_its_screen_and_leads_to_what_exists() -> None:
    from tlstudio.engine.models.catalog import list_models

    assert [lesson.id for lesson in LESSONS] == list(SCREENS)
    models = {row.name for row in list_models()}
    for lesson in LESSONS:
        assert issubclass(SCREENS[lesson.id].load(), LessonScreen)
        if lesson.target is not None:
            assert list(faults(lesson.target, models, SCREENS, PAPERS)) == []


def test_places_of_targets_are_those_of_the_window() -> None:
    views = {
        Step.DATA: data_views.VIEWS,
        Step.MODEL: model_page.VIEWS,
        Step.TRAIN: train_page.VIEWS,
    }
    assert list(PLACES) == [step.value for step in Step]
    for step in Step:
        assert PLACES[step.value] == tuple(spec.view.value for spec in views.get(step, ()))


def test_headings_speak_korean(ready_session: Session, owner: QWidget) -> None:
    language.install("ko")
    contents = open_learn(ready_session, owner).contents
    titles = {contents.item(row).text() for row in range(contents.count())}
    english = {kind.title for kind in PAGE_KINDS} | set(map(str, CHAPTER_TITLES.values()))
    assert not titles & english
    contents.window().close()


def test_dragging_the_kernel_shows_its_sum_and_grows_the_map(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    window = open_learn(ready_session, owner, "lesson/convolution")
    screen = settled(window, qtbot)
    assert isinstance(screen, ConvolutionLesson)
    image = screen.image
    centre = image.pixel_rect(11, 21).center().toPoint()
    qtbot.mousePress(image, Qt.MouseButton.LeftButton, pos=centre)
    assert image.position == (10, 20)
    assert screen.map.position == (10, 20)
    assert screen.facts.text.startswith("y(11, 21)")
    qtbot.mouseMove(image, centre + QPoint(0, 0))
    qtbot.keyClick(image, Qt.Key.Key_Right)
    qtbot.keyClick(image, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert image.position == (11, 28)
    shown = float(screen.facts.text.rpartition(" ")[2].replace("\u2212", "-"))
    answer = screen._answer
    assert answer is not None
    assert shown == pytest.approx(float(answer.outputs[28, 11]), abs=0.006)
    seen = screen.map.grab().toImage()
    above = screen.map.pixel_rect(5, 10).center().toPoint()
    below = screen.map.pixel_rect(5, 50).center().toPoint()
    assert seen.pixelColor(above) != seen.pixelColor(below)  # which is not made yet
    window.close()


def test_what_was_dragged_is_found_again_after_the_window_was_closed(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    window = open_learn(ready_session, owner)
    screen = settled(window, qtbot)
    assert isinstance(screen, ConvolutionLesson)
    screen.kernels.buttons()[0].click()
    screen.image.setFocus()
    before = screen.image.position
    qtbot.keyClick(screen.image, Qt.Key.Key_Left)
    with qtbot.waitSignal(window.destroyed):
        window.close()
    again = settled(open_learn(ready_session, owner), qtbot)
    assert isinstance(again, ConvolutionLesson)
    assert again.image.position == (before[0] - 1, before[1])
    assert again.kernels.value == "blur"
    again.window().close()


def test_all_learnt_kernels_can_be_chosen(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    screen = settled(open_learn(ready_session, owner, "lesson/convolution"), qtbot)
    assert isinstance(screen, ConvolutionLesson)
    assert screen.number.isHidden()
    screen.kernels.buttons()[-1].click()
    assert not screen.number.isHidden()
    qtbot.waitUntil(lambda: not screen.live.busy)
    answer = screen._answer
    assert answer is not None and answer.weights.shape == (3, 3, 3)
    assert screen.number.slider.maximum() + 1 == answer.count
    assert "3 × 3 × 3" in screen.facts.text
    screen.window().close()


def test_the_walk_goes_on_by_itself_until_the_person_drags(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    screen = settled(open_learn(ready_session, owner, "lesson/convolution"), qtbot)
    assert isinstance(screen, ConvolutionLesson)
    before = screen.image.position
    screen.walk.click()
    qtbot.waitUntil(lambda: screen.image.position != before)
    assert screen.walk.text() == "Stop"
    qtbot.keyClick(screen.image, Qt.Key.Key_Up)
    assert screen.walk.text() == "Walk"
    screen.window().close()


def test_another_photo_is_shown_and_asked_about(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    screen = settled(open_learn(ready_session, owner, "lesson/convolution"), qtbot)
    assert isinstance(screen, ConvolutionLesson)
    first, before = screen.photo, screen._answer
    screen.next_photo.click()
    qtbot.waitUntil(lambda: screen._answer is not before)
    assert screen.photo != first and screen.photo is not None
    assert screen.photo_name.text == screen.photo.name
    screen.previous_photo.click()
    assert screen.photo == first
    qtbot.waitUntil(lambda: not screen.live.busy)
    screen.window().close()


def test_a_photo_that_cannot_be_read_is_told_and_the_next_one_shown(
    ready_session: Session, owner: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_learn(ready_session, owner, "lesson/convolution")
    screen = settled(window, qtbot)
    state = ready_session.feature(LearnState)
    good = state.photo
    assert good is not None
    state._on_samples((ImageRef.of_file(tmp_path / "gone.jpg"), good))
    qtbot.waitUntil(lambda: not screen.problem.isHidden())
    assert screen.problem.text() == "The file does not exist."
    screen.next_photo.click()
    settled(window, qtbot)
    window.close()


def test_the_window_is_opened_from_menu_glossary_and_by_its_place(
    ready_session: Session, qtbot: QtBot
) -> None:
    main = show_window(ready_session, qtbot)
    main.actions_by_name["learn"].trigger()
    window = main.findChild(LearnWindow)
    assert window is not None and window.place == f"lesson/{LESSONS[0].id}"
    window.close()
    qtbot.waitUntil(lambda: main.findChild(LearnWindow) is None)
    main.commands.open_help("term/kernel")
    from tlstudio.gui.features.help.window import HelpWindow

    reader = main.findChild(HelpWindow)
    assert reader is not None
    assert "lesson:convolution" in reader.reader._text
    reader._on_link("lesson:convolution")
    window = main.findChild(LearnWindow)
    assert window is not None and window.place == "lesson/convolution"
    reader.close()
    window.close()
    ready_session.open_dialog(Dialog.LEARN)
    assert main.findChild(LearnWindow) is not None


def test_lessons_are_gone_through_by_keys_alone(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    """A newcomer's way through the first three: open, drag with the arrows, go on."""
    window = open_learn(ready_session, owner, f"lesson/{LESSONS[0].id}")
    for lesson in LESSONS[:3]:
        screen = settled(window, qtbot)
        assert screen.lesson is lesson
        assert screen.idea.text() and screen.drag.text() and screen.try_it.isVisible()
        before = screen.facts.text
        dragged = screen.focusProxy()
        assert dragged is not None and dragged.hasFocus()
        for _ in range(5):
            qtbot.keyClick(dragged, Qt.Key.Key_Right)
        settled(window, qtbot)
        assert screen.facts.text != before or lesson.id == "padding"  # there its place is shown
        qtbot.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert window.place == f"lesson/{LESSONS[3].id}"
    qtbot.keyClick(window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert window.place == f"lesson/{LESSONS[2].id}"
    window.close()


def test_try_it_sets_the_studio_up_and_gets_out_of_its_way(
    ready_session: Session, qtbot: QtBot
) -> None:
    main = show_window(ready_session, qtbot)
    ready_session.learn("lesson/convolution")
    window = main.findChild(LearnWindow)
    assert window is not None and isinstance(window.page, LessonScreen)
    with qtbot.waitSignal(window.destroyed):
        window.page.try_it.click()
    assert ready_session.step is Step.MODEL
    assert ready_session.model_tab == model_page.ModelTab.FEATURES


def test_a_target_changes_settings_and_shows_its_view(ready_session: Session, qtbot: QtBot) -> None:
    show_window(ready_session, qtbot)
    strategy = "fine_tuning"
    ready_session.follow(Target(tab="plan", strategy=strategy, changes=(("epochs", 3),)))
    assert ready_session.step is Step.TRAIN
    assert ready_session.train_tab == train_page.TrainTab.PLAN
    assert ready_session.network.config.strategy == strategy
    assert ready_session.network.config.epochs == 3
    ready_session.follow(Target(lesson="convolution"))  # a lesson answers to the same call


def test_a_recipe_is_chosen_where_the_lesson_on_depth_leads(
    ready_session: Session, qtbot: QtBot
) -> None:
    main = show_window(ready_session, qtbot)
    lesson = find_lesson("degradation")
    assert lesson is not None and lesson.target is not None
    ready_session.follow(replace(lesson.target, dataset=""))
    assert ready_session.train_tab == train_page.TrainTab.RACE
    setup = main.findChild(RaceSetup)
    assert setup is not None and setup.field.value == RaceField.RECIPE
    assert [button.isChecked() for button in setup.field.buttons()] == [False, False, False, True]
    assert list(faults(Target(tab="race", recipe="nonsuch"), (), ())) == [
        "Race has no recipe 'nonsuch'"
    ]


def test_feature_maps_begin_with_the_photo_of_the_lesson(
    ready_session: Session, qtbot: QtBot
) -> None:
    show_window(ready_session, qtbot)
    learn, features = ready_session.feature(LearnState), ready_session.feature(FeatureMapsState)
    qtbot.waitUntil(lambda: learn.photo is not None)
    first = learn.photo
    ready_session.follow(Target(tab="features"))
    assert features.image == first
    learn.show_photo(1)
    ready_session.follow(Target(tab="features"))
    assert features.image == first  # what a person looks at stays


def test_a_person_finds_back_from_where_a_link_led(ready_session: Session, qtbot: QtBot) -> None:
    main = show_window(ready_session, qtbot)
    ready_session.learn("quiz")
    window = main.findChild(LearnWindow)
    assert window is not None and window.back_button.isHidden()
    row = window.contents.visualItemRect(window.contents.currentItem())
    assert window.contents.viewport().rect().contains(row)
    ready_session.learn("lesson/padding")  # as an answer of the quiz does
    window.back_button.click()
    assert window.place == "quiz" and window.back_button.isHidden()
    ready_session.follow(Target(step="model"))
    notice = ready_session.notifications.kept[-1]
    assert notice.act is not None
    notice.act()
    assert main.findChildren(LearnWindow)[-1].place == "quiz"


def test_the_start_page_leads_to_the_lessons(ready_session: Session, qtbot: QtBot) -> None:
    main = show_window(ready_session, qtbot)
    start = main.findChild(StartView)
    assert start is not None
    start.learn.click()
    assert main.findChild(LearnWindow) is not None
