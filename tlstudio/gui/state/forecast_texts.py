"""The sentences of a forecast: seconds per epoch, seconds in all, and why."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.forecast.forecast import KeepObstacle, RunForecast, VariationForecast
from tlstudio.gui.kit import formats

ALL, LEAST_SHARE = 0.995, 0.01  # of the features


class ForecastTexts(QObject):
    """Words for what a run would take, in the language of the window."""

    def coming(self) -> str:
        return self.tr("Measuring this machine…")

    def per_epoch(self, row: VariationForecast) -> str:
        """Return the time of an epoch, e.g. 0.4 s an epoch; the average where phases differ."""
        return self.tr("{time} an epoch").format(time=formats.estimate(row.usual_epoch_s))

    def epochs(self, row: VariationForecast) -> str:
        """Return the time of an epoch, or its range where phases differ: 0.4 s to 12 s an epoch."""
        low, high = (formats.estimate(s) for s in (row.quickest_epoch_s, row.slowest_epoch_s))
        if row.is_even or low == high:
            return self.per_epoch(row)
        return self.tr("{low} to {high} an epoch").format(low=low, high=high)

    def memory(self, memory_bytes: int) -> str:
        """380 MB; an estimate, so no finer than two digits"""
        digits = len(str(memory_bytes))
        return formats.file_size(round(memory_bytes, 2 - digits)).replace(".0 ", " ")

    def memory_tip(self) -> str:
        """Explain what the memory figure counts."""
        return self.tr(
            "Estimated from the shapes of the layers: all weights; for those that train their "
            "gradients, the optimizer's memory and the best values so far; and what one batch "
            "leaves for the way back. The program itself and kept features come on top."
        )

    def in_all(self, row: VariationForecast) -> str:
        """Return the time of the whole run, e.g. 14 s in all."""
        return self.tr("{time} in all").format(time=self.time(row))

    def time(self, row: VariationForecast) -> str:
        """Return the time of the whole run, or its range where it is unsure: 10 s to 25 s."""
        low, high = (
            formats.estimate(s) for s in (row.total_s / row.unsure, row.total_s * row.unsure)
        )
        if low == high:
            return low
        return self.tr("{low} to {high}").format(low=low, high=high)

    def line(self, row: VariationForecast) -> str:
        """Return the forecast in a line, e.g. 0.4 s an epoch · about 14 s in all · 380 MB."""
        total = self.tr("about {time} in all").format(time=self.time(row))
        parts = [self.epochs(row), total]
        if row.memory_bytes:
            parts.append(self.memory(row.memory_bytes))
        return " · ".join(parts)

    def start(self, row: VariationForecast) -> str:
        """Return the time of the first epochs where it differs; else an empty text."""
        if not row.has_slow_start:
            return ""
        phase = row.phases[0]
        if phase.first_epochs == 1:
            text = self.tr("The first epoch takes about {first}, the others {later}.")
        else:
            text = self.tr(
                "The first %n epoch(s) take about {first} each, the others {later}.",
                "",
                phase.first_epochs,
            )
        return text.format(
            first=formats.estimate(phase.first_epoch_s),
            later=formats.estimate(phase.later_epoch_s),
        )

    def meaning(self, variation: Variation, views: int, obstacle: KeepObstacle | None) -> str:
        """Explain a choice of variation in few words."""
        match variation:
            case Variation.CACHED:
                if obstacle is KeepObstacle.NOTHING_FIXED:
                    return self.tr("Not here: nothing is frozen before the first trained layer.")
                if obstacle is KeepObstacle.TOO_LARGE:
                    return self.tr("Too large to keep: new views in every epoch.")
                if obstacle is KeepObstacle.MIXING:
                    return self.tr("Not here: mixed images are new in every epoch.")
                return self.tr("%n view(s) of each, computed once.", "", views)
            case Variation.LIVE:
                return self.tr("Exact: no view comes twice.")
            case Variation.NONE:
                return self.tr("The plain image every time.")

    def tip(self, variation: Variation) -> str:
        """Explain a choice of variation at more length."""
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
        phase = row.phases[0]
        if not forecast.keeps(variation) or not row.has_slow_start:
            how = self.epochs(row)
        elif phase.first_epochs > 1:
            how = self.tr(
                "{first} for each of the first %n epoch(s), then {later} an epoch",
                "",
                phase.first_epochs,
            )
        else:
            how = self.tr("{first} for the first epoch, then {later} an epoch")
        how = how.format(
            first=formats.estimate(phase.first_epoch_s), later=formats.estimate(row.usual_epoch_s)
        )
        text = self.tr("At most about {time}") if config.patience else self.tr("About {time}")
        return f"{text.format(time=self.time(row))} · {how}"

    def reason(self, forecast: RunForecast, config: RunConfig, images: int) -> str:
        """Explain what is computed how often."""
        variation, phases = Variation.of(config), len(forecast.of(config).phases)
        count = formats.count(images)
        if not forecast.can_keep and config.mixing != "none":
            text = self.tr("Every epoch mixes {images} images anew")
        elif forecast.obstacle is KeepObstacle.TOO_LARGE and not forecast.keeps(variation):
            text = self.tr("Frozen layers run for {images} new views in every epoch")
        elif not forecast.can_keep and forecast.obstacle is not KeepObstacle.TOO_LARGE:
            text = self.tr("The whole network runs for {images} images in every epoch")
        elif phases > 1:
            text = self.tr("%n phase(s): less and less is frozen", "", phases)
        elif variation is Variation.CACHED:
            text = self.tr(
                "Frozen layers run once for %n view(s) of {images} images", "", config.cached_views
            )
        elif variation is Variation.LIVE:
            text = self.tr("Frozen layers run for {images} new views in every epoch")
        else:
            text = self.tr("Frozen layers run once for {images} images")
        parts = [text.format(images=count), self.reused(forecast, config)]
        return " · ".join(part for part in parts if part)

    def reused(self, forecast: RunForecast, config: RunConfig) -> str:
        """Say what of the features need not be computed again; empty where nothing is there."""
        share = forecast.reused.get(Variation.of(config), 0.0)
        if share >= ALL:
            return self.tr("features of an earlier run are used again")
        if share < LEAST_SHARE:
            return ""
        return self.tr("{share} of the features are in the cache").format(
            share=formats.percent(share, 0)
        )
