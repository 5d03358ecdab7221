"""The Findings view: from what is wrong to what was done about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.findings import LABELS, LEAKS, Checker, checked, plant
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.health.view import FindingsView
from tlstudio.gui.kit.thumbnail_grid import Mark
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Checker:
    return Checker(monkeypatch)


@pytest.fixture
def view(session: Session, qtbot: QtBot, tmp_path: Path, checker: Checker) -> FindingsView:
    checked(session, qtbot, plant(tmp_path / "photos"))
    view = FindingsView(session)
    qtbot.addWidget(view)
    view.resize(1000, 600)
    view.show()
    return view


def health_of(session: Session) -> HealthState:
    return session.feature(HealthState)


def button(view: FindingsView, remedy: str):  # type: ignore[no-untyped-def]
    """The button of a remedy."""
    place = [one.id for one in view.side.remedies._remedies].index(remedy)
    return view.side.remedies.buttons[place]


def notes(view: FindingsView) -> list[str]:
    return [item.note for item in view.side.grid.items]


def test_what_changes_the_result_comes_first(view: FindingsView) -> None:
    rows = [(row.kind, row.open) for row in view.kinds.rows]
    assert rows == [
        ("", 0),
        ("leaks", LEAKS),
        ("", 0),
        ("labels", LABELS),
        ("imbalance", 1),
        ("", 0),
        ("looks", None),
    ]
    assert view.kinds.kind == "leaks" and view.side.title.text() == "Copies in several splits"
    assert view.status.text == "29 images looked at · 17 checks"


def test_copies_lie_side_by_side_and_one_is_marked_as_kept(view: FindingsView) -> None:
    items = view.side.grid.items
    assert [(item.caption, item.detail, item.mark) for item in items[:2]] == [
        ("acorn", "Train", Mark.NONE),
        ("acorn", "Validation", Mark.KEPT),
    ]
    assert view.side.grid.group_of(1) == 0 and view.side.grid.group_of(2) == 1
    view.side.grid.set_current_index(3)
    assert view.side.sentence.text() == "2 copies of one picture in Train, Validation"


def test_a_remedy_goes_to_the_chosen_or_to_all(
    view: FindingsView, session: Session, qtbot: QtBot
) -> None:
    view.side.grid.set_current_index(0)
    assert view.side.scope.text() == "1 chosen:"
    button(view, "leave_out_of_training").click()
    assert notes(view) == ["Left out", "", "", ""]
    assert view.side.grid.current_index == 2  # on to the next
    qtbot.waitUntil(lambda: view.kinds.rows[1].open == LEAKS - 1)
    view.side.grid.set_current_index(-1)
    assert view.side.scope.text() == "1 open:"
    button(view, "accept").click()
    assert notes(view) == ["Left out", "", "Fine", "Fine"]
    qtbot.waitUntil(lambda: view.kinds.rows[1].open == 0)
    assert not button(view, "accept").isEnabled()  # nothing is left to be done
    view.side.take_back.click()
    assert notes(view) == [""] * 4
    session.undo.undo()
    assert notes(view) == ["Left out", "", "Fine", "Fine"]
    session.undo.undo()
    session.undo.undo()
    assert notes(view) == [""] * 4


def test_doubtful_labels_are_gone_through_by_key(
    view: FindingsView, session: Session, qtbot: QtBot
) -> None:
    """The likeliest first; nothing is ever done to all of them at once."""
    view.kinds.choose("labels")
    grid = view.side.grid
    assert [item.caption for item in grid.items] == ["leaf → mushroom"] * LABELS
    assert grid.items[0].detail == "93 % · Train"
    assert grid.current_index == 0
    view.kinds.setFocus()  # where it is after a click on the kind
    qtbot.keyClick(view.kinds, Qt.Key.Key_M)
    grid.setFocus()
    for key in (Qt.Key.Key_K, Qt.Key.Key_Delete):
        qtbot.keyClick(grid, key)
    assert notes(view) == ["→ mushroom", "Fine", "Left out"]
    grid.set_current_index(-1)
    assert not any(one.isEnabled() for one in view.side.remedies.buttons)
    qtbot.keyClick(grid, Qt.Key.Key_M)
    assert notes(view) == ["→ mushroom", "Fine", "Left out"]
    qtbot.waitUntil(lambda: len(health_of(session).open_ids) == LEAKS + 1)


def test_a_split_of_the_dataset_itself_offers_no_groups(view: FindingsView) -> None:
    view.kinds.choose("leaks")
    assert [one.id for one in view.side.remedies._remedies] == [
        "leave_out_of_training",
        "keep_one",
        "accept",
    ]


def test_an_image_opens_large_beside_its_copies(view: FindingsView, qtbot: QtBot) -> None:
    side = view.side
    side.grid.set_current_index(1)
    side.grid.setFocus()
    qtbot.keyClick(side.grid, Qt.Key.Key_Return)
    assert side.large.isVisible()
    shown = [one for one in side.large._pictures if one.isVisible()]
    assert [one.words.text for one in shown] == ["acorn · Train", "acorn · Validation"]
    qtbot.keyClick(side.large, Qt.Key.Key_Right)
    assert side.grid.current_index == 2
    qtbot.keyClick(side.large, Qt.Key.Key_Escape)
    assert side.grid.isVisible()


def test_findings_without_images_are_sentences(view: FindingsView, session: Session) -> None:
    view.kinds.choose("imbalance")
    side = view.side
    assert side.lines.isVisible()
    lines = [side.lines.model().index(row, 0).data() for row in range(1)]
    assert lines == ["“leaf” has 1 training images, “acorn” has 8"]
    assert [one.id for one in side.remedies._remedies] == ["accept"]
    button(view, "accept").click()
    assert len(session.datasets.manifest.accepted) == 1
    assert side.lines.model().index(0, 0).data().endswith(" · Fine")
    view.kinds.choose("looks")
    assert side.reason.text() == "Too few images" and side.remedies.isHidden()


def test_remedies_without_room_are_in_a_menu(view: FindingsView) -> None:
    bar = view.side.remedies
    assert bar.more.isHidden() and all(one.isVisible() for one in bar.buttons)
    view.resize(480, 600)
    shown = [one.isVisible() for one in bar.buttons]
    assert shown[0] and not shown[-1] and bar.more.isVisible()
    in_menu = [action.isVisible() for action in bar._menu.actions()]
    assert in_menu == [not one for one in shown]


def test_nothing_found_is_said(
    session: Session, qtbot: QtBot, tmp_path: Path, checker: Checker
) -> None:
    checker.find = lambda index: ()
    checked(session, qtbot, plant(tmp_path / "photos"))
    view = FindingsView(session)
    qtbot.addWidget(view)
    view.show()
    assert view.empty.isVisible() and view.empty.title.text() == "Nothing found"
    assert "checks" in view.status.text


def test_images_are_known_whatever_was_done_about_them(
    view: FindingsView, session: Session, qtbot: QtBot
) -> None:
    """An image that is left out keeps its caption: it can be brought back."""
    button(view, "keep_one").click()
    qtbot.waitUntil(lambda: view.kinds.rows[1].open == 0)
    assert all(item.caption == "acorn" for item in view.side.grid.items)
    assert all(isinstance(item.image, ImageRef) for item in view.side.grid.items)


def test_an_image_is_left_out_before_any_finding_is_looked_at(
    session: Session, qtbot: QtBot, tmp_path: Path, checker: Checker
) -> None:
    checker.waits = True
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(plant(tmp_path / "photos"))
    view = FindingsView(session)
    qtbot.addWidget(view)
    assert session.datasets.index is not None
    key = session.datasets.index.samples[0].image.key
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.edit(session.datasets.manifest.leaving_out([key]))
    assert not view.side.chosen and not view.side._in_scope
