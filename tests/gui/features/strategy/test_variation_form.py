"""The choice of how images are varied."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.forecast.forecast import (
    KeepObstacle,
    PhaseForecast,
    RunForecast,
    VariationForecast,
)
from tlstudio.gui.features.strategy.variation_form import VariationForm
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.number_field import NumberField


@pytest.fixture
def form(app: QApplication, qtbot: QtBot) -> VariationForm:
    form = VariationForm()
    qtbot.addWidget(form)
    form.resize(340, 400)
    form.show()
    return form


def foretold(*, can_keep: bool = True) -> RunForecast:
    by = {
        Variation.CACHED: VariationForecast((PhaseForecast(25, 4, 3.4, 0.02),)),
        Variation.LIVE: VariationForecast((PhaseForecast(25, 1, 3.0, 2.9),)),
        Variation.NONE: VariationForecast((PhaseForecast(25, 1, 3.1, 0.02),)),
    }
    return RunForecast(by, can_keep, "bfloat16")


def chosen(form: VariationForm) -> Variation:
    return next(v for v, row in form.list.rows.items() if row.button.isChecked())


def follow(form: VariationForm) -> list[RunConfig]:
    """The form drives a configuration, as the panel does."""
    configs = [RunConfig()]

    def on_changed(values: dict[str, object]) -> None:
        configs.append(configs[-1].changed(**values))
        form.set_config(configs[-1])

    form.changed.connect(on_changed)
    return configs


def test_it_begins_with_the_default(form: VariationForm) -> None:
    assert chosen(form) is Variation.CACHED and form.is_default
    assert form.rows["augmentation"].isVisible() and form.rows["cached_views"].isVisible()


def test_each_choice_is_two_settings(form: VariationForm, qtbot: QtBot) -> None:
    configs = follow(form)
    qtbot.mouseClick(form.list.rows[Variation.LIVE].button, Qt.MouseButton.LeftButton)
    assert configs[-1].views == "live" and configs[-1].augmentation == "crop_flip"
    assert not form.rows["cached_views"].isVisible()
    qtbot.mouseClick(form.list.rows[Variation.NONE].button, Qt.MouseButton.LeftButton)
    assert configs[-1].augmentation == "none"
    assert not form.rows["augmentation"].isVisible() and not form.is_default
    qtbot.mouseClick(form.list.rows[Variation.CACHED].button, Qt.MouseButton.LeftButton)
    assert configs[-1] == RunConfig() and form.is_default


def test_the_way_of_varying_is_remembered(form: VariationForm, qtbot: QtBot) -> None:
    configs = follow(form)
    editor = form.rows["augmentation"].editor
    assert isinstance(editor, ChoiceField)
    offered = [editor.itemData(n) for n in range(editor.count())]
    assert offered == ["crop_flip", "rotate_flip"]  # plain images are one of the three rows
    editor.activated.emit(1)
    assert configs[-1].augmentation == "rotate_flip"
    for variation in (Variation.NONE, Variation.LIVE):
        qtbot.mouseClick(form.list.rows[variation].button, Qt.MouseButton.LeftButton)
    assert configs[-1].augmentation == "rotate_flip"


def test_the_words_are_as_good_as_the_button(form: VariationForm, qtbot: QtBot) -> None:
    configs = follow(form)
    qtbot.mouseClick(form.list.rows[Variation.LIVE].meaning, Qt.MouseButton.LeftButton)
    assert configs[-1].views == "live"


def test_the_number_of_views_is_typed(form: VariationForm, qtbot: QtBot) -> None:
    configs = follow(form)
    editor = form.rows["cached_views"].editor
    assert isinstance(editor, NumberField)
    editor.lineEdit().selectAll()
    qtbot.keyClicks(editor.lineEdit(), "8")
    assert configs[-1].cached_views == 8
    assert "8" in form.list.rows[Variation.CACHED].meaning.text()
    qtbot.keyClick(editor.lineEdit(), Qt.Key.Key_Return)
    editor.lineEdit().setText("many")
    form.reset()
    assert editor.typed == "8"


def test_what_each_takes(form: VariationForm) -> None:
    heights = {v: row.height() for v, row in form.list.rows.items()}
    form.set_forecast(foretold(), None)
    live, cached = form.list.rows[Variation.LIVE], form.list.rows[Variation.CACHED]
    assert live.epoch.text() == "2.9 s an epoch" and live.total.text() == "1 min 15 s in all"
    assert cached.epoch.text() == "< 0.1 s an epoch" and cached.total.text() == "14 s in all"
    assert "3.4 s" in cached.toolTip()  # the first epochs
    assert "14 s in all" in cached.button.accessibleDescription()
    form.layout().activate()
    assert {v: row.height() for v, row in form.list.rows.items()} == heights  # nothing jumps


def test_where_everything_trains_no_views_are_kept(form: VariationForm) -> None:
    form.set_forecast(foretold(can_keep=False), KeepObstacle.NOTHING_FIXED)
    cached = form.list.rows[Variation.CACHED]
    assert not cached.isEnabled() and not cached.epoch.text()
    assert "frozen" in cached.meaning.text()
    assert chosen(form) is Variation.LIVE  # as the run will do
    assert not form.rows["cached_views"].isVisible()
    form.set_forecast(None, None)
    assert cached.isEnabled() and chosen(form) is Variation.CACHED


def test_views_that_are_too_large_to_keep_may_be_fewer(form: VariationForm) -> None:
    form.set_forecast(foretold(can_keep=False), KeepObstacle.TOO_LARGE)
    cached = form.list.rows[Variation.CACHED]
    assert "Too large" in cached.meaning.text() and cached.epoch.text()
    assert chosen(form) is Variation.CACHED and cached.isEnabled()
    assert form.rows["cached_views"].isVisible()


def test_mixed_images_are_never_kept_and_it_says_why(form: VariationForm) -> None:
    form.set_config(RunConfig(mixing="mixup"))
    cached = form.list.rows[Variation.CACHED]
    assert not cached.isEnabled() and "mixed" in cached.meaning.text()
    assert chosen(form) is Variation.LIVE and not form.rows["cached_views"].isVisible()
    form.set_config(RunConfig())
    assert cached.isEnabled() and chosen(form) is Variation.CACHED
