"""The sentences of a forecast: seconds per epoch, seconds in all, and why."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.config import RunConfig
from tlstudio.core.forecast import RunForecast, VariationForecast
from tlstudio.core.variation import Variation
from tlstudio.gui import formats


class ForecastTexts(QObject):
    """Words for what a run would take, in the language of the window."""

    def coming(self) -> str:
        return self.tr("Measuring this machine…")

    def per_epoch(self, row: VariationForecast) -> str:
        """0.4 s an epoch"""
        return self.tr("{time} an epoch").format(time=formats.estimate(row.usual_epoch_s))

    def in_all(self, row: VariationForecast) -> str:
        """14 s in all"""
        return self.tr("{time} in all").format(time=formats.estimate(row.total_s))

    def line(self, row: VariationForecast) -> str:
        """0.4 s an epoch · about 14 s in all"""
        total = self.tr("about {time} in all").format(time=formats.estimate(row.total_s))
        return f"{self.per_epoch(row)} · {total}"

    def start(self, row: VariationForecast) -> str:
        """What the first epochs take, where that is another figure; else empty."""
        if not row.has_slow_start:
            return ""
        if row.first_epochs == 1:
            text = self.tr("The first epoch takes about {first}, the others {later}.")
        else:
            text = self.tr(
                "The first %n epoch(s) take about {first} each, the others {later}.",
                "",
                row.first_epochs,
            )
        return text.format(
            first=formats.estimate(row.first_epoch_s), later=formats.estimate(row.later_epoch_s)
        )

    def meaning(self, variation: Variation, views: int, can_keep: bool | None) -> str:
        """What the choice means, in few words."""
        match variation:
            case Variation.CACHED:
                if can_keep is False:
                    return self.tr("Not here: nothing is frozen before the first trained layer.")
                return self.tr("%n view(s) of each, computed once.", "", views)
            case Variation.LIVE:
                return self.tr("Exact: no view comes twice.")
            case Variation.NONE:
                return self.tr("The plain image every time.")

    def tip(self, variation: Variation) -> str:
        """What the choice means, at more length."""
        match variation:
            case Variation.CACHED:
                return self.tr(
                    "What frozen layers make of a view never changes: it is computed once and "
                    "kept, and the epochs take turns with the views of an image. A later run with "
                    "the same frozen layers finds it again."
                )
            case Variation.LIVE:
                return self.tr(
                    "Every epoch varies every image anew and runs the whole network, as in a "
                    "plain training loop. The most variety, and the slowest."
                )
            case Variation.NONE:
                return self.tr(
                    "Images are not varied, so one view of each is enough. The quickest; the "
                    "network sees less than there could be."
                )

    def expected(self, forecast: RunForecast, config: RunConfig) -> str:
        """The run in a sentence, for the plan."""
        row, variation = forecast.of(config), Variation.of(config)
        if variation is Variation.LIVE or not forecast.can_keep or not row.has_slow_start:
            how = self.per_epoch(row)
        elif row.first_epochs > 1:
            how = self.tr(
                "{first} for each of the first %n epoch(s), then {later} an epoch",
                "",
                row.first_epochs,
            )
        else:
            how = self.tr("{first} for the first epoch, then {later} an epoch")
        how = how.format(
            first=formats.estimate(row.first_epoch_s), later=formats.estimate(row.usual_epoch_s)
        )
        total = self.tr("About {time}").format(time=formats.estimate(row.total_s))
        return f"{total} · {how}"

    def reason(self, forecast: RunForecast, config: RunConfig, images: int) -> str:
        """What is computed how often, and how exactly."""
        variation = Variation.of(config)
        count = formats.count(images)
        if not forecast.can_keep:
            text = self.tr("The whole network runs for {images} images in every epoch")
        elif variation is Variation.CACHED:
            text = self.tr(
                "Frozen layers run once for %n view(s) of {images} images", "", config.cached_views
            )
        elif variation is Variation.LIVE:
            text = self.tr("Frozen layers run for {images} new views in every epoch")
        else:
            text = self.tr("Frozen layers run once for {images} images")
        return f"{text.format(images=count)} · {forecast.precision}"
