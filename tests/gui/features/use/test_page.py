"""The Use page: dropping images and reading the answers."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_predictions
from tests.helpers import make_photos, tiny_classifier
from tlstudio.cli.main import main
from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import RunEntry, RunMarks
from tlstudio.core.runs.predictions import GalleryOrder, Novelty, PredictionRecord
from tlstudio.core.use.pictures import ImagesFound
from tlstudio.engine.runs import weights
from tlstudio.gui.features.use.page import UsePage
from tlstudio.gui.features.use.sort_dialog import SortDialog
from tlstudio.gui.features.use.sort_state import SortState
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.confusion.view import Choice
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state import jobs
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Dialog, Session, Step


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    return make_images(tmp_path / "images", count=2)


@pytest.fixture
def page(session: Session, qtbot: QtBot) -> UsePage:
    page = UsePage(session)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


@pytest.fixture
def in_hand(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A classifier that answers by folder, calls files named ``bad*`` unreadable, and sees grey."""

    def predict(
        classifier: object, paths: Sequence[Path], stop: StopToken
    ) -> Iterator[PredictionRecord | ExcludedFile]:
        files = [f for p in paths for f in (sorted(p.rglob("*.png")) if p.is_dir() else [p])]
        for file in files:
            if stop.stopped:
                return
            if file.name.startswith("bad"):
                yield ExcludedFile(ImageRef.of_file(file), "It is not an image.")
            else:
                yield from make_predictions([file], CLASSES, 1.0, known=False)

    grey = np.full((8, 8, 3), 128, dtype=np.uint8)
    monkeypatch.setattr(jobs, "predict", predict)
    monkeypatch.setattr(jobs, "network_view", lambda path, classifier: grey)
    info = ClassifierInfo("net", CLASSES, "leaves.pth", 0.824, 25, ("The head was renamed.",))
    session.classifier.take(types.SimpleNamespace(), info)  # type: ignore[arg-type]
    return session


def drop(widget: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, no_keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(9, 9), copy, data, left, no_keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(9, 9), copy, data, left, no_keys))


def wait_for_answers(session: Session, page: UsePage, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: not session.classifier.predicting)
    qtbot.waitUntil(lambda: len(page.gallery.grid.items) == count)


def test_without_a_classifier_it_says_what_to_do(
    session: Session, page: UsePage, qtbot: QtBot
) -> None:
    left = Qt.MouseButton.LeftButton
    assert page.train_button.isVisible()
    assert not page.load_first_button.isEnabled()  # the engine is not there yet
    session.network.is_ready = True
    session.network.engine_ready.emit()
    with qtbot.waitSignal(page.load_weights_requested):
        qtbot.mouseClick(page.load_first_button, left)
    qtbot.mouseClick(page.train_button, left)
    assert session.step is Step.TRAIN


def test_it_says_what_is_in_hand(in_hand: Session, page: UsePage, qtbot: QtBot) -> None:
    assert page.title.text == "net"
    for part in ("leaves.pth", "82.4%", "acorn, leaf, mushroom"):
        assert part in page.facts.text()
    assert page.notes.text() == "The head was renamed."
    with qtbot.waitSignal(page.save_weights_requested):
        qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)


def test_the_title_is_the_run_in_hand(in_hand: Session, page: UsePage) -> None:
    in_hand.runs._set_current(RunEntry("id1", Path(), RunMarks("the good one")))
    assert page.title.text == "the good one"
    assert page.facts.text().startswith("net")


def test_dropped_images_are_answered(
    in_hand: Session, page: UsePage, images: list[Path], qtbot: QtBot
) -> None:
    assert page.drop_zone.isVisible()
    bad = images[0].with_name("bad.png")
    bad.write_bytes(b"no image")
    drop(page, images[0].parent, images[-1])
    wait_for_answers(in_hand, page, qtbot, 3)
    captions = [item.caption for item in page.gallery.grid.items]
    assert [c.split()[0] for c in captions] == ["acorn", "acorn", "mushroom"]
    assert page.unreadable.rows.topLevelItemCount() == 1
    assert page.unreadable.rows.topLevelItem(0).text(0) == "bad.png"

    drop(page, images[2])  # more
    wait_for_answers(in_hand, page, qtbot, 4)
    qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)
    assert page.drop_zone.isVisible()
    assert not page.unreadable.isVisible()


def test_an_answer_is_looked_at_with_the_networks_view(
    in_hand: Session, page: UsePage, images: list[Path], qtbot: QtBot
) -> None:
    drop(page, *images)
    wait_for_answers(in_hand, page, qtbot, len(images))
    page.gallery.open_viewer(2)
    viewer = page.gallery.viewer
    assert viewer.answer.text().startswith("leaf ")
    assert viewer.truth.text() == ""
    qtbot.waitUntil(viewer.network_view.isVisible)


