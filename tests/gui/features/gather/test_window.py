"""Making a dataset in the window: real folders, real pictures, faked cameras and videos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog
from pytestqt.qtbot import QtBot

from tlstudio.gui.features.gather.capture import CameraDialog
from tlstudio.gui.features.gather.class_tree import DRAGGED
from tlstudio.gui.features.gather.state import GatherState
from tlstudio.gui.features.gather.window import GatherWindow
from tlstudio.gui.kit import frames
from tlstudio.gui.kit.capture import VideoDialog
from tlstudio.gui.kit.frames import FrameSource
from tlstudio.gui.state.session import Session


class Frames(FrameSource):
    """Delivers what a test gives it."""

    stopped = False

    def start(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def picture(value: int) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(value, 90, 10))
    return image


def photos(folder: Path, count: int, start: int = 0) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number}.png" for number in range(start, start + count)]
    for number, path in enumerate(paths):
        Image.new("RGB", (8, 8), (start + number * 11, 60, 90)).save(path)
    return paths


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> GatherWindow:
    shown = GatherWindow(session)
    qtbot.addWidget(shown)
    shown.show()
    return shown


@pytest.fixture
def act(session: Session, qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Does something and waits until the disk has followed."""
    state = session.feature(GatherState)

    def do(work: Callable[[], object]) -> None:
        with qtbot.waitSignal(state.changed, timeout=20_000):
            work()
        qtbot.waitUntil(lambda: not state.is_busy)

    return do


@pytest.fixture
def filled(
    window: GatherWindow,
    session: Session,
    tmp_path: Path,
    act: Callable[[Callable[[], object]], None],
) -> GatherWindow:
    state = session.feature(GatherState)
    act(lambda: state.open(tmp_path / "made", is_new=True))
    for start, name in ((0, "사과"), (100, "배")):
        act(lambda name=name: state.add_class(name))
        paths = photos(tmp_path / "from" / name, 3, start)
        act(lambda name=name, paths=paths: state.add_images(name, paths))
    return window


