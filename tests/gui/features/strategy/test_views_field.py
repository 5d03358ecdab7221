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
from tlstudio.gui.features.strategy.views_field import ViewsField


@pytest.fixture
def field(app: QApplication, qtbot: QtBot) -> ViewsField:
    field = ViewsField()
    qtbot.addWidget(field)
    field.show()
    return field


def foretold(*, can_keep: bool = True) -> RunForecast:
    by = {
        Variation.CACHED: VariationForecast((PhaseForecast(25, 4, 3.4, 0.02),)),
        Variation.LIVE: VariationForecast((PhaseForecast(25, 1, 3.0, 2.9),)),
        Variation.NONE: VariationForecast((PhaseForecast(25, 1, 3.1, 0.02),)),
    }
    return RunForecast(by, can_keep, "bfloat16")


def choose(field: ViewsField, variation: Variation) -> None:
    field.setCurrentIndex(field.findData(variation))
    field.activated.emit(field.currentIndex())


def follow(field: ViewsField) -> list[RunConfig]:
    """The field drives a configuration, as the panel does."""
    configs = [RunConfig()]

    def on_changed(values: dict[str, object]) -> None:
        configs.append(configs[-1].changed(**values))
        field.set_config(configs[-1])

    field.changed.connect(on_changed)
    return configs


def test_it_begins_with_the_default(field: ViewsField) -> None:
    assert field.value == Variation.CACHED and field.currentText() == "4 kept"


def test_each_choice_is_two_settings(field: ViewsField) -> None:
    configs = follow(field)
    choose(field, Variation.LIVE)
    assert configs[-1].views == "live" and configs[-1].augmentation == "crop_flip"
    choose(field, Variation.NONE)
    assert configs[-1].augmentation == "none" and field.value == Variation.NONE
    choose(field, Variation.CACHED)
    assert configs[-1] == RunConfig()


def test_the_way_of_varying_is_remembered(field: ViewsField) -> None:
    configs = follow(field)
    field.set_config(RunConfig(augmentation="rotate_flip"))
    for variation in (Variation.NONE, Variation.LIVE):
        choose(field, variation)
    assert configs[-1].augmentation == "rotate_flip"


def test_the_number_of_views_is_said(field: ViewsField) -> None:
    field.set_config(RunConfig(cached_views=8))
    assert field.currentText() == "8 kept" and "8" in field.item(Variation.CACHED).sentence


def test_what_each_takes(field: ViewsField) -> None:
    assert not any(item.figures for item in field.items)
    field.set_forecast(foretold(), None)
    assert field.item(Variation.LIVE).figures == ("2.9 s an epoch", "1 min 15 s in all")
    cached = field.item(Variation.CACHED)
    assert cached.figures == ("< 0.1 s an epoch", "14 s in all")
    assert "3.4 s" in cached.tip  # the first epochs
    row = field.findData(Variation.CACHED)
    assert "14 s in all" in field.itemData(row, Qt.ItemDataRole.AccessibleTextRole)


def test_where_everything_trains_no_views_are_kept(field: ViewsField) -> None:
    field.set_forecast(foretold(can_keep=False), KeepObstacle.NOTHING_FIXED)
    cached = field.item(Variation.CACHED)
    assert not cached.is_possible and not cached.figures and "frozen" in cached.sentence
    index = field.model().index(field.findData(Variation.CACHED), 0)
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert field.value == Variation.LIVE  # as the run will do
    field.set_forecast(None, None)
    assert field.item(Variation.CACHED).is_possible and field.value == Variation.CACHED


def test_views_that_are_too_large_to_keep_may_be_fewer(field: ViewsField) -> None:
    field.set_forecast(foretold(can_keep=False), KeepObstacle.TOO_LARGE)
    cached = field.item(Variation.CACHED)
    assert "Too large" in cached.sentence and cached.figures
    assert field.value == Variation.CACHED and cached.is_possible


def test_mixed_images_are_never_kept_and_it_says_why(field: ViewsField) -> None:
    field.set_config(RunConfig(mixing="mixup"))
    cached = field.item(Variation.CACHED)
    assert not cached.is_possible and "mixed" in cached.sentence
    assert field.value == Variation.LIVE
    field.set_config(RunConfig())
    assert field.item(Variation.CACHED).is_possible and field.value == Variation.CACHED
