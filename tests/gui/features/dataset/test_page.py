"""The Data page: from the start view to a dataset that can be looked at from all sides."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.archives import ZipSource, zip_folder
from tests.gui.fakes import CLASSES, make_images
from tests.gui.features.dataset.views import view_of
from tests.gui.fields import type_number
from tests.gui.networks import CATALOG
from tlstudio.core.data.dataset import Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.sources import opening
from tlstudio.gui.app.data_page import DataPage
from tlstudio.gui.app.data_views import DataTab
from tlstudio.gui.state import jobs
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three classes of six images, and two files that are none."""
    root = tmp_path / "photos"
    make_images(root)
    (root / "acorn" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    (root / "leaf" / "empty.png").touch()
    return root


def make_page(session: Session, qtbot: QtBot) -> DataPage:
    page = DataPage(session)
    qtbot.addWidget(page)
    page.resize(1192, 700)
    page.show()
    return page


def open_folder(session: Session, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(folder)


def shown_names(page: DataPage) -> set[str]:
    return {f"{i.image.path.parent.name}/{i.image.name}" for i in page.browser.images.grid.items}


def tab_title(page: DataPage, tab: DataTab) -> str:
    tabs = page.browser.tabs
    return next(tabs.tabText(n) for n in range(tabs.count()) if tabs.tabData(n) == tab)


def test_a_folder_is_shown(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    assert page.start.isVisible()
    open_folder(session, qtbot, folder)
    browser = page.browser
    assert browser.isVisible()
    assert browser.title.text() == "photos"
    assert "Train 15" in browser.facts.text() and "Validation 3" in browser.facts.text()
    assert len(browser.images.grid.items) == 18
    assert tab_title(page, DataTab.LEFT_OUT) == "Left out (2)"
    assert not browser.view(DataTab.LEFT_OUT).is_empty
    assert any("2 files" in text for text in browser.warnings.texts)


def test_a_page_built_later_shows_what_is_open(
    session: Session, qtbot: QtBot, folder: Path
) -> None:
    open_folder(session, qtbot, folder)
    page = make_page(session, qtbot)
    assert page.browser.isVisible()
    assert len(page.browser.images.grid.items) == 18
    session.datasets.close()
    assert page.start.isVisible()


def test_filters(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    images, chart = page.browser.images, page.browser.classes.chart
    chart.choose_class(1)
    assert shown_names(page) == {f"leaf/{n}.png" for n in range(6)}
    images.split.buttons()[2].click()
    assert images.split.value is Split.VAL
    assert len(images.grid.items) == 1
    images.split.buttons()[0].click()
    qtbot.keyClicks(images.search, "3.P")
    qtbot.waitUntil(lambda: shown_names(page) == {"leaf/3.png"})
    assert "1" in images.shown.text()
    chart.choose_class(None)
    assert shown_names(page) == {f"{name}/3.png" for name in CLASSES}
    images.search.setText("no such file")
    qtbot.waitUntil(lambda: not images.grid.items)


def test_ctrl_f_finds_the_search_field(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    page.browser.show_tab(DataTab.LEFT_OUT)
    page.browser._find()
    assert page.browser.tabs.currentIndex() == 0
    assert isinstance(page.focusWidget(), QLineEdit)


def test_the_chosen_image_is_described(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    images = page.browser.images
    assert images.side.isHidden()
    images.grid.set_current_index(0)
    assert images.side.isVisible()
    facts = [(a.text(), b.text()) for a, b in images.side.facts._rows]
    assert ("Class", "acorn") in facts and ("Split", "Train") in facts

    def has_size() -> bool:
        return ("Size", "32 × 24 px") in [(a.text(), b.text()) for a, b in images.side.facts._rows]

    qtbot.waitUntil(has_size)
    images.side.close_button.click()
    assert images.side.isHidden()


def test_large_view_steps_and_ends(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    images = page.browser.images
    images.grid.set_current_index(1)
    images.grid.activated.emit(1)
    assert images.large.isVisible() and images.side.preview.isHidden()
    images._next()
    assert images.grid.current_index == 2
    assert images.large.accessibleDescription() == images.grid.items[2].image.name
    images._previous()
    assert images.grid.current_index == 1
    images.back_button.click()
    assert images.grid.isVisible() and not images.side.preview.isHidden()


def test_in_a_narrow_window_the_classes_give_way(
    session: Session, qtbot: QtBot, folder: Path
) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    page.resize(880, 600)
    assert page.browser.classes.isVisible()
    page.browser.images.grid.set_current_index(0)
    assert page.browser.classes.isHidden()
    page.browser.show_tab(DataTab.NETWORK)
    assert page.browser.classes.isVisible()


def test_split_again(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    editor = page.browser.classes.split_editor
    assert editor.config == SplitConfig()
    type_number(qtbot, editor.val_percent, "50 %")
    with qtbot.waitSignal(session.datasets.changed):
        editor.button.click()
    assert "Validation 9" in page.browser.facts.text()
    assert not editor.button.isEnabled()


def test_folders_that_say_the_split_are_not_split(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for split in ("train", "val"):
        make_images(tmp_path / "both" / split, 2)
    page = make_page(session, qtbot)
    open_folder(session, qtbot, tmp_path / "both")
    assert page.browser.classes.fold.isHidden()
    assert page.browser.view(DataTab.LEFT_OUT).is_empty


def test_nothing_changes_during_a_run(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    browser = page.browser
    parts = (browser.reload_button, browser.close_button, browser.open_button)
    session.run._set_status(RunStatus.RUNNING)
    assert not any(part.isEnabled() for part in (*parts, browser.classes.split_editor))
    session.run._set_status(RunStatus.IDLE)
    assert all(part.isEnabled() for part in (*parts, browser.classes.split_editor))


def test_the_networks_eye(
    session: Session, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int, int | None]] = []

    def views(index, config, count, seed, class_index=None):  # type: ignore[no-untyped-def]
        asked.append((config.augmentation, seed, class_index))
        return [view_of(ImageRef.of_file(Path("a.png")))] * count

    monkeypatch.setattr(jobs, "augmented_views", views)
    monkeypatch.setattr(jobs, "glance", lambda images: None)  # nothing else is recommended
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    eye = page.browser.view(DataTab.NETWORK)
    page.browser.show_tab(DataTab.NETWORK)
    assert "loading" in eye.grid.text
    session.network.is_ready = True
    session.network.models_changed.emit()
    qtbot.waitUntil(lambda: len(eye.grid.pictures) == 24)
    eye.shuffle_button.click()
    qtbot.waitUntil(lambda: len(asked) == 2)
    session.network.change(epochs=3)  # decides nothing about the pictures
    session.network.change(augmentation="rotate_flip")
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert "Rotate" in eye.caption.text()
    page.browser.classes.chart.choose_class(2)
    qtbot.waitUntil(lambda: len(asked) == 4)
    page.browser.show_tab(DataTab.IMAGES)
    session.network.change(augmentation="none")  # nobody looks
    assert asked == [
        ("crop_flip", 0, None),
        ("crop_flip", 1, None),
        ("rotate_flip", 1, None),
        ("rotate_flip", 1, 2),
    ]


def test_the_networks_eye_follows_what_is_changed_at_its_input(
    session: Session, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str]] = []

    def views(index, config, *_):  # type: ignore[no-untyped-def]
        asked.append((config.image_px, config.colours))
        return []

    monkeypatch.setattr(jobs, "augmented_views", views)
    monkeypatch.setattr(jobs, "glance", lambda images: None)  # nothing else is recommended
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    page.browser.show_tab(DataTab.NETWORK)
    session.network.models = CATALOG
    session.network.is_ready = True
    session.network.models_changed.emit()
    qtbot.waitUntil(lambda: asked == [(0, "rgb")])
    assert "224 px" in page.browser.view(DataTab.NETWORK).caption.text()
    session.network.change(image_px=96)
    session.network.change(colours="grey")
    qtbot.waitUntil(lambda: asked[-1] == (96, "grey"))
    assert "96 px" in page.browser.view(DataTab.NETWORK).caption.text()


def test_a_reload_keeps_filter_and_choice(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    page.browser.classes.chart.choose_class(2)
    page.browser.images.grid.set_current_index(1)
    chosen = page.browser.images.grid.items[1].image
    (folder / "leaf" / "empty.png").unlink()
    with qtbot.waitSignal(session.datasets.changed):
        page.browser.reload_button.click()
    assert page.browser.classes.chart.chosen_class == 2
    item = page.browser.images.grid.current_item
    assert item is not None and item.image == chosen
    assert tab_title(page, DataTab.LEFT_OUT) == "Left out (1)"


def test_a_class_folder_may_come_first_and_its_images_later(
    session: Session, qtbot: QtBot, folder: Path
) -> None:
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    watched = session.datasets.watched_folders
    qtbot.waitUntil(lambda: str(folder) in watched())
    with qtbot.waitSignal(session.datasets.changed):
        (folder / "new").mkdir()
    qtbot.waitUntil(lambda: str(folder / "new") in watched())
    with qtbot.waitSignal(session.datasets.changed):
        for number in range(2):
            (folder / "new" / f"{number}.png").write_bytes(
                (folder / "leaf" / f"{number}.png").read_bytes()
            )
    assert page.browser.facts.text().endswith("4 classes")


@pytest.mark.parametrize("is_file", [False, True])
def test_a_dropped_dataset_opens(
    session: Session, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch, is_file: bool
) -> None:
    monkeypatch.setattr(opening, "DATASET_SOURCES", (ZipSource(), *opening.DATASET_SOURCES))
    dropped = zip_folder(folder, folder.with_suffix(".zip")) if is_file else folder
    page = make_page(session, qtbot)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(dropped))])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, data, button, none)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert page.start.drop_zone.property("active") is True
    with qtbot.waitSignal(session.datasets.changed):
        page.dropEvent(QDropEvent(QPointF(50, 50), copy, data, button, none))
    assert page.browser.isVisible()
    assert session.datasets.recent == (dropped,)


def test_files_are_left_to_the_window(session: Session, qtbot: QtBot, folder: Path) -> None:
    page = make_page(session, qtbot)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / "leaf" / "0.png"))])
    enter = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    enter.ignore()
    page.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_a_third_split_has_its_place(session: Session, qtbot: QtBot, folder: Path) -> None:
    open_folder(session, qtbot, folder)
    index = session.datasets.index
    assert index is not None
    tests = tuple(replace(s, split=Split.TEST) for s in index.by_split[Split.VAL])
    page = make_page(session, qtbot)
    session.datasets.changed.emit(replace(index, samples=(*index.samples, *tests)))
    assert len(page.browser.images.split.buttons()) == 4
    assert "Test 3" in page.browser.facts.text()


def test_the_gallery_shows_what_another_view_picked(
    session: Session, qtbot: QtBot, folder: Path
) -> None:
    """Of all classes, and until a person wants the others back."""
    page = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    index = session.datasets.index
    assert index is not None
    page.browser.classes.chart.choose_class(2)
    page.browser.show_tab(DataTab.LEFT_OUT)
    picked = frozenset(sample.image for sample in index.samples[::7])
    session.feature(BrowsingState).show_images("seldom & odd", picked)
    images = page.browser.images
    assert images.isVisible() and images.chosen.isVisible()
    assert images.chosen.text() == "seldom && odd"
    assert {item.image for item in images.grid.items} == picked
    assert page.browser.classes.chart.chosen_class is None
    images.chosen.click()
    assert images.chosen.isHidden()
    assert len(images.grid.items) == len(index.samples)


def test_a_page_built_anew_shows_the_same_view(
    session: Session, qtbot: QtBot, folder: Path
) -> None:
    first = make_page(session, qtbot)
    open_folder(session, qtbot, folder)
    first.show_tab(DataTab.LEFT_OUT)
    second = make_page(session, qtbot)
    assert second.browser.view(DataTab.LEFT_OUT).isVisible()
    assert second.browser.classes.isHidden()  # they say nothing about files that are no images
