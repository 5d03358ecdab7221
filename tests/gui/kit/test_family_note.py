"""The note on a family: readable at any width and in both languages, the paper a key away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.networks.families import Family, all_families, family_with_id
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.family_note import FamilyNoteView


@pytest.fixture
def korean(app: QApplication) -> Iterator[None]:
    language.install("ko")
    yield
    language.install("en")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser was asked for."""
    addresses: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: addresses.append(QUrl(url).toString()) or True
    )
    return addresses


def shown_at(qtbot: QtBot, family_id: str, width_px: int = 400) -> FamilyNoteView:
    view = FamilyNoteView()
    qtbot.addWidget(view)
    view.resize(width_px, 100)
    view.show()
    view.show_family(family_with_id(family_id))
    QApplication.processEvents()
    return view


def test_it_says_what_is_known(app: QApplication, qtbot: QtBot) -> None:
    view = shown_at(qtbot, "resnet")
    assert (view.title.text(), view.year.text()) == ("ResNet", "2015")
    assert "F(x)" in view.idea.text()
    assert "3.57%" in view.result.text() and view.result.isVisible()
    assert "ResNet-18" in view.use.text()
    assert view.link.accessibleName() == "Deep Residual Learning for Image Recognition"
    assert view.source.text.startswith("CVPR 2016 · Kaiming He")
    assert not view.missing.isVisible()


def test_it_speaks_korean(korean: None, app: QApplication, qtbot: QtBot) -> None:
    view = shown_at(qtbot, "resnet")
    assert "보정값" in view.idea.text()
    assert "분류 1위" in view.result.text()


def test_what_is_not_known_takes_no_room(app: QApplication, qtbot: QtBot) -> None:
    view = shown_at(qtbot, "densenet")
    assert not view.result.isVisible()
    view.show_family(family_with_id("csatv2"))
    assert not view.year.isVisible() and not view.link.isVisible()
    assert view.use.isVisible()
    view.show_family(Family("tomorrownet", "TomorrowNet"))
    assert view.title.text() == "TomorrowNet" and view.missing.isVisible()
    assert not view.idea.isVisible() and not view.use.isVisible()
    QApplication.processEvents()
    tall = view.minimumHeight()
    view.show_family(None)
    QApplication.processEvents()
    assert not any(w.isVisible() for w in (view.title, view.missing, view.idea, view.link))
    assert view.minimumHeight() < tall


@pytest.mark.parametrize("width_px", [340, 560, 800])
def test_no_line_is_cut_off(app: QApplication, qtbot: QtBot, width_px: int) -> None:
    view = shown_at(qtbot, "alexnet", width_px)
    for family_id in ("alexnet", "lenet", "vit"):
        view.show_family(family_with_id(family_id))
        QApplication.processEvents()
        view.resize(width_px, view.minimumHeight())
        QApplication.processEvents()
        for text in (view.idea, view.result, view.use):
            if text.isVisible():
                assert text.height() >= text.heightForWidth(text.width())
                assert text.mapTo(view, text.rect().bottomRight()).x() < width_px


def test_the_paper_opens_by_mouse_and_keys(
    app: QApplication, qtbot: QtBot, opened: list[str]
) -> None:
    view = shown_at(qtbot, "resnet")
    assert view.link.focusPolicy() & Qt.FocusPolicy.TabFocus
    qtbot.mouseClick(view.link, Qt.MouseButton.LeftButton)
    qtbot.keyClick(view.link, Qt.Key.Key_Return)
    qtbot.keyClick(view.link, Qt.Key.Key_Space)
    assert opened == ["https://arxiv.org/abs/1512.03385"] * 3
    view.show_family(family_with_id("lenet"))
    view.link.click()
    assert opened[-1] == "https://doi.org/10.1109/5.726791"


def test_a_long_title_is_shortened_and_keeps_its_ampersand(app: QApplication, qtbot: QtBot) -> None:
    title = "Training data-efficient image transformers & distillation through attention"
    view = shown_at(qtbot, "deit", 340)
    assert view.link.text().endswith("…") and view.link.width() <= 340
    assert view.link.toolTip().splitlines()[0] == title
    view.resize(800, view.height())
    QApplication.processEvents()
    assert view.link.text().replace("&&", "&") == title


def test_all_families_in_both_themes(app: QApplication, qtbot: QtBot) -> None:
    view = shown_at(qtbot, "resnet")
    theme.apply(app, theme.Scheme.DARK)
    for family in all_families():
        view.show_family(family)
        assert view.idea.text() and view.use.text()
    theme.apply(app, theme.Scheme.LIGHT)