def show(window: GatherWindow, name: str) -> None:
    window.tree.setCurrentItem(window.tree.topLevelItem(window.tree.names.index(name)))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def dropped(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(window: GatherWindow, data: QMimeData, name: str) -> None:
    item = window.tree.topLevelItem(window.tree.names.index(name)) if name else None
    at = window.tree.visualItemRect(item).center() if item else QPoint(20, 400)
    event = QDropEvent(
        QPointF(at),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.tree.dropEvent(event)


def test_from_a_name_to_an_open_dataset(
    window: GatherWindow,
    session: Session,
    tmp_path: Path,
    act: Callable[[Callable[[], object]], None],
    qtbot: QtBot,
) -> None:
    window.start.name.setText("과일")
    window.start._set_place(tmp_path)
    act(window.start.make_button.click)
    assert window.focusWidget() is window.new_class_button  # what comes next
    assert (tmp_path / "과일").is_dir()
    assert not window.open_button.isEnabled()
    for name in ("apple", "pear"):
        window.new_class_button.click()
        [question] = window.findChildren(QInputDialog)
        question.setTextValue(name)
        act(question.accept)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert window.class_name == name  # images go into the class that was just made
        folder = tmp_path / "from" / name
        photos(folder, 4, len(name) * 20)
        show(window, name)
        act(lambda folder=folder: window._on_folder_chosen(folder))
    assert window.open_button.isEnabled()
    with qtbot.waitSignal(session.datasets.changed):
        window.open_button.click()
    assert session.datasets.index is not None
    assert session.datasets.index.classes == ("apple", "pear")
    assert window.isHidden()


def test_dragging_to_another_class_and_back(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    show(filled, "사과")
    filled.grid.select([0, 2])
    inner = dropped([])
    inner.setData(DRAGGED, QByteArray(b"1"))
    act(lambda: drop(filled, inner, "배"))
    assert names(tmp_path / "made" / "사과") == ["1.png"]
    assert len(names(tmp_path / "made" / "배")) == 5
    assert [filled.tree.topLevelItem(row).text(1) for row in range(2)] == ["5", "1"]
    act(filled.undo_button.click)
    assert names(tmp_path / "made" / "사과") == ["0.png", "1.png", "2.png"]
    act(filled.redo_button.click)
    assert names(tmp_path / "made" / "사과") == ["1.png"]


def test_a_drag_begins_on_what_is_chosen(filled: GatherWindow, qtbot: QtBot) -> None:
    show(filled, "사과")
    grid = filled.grid
    grid.select([0, 1])
    grid.drag_wanted.disconnect()  # a real drag would wait for a drop
    first = grid.cell_rect(0).center()
    far = first + QPoint(60, 20)
    with qtbot.waitSignal(grid.drag_wanted):
        QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=first)
        QTest.mouseMove(grid.viewport(), far)
    assert grid.selection == (0, 1)
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=far)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert grid.selection == (0,)


def test_folders_dropped_beside_the_classes_become_classes(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    photos(tmp_path / "감", 2, 60)
    photos(tmp_path / "more" / "배", 2, 160)
    data = dropped([tmp_path / "감", tmp_path / "more" / "배"])
    act(lambda: drop(filled, data, ""))
    assert len(names(tmp_path / "made" / "감")) == 2
    assert len(names(tmp_path / "made" / "배")) == 5


def test_files_dropped_on_the_window_go_into_the_class(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    show(filled, "배")
    data = dropped(photos(tmp_path / "more", 2, 180))
    spot, actions = QPoint(600, 300), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(spot, actions, data, buttons, keys)
    filled.dragEnterEvent(enter)
    assert enter.isAccepted()
    act(lambda: filled.dropEvent(QDropEvent(QPointF(spot), actions, data, buttons, keys)))
    assert len(names(tmp_path / "made" / "배")) == 5


def test_pasting_a_picture(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    show(filled, "배")
    QGuiApplication.clipboard().setImage(picture(7))
    act(filled.paste_button.click)
    assert (tmp_path / "made" / "배" / "pasted-0001.png").exists()
    QGuiApplication.clipboard().setText("no picture")
    filled.paste_button.click()
    assert "no picture" in filled.status.text()


def test_what_is_refused_is_told(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    (tmp_path / "broken.png").write_text("no image", "utf-8")
    again = tmp_path / "from" / "배" / "100.png"
    show(filled, "배")
    act(lambda: filled._on_files_chosen([tmp_path / "broken.png", again]))
    assert "1 file was not taken" in filled.status.text()
    assert "1 picture was in the class already" in filled.status.text()
    assert "broken.png" in filled.status.toolTip()


def test_renaming_in_place(
    filled: GatherWindow, tmp_path: Path, act: Callable[[Callable[[], object]], None]
) -> None:
    show(filled, "배")
    act(lambda: filled.tree.currentItem().setText(0, "pear"))
    assert names(tmp_path / "made") == ["pear", "사과"]
    act(lambda: filled.tree.topLevelItem(0).setText(0, "사과"))
    assert "already" in filled.status.text()
    assert filled.tree.names == ["pear", "사과"]


def test_removing_and_undoing_by_keys(
    filled: GatherWindow,
    session: Session,
    tmp_path: Path,
    act: Callable[[Callable[[], object]], None],
) -> None:
    show(filled, "배")
    filled.grid.select([0, 1, 2])
    filled.grid.setFocus()
    act(lambda: QTest.keyClick(filled.grid, Qt.Key.Key_Delete))
    assert names(tmp_path / "made" / "배") == []
    act(lambda: QTest.keyClick(filled, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier))
    assert len(names(tmp_path / "made" / "배")) == 3


def test_the_camera_takes_pictures_while_the_button_is_held(qtbot: QtBot) -> None:
    source, taken = Frames(), []
    dialog = CameraDialog("배", taken.append, ["one", "two"], lambda name: source)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.hold_button.isEnabled()
    source.frame.emit(picture(1), 0.0)
    QTest.mousePress(dialog.hold_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(taken) >= 3)
    QTest.mouseRelease(dialog.hold_button, Qt.MouseButton.LeftButton)
    assert not dialog._timer.isActive()
    assert dialog.status.text() == f"{len(taken)} pictures taken"
    dialog.close()
    assert source.stopped


def test_a_video_gives_a_frame_for_every_so_many_seconds(qtbot: QtBot) -> None:
    source, taken = Frames(), []

    def take(image: QImage, time_s: float) -> None:
        taken.append(time_s)

    dialog = VideoDialog(Path("a.mp4"), "Into 배", take, lambda path: source)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.every.setValue(0.5)
    dialog.start_button.click()
    for number in range(21):
        source.frame.emit(picture(number), number / 10)
    assert taken == [0.0, 0.5, 1.0, 1.5, 2.0]
    source.failed.emit("The video cannot be read: broken")
    assert "broken" in dialog.status.text()


def test_frames_of_an_animated_picture_become_images(
    filled: GatherWindow,
    session: Session,
    tmp_path: Path,
    act: Callable[[Callable[[], object]], None],
    qtbot: QtBot,
) -> None:
    path = tmp_path / "video.gif"
    shots = [Image.new("RGB", (8, 8), (value, 0, 0)) for value in (0, 80, 160, 240)]
    shots[0].save(path, save_all=True, append_images=shots[1:], duration=200)
    show(filled, "배")
    filled._on_video_chosen([path])
    [dialog] = filled.findChildren(VideoDialog)
    dialog.every.setValue(0)
    dialog.start_button.click()
    state = session.feature(GatherState)
    qtbot.waitUntil(lambda: len(state.of("배")) == 7 and not state.is_busy)
    dialog.close()


def test_without_multimedia_it_says_what_is_missing(
    filled: GatherWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "has_multimedia", lambda: False)
    filled.camera_button.click()
    assert "tlstudio[camera]" in filled.status.text()
    filled.status.clear()
    filled._on_video_chosen([Path("a.mp4")])
    assert "tlstudio[camera]" in filled.status.text()
