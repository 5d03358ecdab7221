"""The choice of how training images vary over the epochs, each with what it would take."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import DEFAULT_AUGMENTATION, Variation
from tlstudio.core.forecast.forecast import KeepObstacle, RunForecast
from tlstudio.gui.features.strategy.explained_choice import ExplainedChoice, ExplainedItem
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.state.forecast_texts import ForecastTexts


class ViewsField(ExplainedChoice):
    """Shows and changes `augmentation` and `views` of a configuration as one choice.

    Signals:
        changed(dict): a person gave these fields these values.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._texts = ForecastTexts(self)
        self._config = RunConfig()
        self._augmentation = DEFAULT_AUGMENTATION  # to come back to from plain images
        self._forecast: RunForecast | None = None
        self._obstacle: KeepObstacle | None = None
        self.setAccessibleName(self.tr("Views of each training image"))
        self.chosen.connect(self._on_variation_chosen)
        self._show()

    def set_config(self, config: RunConfig) -> None:
        """Show what `config` says; nothing is emitted."""
        self._config = config
        if config.augmentation != "none":
            self._augmentation = config.augmentation
        self._show()

    def set_forecast(self, forecast: RunForecast | None, obstacle: KeepObstacle | None) -> None:
        """Show what each choice takes; None while it is not known, or where views can be kept."""
        self._forecast, self._obstacle = forecast, obstacle
        self._show()

    def _show(self) -> None:
        obstacle = self._obstacle
        if obstacle is None and self._config.mixing != "none":
            obstacle = KeepObstacle.MIXING
        # Where all views are too large to keep, fewer of them may do
        cannot = obstacle is not None and obstacle is not KeepObstacle.TOO_LARGE
        chosen = Variation.of(self._config)
        if cannot and chosen is Variation.CACHED:
            chosen = Variation.LIVE  # which is what the run will do
        self.set_items((self._item(v, obstacle, cannot=cannot) for v in Variation), chosen)
        self.setToolTip(plain_tip(f"{self.item(chosen).title}\n{self._texts.tip(chosen)}"))

    def _item(
        self, variation: Variation, obstacle: KeepObstacle | None, *, cannot: bool
    ) -> ExplainedItem:
        title, short = {
            Variation.CACHED: (
                self.tr("A few, kept"),
                self.tr("%n kept", "", self._config.cached_views),
            ),
            Variation.LIVE: (self.tr("New in every epoch"), self.tr("All new")),
            Variation.NONE: (self.tr("Unvaried"), self.tr("Unvaried")),
        }[variation]
        is_possible = not (cannot and variation is Variation.CACHED)
        figures: tuple[str, ...] = ()
        tip = self._texts.tip(variation)
        if self._forecast is not None and is_possible:
            cost = self._forecast.by_variation[variation]
            figures = self._texts.per_epoch(cost), self._texts.in_all(cost)
            tip = "\n".join(filter(None, (tip, self._texts.start(cost))))
        return ExplainedItem(
            variation,
            title,
            self._texts.meaning(variation, self._config.cached_views, obstacle),
            short,
            figures=figures,
            tip=tip,
            is_possible=is_possible,
        )

    def _on_variation_chosen(self, variation: str) -> None:
        self.changed.emit(Variation(variation).fields(self._augmentation))
