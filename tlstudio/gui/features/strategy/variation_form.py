"""The form for varying training images: a choice with its forecast, and two settings."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.core.config.variation import DEFAULT_AUGMENTATION, VARIATION_FIELDS, Variation
from tlstudio.core.forecast.forecast import KeepObstacle, RunForecast
from tlstudio.gui.features.strategy.config_form import FieldRow
from tlstudio.gui.features.strategy.variation_list import VariationList
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.state.forecast_texts import ForecastTexts


class VariationForm(QWidget):
    """Shows and changes the fields `VARIATION_FIELDS` of a configuration.

    Signals:
        changed(dict): a person gave these fields these values.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts = ForecastTexts(self)
        self._config = RunConfig()
        self._augmentation = DEFAULT_AUGMENTATION  # to come back to from plain images
        self._forecast: RunForecast | None = None
        self._obstacle: KeepObstacle | None = None
        self.title = label(self.tr("Views of each training image"), "section")
        titles = (
            (Variation.CACHED, self.tr("A few, kept")),
            (Variation.LIVE, self.tr("New in every epoch")),
            (Variation.NONE, self.tr("Unvaried")),
        )
        widest = self.tr("{time} an epoch").format(time=formats.estimate(0))
        self.list = VariationList(titles, widest)
        augmentation = FIELD_BY_NAME["augmentation"]
        self.rows = {
            "augmentation": FieldRow(augmentation),
            "cached_views": FieldRow(FIELD_BY_NAME["cached_views"]),
        }
        editor = self.rows["augmentation"].editor
        if isinstance(editor, ChoiceField):
            choices = (augmentation.text.choices or {}).items()
            editor.set_choices((n, core_text(text)) for n, text in choices if n != "none")
        layout = vstack(self.title, self.list, spacing=theme.GRID, parent=self)
        for row in self.rows.values():
            layout.addWidget(row)
            row.changed.connect(self._on_field_changed)
        self.list.chosen.connect(self._on_chosen)
        self.set_config(self._config)

    @property
    def is_default(self) -> bool:
        """Whether every field has its default and nothing wrong was typed."""
        faulty = any(row.has_problem for row in self.rows.values())
        return not faulty and all(
            getattr(self._config, name) == value for name, value in self.defaults.items()
        )

    @property
    def defaults(self) -> dict[str, object]:
        return {name: FIELD_BY_NAME[name].default for name in VARIATION_FIELDS}

    def set_config(self, config: RunConfig) -> None:
        """Show what `config` says; nothing is emitted."""
        self._config = config
        is_varied = config.augmentation != "none"
        if is_varied:
            self._augmentation = config.augmentation
            self.rows["augmentation"].set_config(config)
        self.rows["cached_views"].set_config(config)
        self.rows["augmentation"].setVisible(is_varied)
        self._show()

    def set_forecast(self, forecast: RunForecast | None, obstacle: KeepObstacle | None) -> None:
        """Show what each choice takes; None while it is not known, or where views can be kept."""
        self._forecast, self._obstacle = forecast, obstacle
        self._show()

    def reset(self) -> None:
        """Forget what was typed and is not valid."""
        for row in self.rows.values():
            row.reset()

    def _show(self) -> None:
        obstacle = self._obstacle
        if obstacle is None and self._config.mixing != "none":
            obstacle = KeepObstacle.MIXING
        # Where all views are too large to keep, fewer of them may do
        cannot = obstacle is not None and obstacle is not KeepObstacle.TOO_LARGE
        chosen = Variation.of(self._config)
        if cannot and chosen is Variation.CACHED:
            chosen = Variation.LIVE  # which is what the run will do
        self.list.set_variation(chosen)
        self.rows["cached_views"].setVisible(chosen is Variation.CACHED)
        for variation, row in self.list.rows.items():
            row.setEnabled(not (cannot and variation is Variation.CACHED))
            views = self._config.cached_views
            row.meaning.setText(self._texts.meaning(variation, views, obstacle))
            if self._forecast is None or not row.isEnabledTo(self.list):
                row.set_figures("", "")
                row.setToolTip(self._texts.tip(variation))
            else:
                cost = self._forecast.by_variation[variation]
                row.set_figures(self._texts.per_epoch(cost), self._texts.in_all(cost))
                parts = (self._texts.tip(variation), self._texts.start(cost))
                row.setToolTip("\n".join(part for part in parts if part))

    def _on_chosen(self, variation: Variation) -> None:
        self.changed.emit(variation.fields(self._augmentation))

    def _on_field_changed(self, name: str, value: object) -> None:
        self.changed.emit({name: value})
