"""One image in sixteen variations, and the settings beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tests.gui.features.dataset.views import view_of
from tlstudio.core.config import RunConfig
from tlstudio.core.data.augmentation import Step
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.engine.data.preview import Partner
from tlstudio.gui.features.dataset.image_side import ImageSide
from tlstudio.gui.features.dataset.network_eye_view import NetworkEyeView
from tlstudio.gui.state import jobs
from tlstudio.gui.state.browsing import BrowsingState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

MIRRORED = Step("mirror")
TURNED = Step("rotate", (-3.2,))


class Asked:
    """What the window wants of the engine."""

    def __init__(self) -> None:
        self.images: list[str] = []
        self.configs: list[RunConfig] = []
        self.partner: Partner | None = None

    def many(self, index, config, count, seed, class_index=None):  # type: ignore[no-untyped-def]
        return [view_of(sample.image) for sample in index.samples[:3]]

    def one(self, image, index, config, count, seed):  # type: ignore[no-untyped-def]
        self.images.append(image.name)
        self.configs.append(config)
        if image.name == "missing.png":
            raise ImageError("It is not there.")
        varied = [view_of(image, TURNED, MIRRORED, partner=self.partner)] * count
        return [view_of(image), *varied]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(jobs, "augmented_views", asked.many)
    monkeypatch.setattr(jobs, "image_variations", asked.one)
    monkeypatch.setattr(jobs, "glance", lambda images: None)
    return asked


@pytest.fixture
def eye(session: Session, qtbot: QtBot, tmp_path: Path, asked: Asked) -> NetworkEyeView:
    make_images(tmp_path / "photos")
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path / "photos")
    index = session.datasets.index
    assert index is not None
    view = NetworkEyeView(session)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    session.network.is_ready = True
    view.set_index(index)
    qtbot.waitUntil(lambda: len(view.grid.pictures) == 3)
    return view


def test_a_double_click_shows_what_becomes_of_an_image(
    eye: NetworkEyeView, qtbot: QtBot, asked: Asked
) -> None:
    chosen = eye.grid.pictures[1].image
    at = eye.grid.cell_rect(1).center()
    QTest.mouseDClick(eye.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    # Qt's test library holds the button down for all that follows, other tests included
    QTest.mouseRelease(eye.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: len(eye.grid.pictures) == 17)
    assert eye.is_one and asked.images == [chosen.name]
    plain, varied = eye.grid.pictures[:2]
    assert plain.caption == "As validation sees it"
    assert (varied.caption, varied.detail) == ("rotated −3°", "mirrored")
    assert varied.tip == "rotated −3°, mirrored"
    eye.another_button.click()
    qtbot.waitUntil(lambda: len(asked.images) == 2)
    assert asked.images[0] != asked.images[1]


def test_by_keyboard(eye: NetworkEyeView, qtbot: QtBot, asked: Asked) -> None:
    eye.grid.setFocus()
    qtbot.keyClick(eye.grid, Qt.Key.Key_Return)
    assert not eye.is_one  # nothing is chosen yet
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(eye.grid, key)
    qtbot.waitUntil(lambda: len(asked.images) == 1)
    assert eye.is_one


def test_without_a_choice_the_first_image_is_shown_and_a_dropped_one_next(
    eye: NetworkEyeView, qtbot: QtBot, asked: Asked, tmp_path: Path
) -> None:
    assert not eye.acceptDrops()  # files are the window's
    eye.what.buttons()[1].click()
    qtbot.waitUntil(lambda: len(eye.grid.pictures) == 17)
    assert eye.acceptDrops()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "missing.png"))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    eye.dropEvent(QDropEvent(QPointF(50, 50), copy, data, left, none))
    qtbot.waitUntil(lambda: eye.grid.text == "It is not there.")
    eye.what.buttons()[0].click()
    qtbot.waitUntil(lambda: len(eye.grid.pictures) == 3)


def test_the_settings_beside_it_act_at_once(
    eye: NetworkEyeView, qtbot: QtBot, asked: Asked, session: Session
) -> None:
    eye.what.buttons()[1].click()
    assert eye.settings.isHidden()
    eye.adjust_button.click()
    assert eye.settings.isVisible()
    session.set_simple(True)
    assert eye.form.rows["flips"].isVisible() and not eye.form.rows["blur"].isVisible()
    session.set_simple(False)
    assert eye.form.rows["blur"].isVisible() and not eye.form.rows["blur_sigma"].isVisible()
    eye.form.changed.emit("blur", 0.5)
    qtbot.waitUntil(lambda: bool(asked.configs) and asked.configs[-1].blur == 0.5)
    assert eye.form.rows["blur_sigma"].isVisible()
    count = len(asked.configs)
    session.network.change(rotation_degrees=20.0)  # has no meaning in a random crop
    session.network.change(augmentation="rotate_flip")
    qtbot.waitUntil(lambda: len(asked.configs) == count + 1)
    session.run._set_status(RunStatus.RUNNING)
    assert not eye.form.isEnabled()
    session.run._set_status(RunStatus.IDLE)
    eye.resize(400, 600)
    assert eye.settings.isHidden()  # the pictures need the room
    assert not eye.adjust_button.isEnabled() and "What trains" in eye.adjust_button.toolTip()
    assert not eye.shuffle_button.text() and eye.shuffle_button.accessibleName() == "Shuffle"


def test_as_the_numbers_are(eye: NetworkEyeView, qtbot: QtBot) -> None:
    def brightness() -> int:
        return eye.grid.pictures[0].pixmap.toImage().pixelColor(2, 2).value()

    assert brightness() == 0
    eye.numbers_button.click()
    assert brightness() == 255
    assert eye.grid.pictures[0].tip == "mean −0.50, from −1.00 to 2.25"
    assert "0 is grey" in eye.caption.text()
    eye.numbers_button.click()
    assert brightness() == 0


def test_mixed_images_have_both_classes(
    eye: NetworkEyeView, qtbot: QtBot, asked: Asked, session: Session
) -> None:
    asked.partner = Partner(ImageRef.of_file(Path("b.png")), 1, 0.3)
    eye.what.buttons()[1].click()
    session.network.change(mixing="mixup")
    qtbot.waitUntil(lambda: len(eye.grid.pictures) == 17)
    picture = eye.grid.pictures[1]
    assert (picture.caption, picture.detail) == ("acorn 70 %", "+ leaf 30 %")
    assert "mixup" in eye.caption.text()


def test_an_image_of_the_gallery_leads_there(
    session: Session, qtbot: QtBot, eye: NetworkEyeView
) -> None:
    side = ImageSide(session, session.thumbnails)
    qtbot.addWidget(side)
    index = session.datasets.index
    assert index is not None
    side.show_sample(index.samples[4], "acorn")
    browsing = session.feature(BrowsingState)
    with qtbot.waitSignal(browsing.tab_wanted) as wanted:
        side.variations_button.click()
    assert wanted.args == ["network"]
    assert eye.is_one and eye.image == index.samples[4].image
    session.datasets.close()
    assert browsing.varied is None


def test_an_image_that_was_asked_for_before_the_view_was_built(
    eye: NetworkEyeView, session: Session, qtbot: QtBot
) -> None:
    browsing, image = session.feature(BrowsingState), eye.grid.pictures[1].image
    browsing.show_variations(image)
    later = NetworkEyeView(session)
    qtbot.addWidget(later)
    assert later.is_one and later.image == image


def test_the_same_image_again_leads_back_to_its_variations(
    eye: NetworkEyeView, session: Session
) -> None:
    browsing, image = session.feature(BrowsingState), eye.grid.pictures[1].image
    browsing.show_variations(image)
    eye.what.set_value("many")
    browsing.show_variations(image)
    assert eye.is_one
