"""Tables of papers: counted beside printed, with the reason, and reached from the Model page."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.papers import PAPERS
from tlstudio.core.lessons.target import Target, faults
from tlstudio.core.networks.families import family_with_id
from tlstudio.engine.models.catalog import list_models
from tlstudio.gui.features.choose_model.short_note import ShortNote
from tlstudio.gui.features.learn.paper import PaperPage
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session


def counted(page: QWidget | None, qtbot: QtBot) -> PaperPage:
    assert isinstance(page, PaperPage)
    qtbot.waitUntil(lambda: not page.live.busy, timeout=60_000)
    assert page.problem.isHidden(), page.problem.text()
    return page


@pytest.fixture
def owner(ready_session: Session, qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_what_is_counted_stands_beside_what_is_printed(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    window = open_learn(ready_session, owner, "paper/alexnet")
    page = counted(window.page, qtbot)
    rows = {f"{row.line.subject} {row.line.title}": row for row in page.rows}
    whole = rows["AlexNet Parameters"]
    assert (whole.printed.text(), whole.slide.text()) == ("60 M", "61.1 M")
    assert whole.counted.text() == "60.97 M" and whole.agrees
    assert whole.reason.text().startswith("torchvision's AlexNet has 61.10 M")
    assert rows["conv1 Neurons"].counted.text() == "290,400"
    assert rows["conv1 Neurons"].agrees is False
    uncounted = rows["seven networks Top-5 error, test images"]
    assert uncounted.counted.text() == "–" and uncounted.reason.text()
    with qtbot.waitSignal(ready_session.target_requested) as followed:
        page.see.click()
    assert followed.args == [page.table.target]


def test_the_grid_of_googlenet_shows_where_it_differs(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    page = counted(open_learn(ready_session, owner, "paper/googlenet").page, qtbot)
    assert page.grid is not None
    shown = {
        cell.printed.text: lower.text()
        for cell, _, lower in page.grid._cells
        if cell.printed is not None and lower.isVisible()
    }
    assert shown["463 K"] == "≠ 498.1 K"
    assert "159 K" not in shown
    page.window().close()


def test_lenets_table_of_connections_is_drawn_in_its_place(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    window = open_learn(ready_session, owner, "paper/lenet")
    page = counted(window.page, qtbot)
    assert page.connections.isVisible() and "60" in page.connections.title
    assert page.connections.spoken_count() == 6 * 16
    alexnet = counted(open_learn(ready_session, owner, "paper/alexnet").page, qtbot)
    assert alexnet.connections.isHidden()
    window.close()


def test_all_tables_lead_to_networks_that_exist() -> None:
    models = {row.name for row in list_models()}
    for table in PAPERS:
        assert list(faults(table.target, models, ())) == []
        assert list(faults(Target(paper=table.id), (), (), [one.id for one in PAPERS])) == []


def test_the_note_of_a_family_leads_to_the_numbers_of_its_paper(app: object, qtbot: QtBot) -> None:
    note = ShortNote()
    qtbot.addWidget(note)
    note.show_family(family_with_id("vgg"))
    assert not note.numbers.isHidden()
    with qtbot.waitSignal(note.numbers_wanted) as wanted:
        note.numbers.click()
    assert wanted.args == ["vgg"]
    note.show_family(family_with_id("convnext"))
    assert note.numbers.isHidden()
