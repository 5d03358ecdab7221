"""A table in the window: how it was read is shown, and can be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers import photo
from tests.packed_files import write_cifar10
from tlstudio.core.data.options import NO_COLUMN
from tlstudio.engine.data.sources import stored_options
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.features.dataset.columns_sheet import ColumnsSheet
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.session import Session


@pytest.fixture
def table(tmp_path: Path) -> Path:
    lines = ["path,kind,size,part"]
    for n in range(8):
        photo(n % 2, n, (16, 12)).save(tmp_path / f"{n}.png")
        part = "test" if n > 5 else "train"
        lines.append(
            f"{n}.png,{'ant' if n % 2 else 'bee'},{'big' if n % 4 < 2 else 'small'},{part}"
        )
    (tmp_path / "list.csv").write_text("\n".join(lines))
    return tmp_path / "list.csv"


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> DataPage:
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 700)
    page.show()
    return page


def opened(session: Session, qtbot: QtBot, path: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(path)


def test_the_columns_are_shown_and_changed(
    page: DataPage, session: Session, qtbot: QtBot, table: Path
) -> None:
    opened(session, qtbot, table)
    assert session.datasets.recent == (table,)
    browser = page.browser
    assert browser.reading.text == "list.csv: image “path” · class “kind” · split “part”"
    browser.change_button.click()
    sheet = page.findChild(ColumnsSheet)
    assert sheet.isVisible() and not sheet.isModal()
    assert sheet.of_class.value == "kind"
    assert "kind  (bee, ant)" in [sheet.of_class.itemText(n) for n in range(5)]
    assert (sheet.split.value, sheet.group.value) == ("part", NO_COLUMN)
    sheet.of_class.set_value("size")
    sheet.split.set_value(NO_COLUMN)
    with qtbot.waitSignal(session.datasets.changed):
        sheet.button.click()
    index = session.datasets.index
    assert index.classes == ("big", "small") and index.split_config is not None
    qtbot.waitUntil(lambda: stored_options(table).table is not None)
    assert stored_options(table).table.class_column == "size"
    assert browser.reading.text == "list.csv: image “path” · class “size”"


def test_images_without_files_are_shown(
    page: DataPage, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    write_cifar10(tmp_path / "cifar")
    opened(session, qtbot, tmp_path / "cifar")
    images = page.browser.images
    assert len(images.grid.items) == 18
    first = images.grid.items[0].image
    qtbot.waitUntil(lambda: session.thumbnails.get(first, 128) is not None)
    images.grid.set_current_index(0)
    qtbot.waitUntil(lambda: "32 × 32 px" in [value.text() for _, value in images.side.facts._rows])
    assert not images.side.folder_button.isEnabled()
    assert not page.browser.reading.isVisible()


def test_a_file_is_asked_for(
    page: DataPage,
    session: Session,
    qtbot: QtBot,
    table: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def ask(*arguments: object, several: bool) -> None:
        asked.append((arguments[3], several))
        arguments[4]([table])  # type: ignore[operator]

    monkeypatch.setattr(file_dialogs, "ask_files", ask)
    with qtbot.waitSignal(session.datasets.changed):
        page.start.file_button.click()
    assert session.datasets.index.root == table
    ((filters, several),) = asked
    assert not several and "*.zip" in filters[0].globs and filters[1].globs == "*"