def test_a_single_photo_is_looked_at_at_once(
    in_hand: Session, page: UsePage, images: list[Path], qtbot: QtBot
) -> None:
    drop(page, images[0], images[1])
    wait_for_answers(in_hand, page, qtbot, 2)
    assert not page.gallery.viewing
    drop(page, images[2])
    wait_for_answers(in_hand, page, qtbot, 3)
    qtbot.waitUntil(lambda: page.gallery.viewing)
    assert page.gallery.grid.current_index == 2
    assert page.gallery.viewer.answer.text().startswith("leaf ")
    page.gallery.close_viewer()
    qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)
    drop(page, images[0])
    wait_for_answers(in_hand, page, qtbot, 1)
    qtbot.waitUntil(lambda: page.gallery.viewing)


def test_another_classifier_starts_anew(
    in_hand: Session, page: UsePage, images: list[Path], qtbot: QtBot
) -> None:
    drop(page, *images)
    wait_for_answers(in_hand, page, qtbot, len(images))
    page.gallery.open_viewer(0)
    info = ClassifierInfo("other", ("a", "b"))
    in_hand.classifier.take(types.SimpleNamespace(), info)  # type: ignore[arg-type]
    assert page.title.text == "other"
    assert page.drop_zone.isVisible()
    assert not page.gallery.viewing


def test_answers_of_the_classifier_before_are_not_shown(
    in_hand: Session, page: UsePage, images: list[Path], qtbot: QtBot
) -> None:
    with qtbot.waitSignal(in_hand.classifier.predicting_changed):
        drop(page, *images)
    worker = in_hand.classifier._worker
    assert worker is not None and worker.wait(60_000)  # its answers wait in the queue
    info = ClassifierInfo("other", ("only",))
    in_hand.classifier.take(types.SimpleNamespace(), info)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not in_hand.classifier.predicting)
    assert in_hand.classifier.answers == []
    assert page.drop_zone.isVisible()


def test_the_classifier_in_hand_is_exported_from_here(
    in_hand: Session, page: UsePage, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(in_hand.dialog_requested) as asked:
        page.export_button.click()
    assert asked.args == [Dialog.EXPORT]


def test_where_it_is_narrow_icons_keep_their_names(in_hand: Session, page: UsePage) -> None:
    page.resize(1150, 760)
    assert page.paste_button.text() and page.video_button.text()
    page.resize(820, 410)
    assert not page.paste_button.text() and not page.video_button.text()
    assert page.paste_button.accessibleName() == "Paste"
    assert page.filter.size_slider.maximumWidth() < 96  # its boxes need the room for their words
    assert page.more_zone.isHidden()  # the images have its room; all of the page takes a drop


def test_answers_are_exported(
    in_hand: Session,
    page: UsePage,
    images: list[Path],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(dialog: object, preferences: Preferences, chosen: Callable[..., object]) -> None:
        chosen([tmp_path / "answers.csv"])

    monkeypatch.setattr(file_dialogs, "_open", answer)
    drop(page, *images)
    wait_for_answers(in_hand, page, qtbot, len(images))
    qtbot.waitUntil(page.csv_button.isEnabled)
    qtbot.mouseClick(page.csv_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil((tmp_path / "answers.csv").exists)
    qtbot.waitUntil(lambda: len(in_hand.notifications.kept) == 1)
    header, *rows = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()
    assert header == "\ufeffpath,predicted,probability,acorn,leaf,mushroom"
    assert len(rows) == len(images)
    assert rows[0].startswith(f"{images[0]},acorn,0.")


def folders_like_classes(tmp_path: Path) -> Path:
    """Two images of acorns, one of which the classifier takes for a leaf."""
    root = tmp_path / "new"
    for name, source in (("acorn", "acorn"), ("leaf", "acorn"), ("odd", "leaf")):
        (root / name).mkdir(parents=True)
        (image,) = make_images(tmp_path / f"of {name}", count=1)[:1]
        image.rename(root / name / f"{source}.png")
    return root


@pytest.fixture
def with_truth(in_hand: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The folder's name is the truth; every answer is the first class, but for "odd" ones."""
    places = {"acorn": 0, "leaf": 1}

    def predict(
        classifier: object, asked: Sequence[Path], stop: StopToken
    ) -> Iterator[ImagesFound | PredictionRecord]:
        files = sorted(asked[0].rglob("*.png"))
        yield ImagesFound(len(files))
        for number, file in enumerate(files):
            name = file.parent.name
            novelty = Novelty(0.4, 0.0, 0.05) if name == "odd" else Novelty(0.1, 0.5, 0.05)
            sure = 0.9 - 0.1 * number
            probabilities = (sure, 1 - sure, 0.0)
            image = ImageRef.of_file(file)
            yield PredictionRecord(image, probabilities, places.get(name), novelty)

    monkeypatch.setattr(jobs, "predict", predict)
    return in_hand


def names(page: UsePage) -> list[str]:
    return [Path(str(item.image)).parent.name for item in page.gallery.grid.items]


def test_folders_called_like_classes_say_what_is_true(
    with_truth: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(page, folders_like_classes(tmp_path))
    wait_for_answers(with_truth, page, qtbot, 3)
    assert page.truth.isVisible()
    assert page.truth.accuracy.text().startswith("50.0% right")
    assert "1 of 2" in page.truth.words.text
    assert not page.matrix.isVisible()
    qtbot.mouseClick(page.truth.matrix_button, Qt.MouseButton.LeftButton)
    assert page.matrix.isVisible()
    page.matrix.chosen.emit(Choice(1, 0))
    assert names(page) == ["leaf"]
    page.filter.reset()
    qtbot.mouseClick(page.truth.use_box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.truth.matrix is None)
    assert not page.matrix.isVisible() and page.filter.true_box.isHidden()
    assert all(answer.target is None for answer in with_truth.classifier.answers)
    page.truth.use_box.click()
    qtbot.waitUntil(lambda: page.truth.matrix is not None)


def test_answers_are_filtered_and_sorted(
    with_truth: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(page, folders_like_classes(tmp_path))
    wait_for_answers(with_truth, page, qtbot, 3)
    page.filter.set_order(GalleryOrder.NONE_OF_THESE)
    assert names(page) == ["odd"]
    page.filter.set_order(GalleryOrder.LEAST_SURE)
    assert names(page) == ["odd", "leaf", "acorn"]
    page.filter.reset()
    page.list_choice.buttons()[1].click()
    table = page.gallery.table
    assert table.isVisible() and table.source.rowCount() == 3
    titles = [column.title for column in table.source.columns]
    table.horizontalHeader().sectionClicked.emit(titles.index("Sure"))
    assert [row.confidence for row in table.source.rows] == [0.9, 0.8, pytest.approx(0.7)]
    table.horizontalHeader().sectionClicked.emit(titles.index("Sure"))
    assert names(page) == ["odd", "leaf", "acorn"]  # the viewer steps in this order
    table.opened.emit(1)
    assert page.gallery.viewer.record is not None
    assert page.gallery.viewer.record.image.path == table.source.rows[1].image.path
    page.gallery.viewer.next_button.click()
    assert table.currentIndex().row() == 2
    table.horizontalHeader().sectionClicked.emit(titles.index("True class"))
    assert names(page) == ["acorn", "leaf", "odd"]  # unknown last


def test_a_picture_of_the_clipboard_is_asked_about(
    in_hand: Session, page: UsePage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(in_hand.classifier, "predict", asked.extend)
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    clipboard = QApplication.clipboard()
    clipboard.setImage(image)
    page.paste()
    (pasted,) = asked
    assert isinstance(pasted, ImageRef) and pasted.name == "Pasted 1.png"
    with pasted.open() as file:
        assert QImage.fromData(file.read()).pixelColor(1, 1) == image.pixelColor(1, 1)
    clipboard.setText("no picture")
    page.paste()
    assert len(asked) == 1
    clipboard.clear()


def test_answers_are_sorted_into_folders_and_that_is_undone(
    with_truth: Session, page: UsePage, tmp_path: Path, qtbot: QtBot
) -> None:
    drop(page, folders_like_classes(tmp_path))
    wait_for_answers(with_truth, page, qtbot, 3)
    qtbot.waitUntil(page.sort_button.isEnabled)
    qtbot.mouseClick(page.sort_button, Qt.MouseButton.LeftButton)
    dialog = page.window().findChild(SortDialog)
    assert dialog is not None
    target = tmp_path / "sorted"
    dialog.folder.setText(str(target))
    dialog.apart_box.setChecked(True)
    dialog.least.setValue(85)
    qtbot.mouseClick(dialog.sort_button, Qt.MouseButton.LeftButton)
    state = with_truth.feature(SortState)
    qtbot.waitUntil(lambda: state.sorted is not None and not state.active)
    copies = {path.parent.name for path in target.rglob("*.png")}
    assert copies == {"acorn", "unsure", "none of these"}
    assert "3 images" in dialog.outcome.text()
    qtbot.mouseClick(dialog.undo_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state.undone is not None)
    assert not target.exists()
    dialog.folder.setText(str(tmp_path / "new" / "odd" / "in"))
    qtbot.mouseClick(dialog.sort_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state.error is not None)
    assert "lies within" in dialog.outcome.text()
    dialog.close()


def test_the_window_says_what_the_terminal_says(
    session: Session,
    page: UsePage,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photos = make_photos(tmp_path / "photos", per_class=3)
    (photos / "bad.png").write_bytes(b"no image")
    classifier = tiny_classifier(("green", "red"))
    session.classifier.take(classifier, ClassifierInfo("tiny", classifier.classes))
    drop(page, photos)
    wait_for_answers(session, page, qtbot, 6)
    loaded = types.SimpleNamespace(classifier=classifier, notes=())
    monkeypatch.setattr(weights, "load_any", lambda *_, **__: loaded)
    table = tmp_path / "terminal.csv"
    assert main(["predict", "w.pth", str(photos), "--truth", "--csv", str(table)]) == 0
    assert page._csv()() == table.read_text(encoding="utf-8")
