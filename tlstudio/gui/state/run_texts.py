"""The sentences about a run: what it would do, what it is doing, how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from tlstudio.core.advice.presets import PRESETS, RECOMMENDED, TUTORIAL
from tlstudio.core.config import FIELD_BY_NAME, RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.needs import TRAINING, Need
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochPart,
    FeaturesProgressed,
    PhaseStarted,
    RunEnded,
    RunEndReason,
)
from tlstudio.core.runs.execution import TORCH, FeatureUse
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.strategies import STRATEGIES, FreezePlan
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text, error_hint, error_text, shown
from tlstudio.gui.state.forecast_texts import ForecastTexts
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.reasons import reason
from tlstudio.gui.state.run import RunState, RunStatus
from tlstudio.gui.state.session import Session

NAMED = 4  # settings that are not as in the preset


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The reason that keeps a run from starting.

    Attributes:
    """

    problem: str
    hint: str = ""
    is_error: bool = False


class RunTexts(QObject):
    """Words for the Train page, in the language of the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._forecasts = ForecastTexts(self)

    def facts(self, session: Session) -> list[tuple[str, str]]:
        """(title, value) of what a run with the current settings would do."""
        network = session.network
        config = network.config
        spec = network.spec
        start = core_text(
            (FIELD_BY_NAME["initialisation"].text.choices or {})[config.initialisation]
        )
        model = spec.title if spec else config.model
        facts = []
        if session.datasets.index is not None:
            facts.append((self.tr("Dataset"), self._dataset(session.datasets.index)))
        facts += [
            (self.tr("Model"), f"{model} · {start}"),
            (self.tr("Strategy"), self._strategy(config, network.plan)),
            (self.tr("Training"), self._training(config)),
        ]
        if session.datasets.index is not None:
            facts.append((self.tr("Settings"), self._settings(network)))
        if session.datasets.index is not None and network.plan is not None:
            facts.append((self.tr("Expected"), self._expected(session)))
        return facts

    def other_preset(self, network: NetworkState) -> tuple[str, str, str]:
        """Return the preset that is not in force: its name, an offer to use it, and what it is."""
        (other,) = (row for row in PRESETS if row.name != network.preset.name)
        offers = {
            RECOMMENDED: self.tr("Use the recommended settings"),
            TUTORIAL: self.tr("Use the PyTorch tutorial's settings"),
        }
        return other.name, offers[other.name], core_text(other.help)

    def _settings(self, network: NetworkState) -> str:
        """Name the preset in force, and why it is so, or what in the settings is not."""
        title = core_text(network.preset.spec.title)
        others = [core_text(FIELD_BY_NAME[name].text.title) for name in network.differing]
        if others:
            names = ", ".join(others[:NAMED]) + (", …" if len(others) > NAMED else "")
            return self.tr("{preset}, apart from: {names}").format(preset=title, names=names)
        reason = network.proposal.reason
        return f"{title}: {core_text(reason.sentence, **reason.values)}"

    def obstacle(self, session: Session) -> Obstacle | None:
        """The first thing that keeps a run from starting, or why the last one came to nothing."""
        end = session.run.record.end
        need = session.missing(TRAINING)
        if need is not None and need is not Need.NO_RUN:
            return Obstacle(*reason(session, TRAINING))
        if end is not None and end.reason is RunEndReason.FAILED:
            return Obstacle(*self._failure(end), is_error=True)
        if end is not None and not end.epochs:
            return Obstacle(self.tr("Stopped before the first epoch ended."))
        return None

    def plan_title(self, session: Session) -> str:
        return self.tr("Ready to train") if session.can_train else self.tr("Train")

    def phase_title(self, run: RunState) -> str:
        """Describe the state of the run, or how it ended, in few words."""
        epochs = run.record.started.epochs if run.record.started else 0
        epoch = run.record.progress.epoch if run.record.progress else 1
        match run.status:
            case RunStatus.PREPARING:
                return self.tr("Preparing…")
            case RunStatus.RUNNING:
                return self.tr("Epoch {epoch} of {epochs}").format(epoch=epoch, epochs=epochs)
            case RunStatus.PAUSED:
                return self.tr("Paused in epoch {epoch} of {epochs}").format(
                    epoch=epoch, epochs=epochs
                )
            case RunStatus.STOPPING:
                return self.tr("Stopping…")
            case RunStatus.IDLE:
                return self._end_title(run.record.end)

    def progress(self, progress: BatchEnded | FeaturesProgressed | None, elapsed_s: float) -> str:
        """Describe the present work, its speed, the time passed and the time left."""
        match progress:
            case None:
                return self.tr("The network is being built.")
            case FeaturesProgressed():
                parts = [self.features(progress)]
            case BatchEnded():
                doing = (
                    self.tr("validating, batch {n} of {count}")
                    if progress.part is EpochPart.VAL
                    else self.tr("training, batch {n} of {count}")
                )
                parts = [doing.format(n=progress.batch, count=progress.batches)]
        if progress.images_per_s:
            speed = formats.count(round(progress.images_per_s))
            parts.append(self.tr("{n} images/s").format(n=speed))
        if elapsed_s >= 1:
            parts.append(self.tr("{time} so far").format(time=self._coarse(elapsed_s)))
        return "  ·  ".join(parts)

    def features(self, progress: FeaturesProgressed) -> str:
        """Describe the progress of computing the frozen layers' outputs."""
        if progress.from_cache == progress.total:
            return self.tr("features from an earlier run")
        percent = formats.percent(progress.done / max(1, progress.total), 0)
        return self.tr("features {percent}").format(percent=percent)

    def execution(self, run: RunRecord) -> str:
        """Describe how the present phase of the run is carried out."""
        record = run.execution
        if record is None:
            return ""
        parts = [record.precision]
        if record.engine != TORCH:
            parts.append(self.tr("frozen layers by {engine}").format(engine=record.engine))
        if record.refused:
            names = ", ".join(record.refused)
            parts.append(self.tr("not by {engines}, whose numbers differ").format(engines=names))
        match record.features:
            case FeatureUse.NONE:
                parts.append(self.tr("the whole network runs for every image"))
            case FeatureUse.LIVE:
                parts.append(self.tr("new views in every epoch"))
            case FeatureUse.CACHED:
                kept = self.tr("%n view(s) of each image kept", "", record.views)
                if record.on_disk:
                    kept = self.tr("%n view(s) of each image kept on disk", "", record.views)
                parts.append(kept)
                if run.features and run.features[-1].from_cache == run.features[-1].total:
                    parts.append(self.tr("found from an earlier run"))
        if record.boundary:
            paths = ", ".join(record.boundary)
            parts.append(self.tr("frozen up to {layers}").format(layers=paths))
        return "  ·  ".join(parts)

    def remaining(self, progress: BatchEnded | FeaturesProgressed | None) -> str:
        if progress is None or progress.remaining_s is None:
            return ""
        return self.tr("about {time} left").format(time=self._coarse(progress.remaining_s))

    def summary(self, run: RunState) -> tuple[str, str]:
        """Describe how the last run ended, as a sentence and a hint."""
        end, info = run.record.end, run.record.started
        if end is None:
            return "", ""
        time = self.tr("It took {time}.").format(time=formats.duration(end.elapsed_s))
        if end.reason is RunEndReason.FAILED:
            problem, hint = self._failure(end)
            kept = self.tr("What was learned before is kept.") if end.epochs else ""
            return problem, " ".join(part for part in (hint, kept) if part)
        if end.best_val_accuracy is None or info is None:
            best = self.tr("Without validation images there is no validation accuracy.")
        else:
            best = self.tr(
                "{accuracy} of %n validation image(s) right, best at epoch {epoch}.",
                "",
                info.val_samples,
            ).format(accuracy=formats.percent(end.best_val_accuracy), epoch=end.best_epoch)
        if end.reason is RunEndReason.EARLY:
            early = self.tr(
                "Ended early after %n epoch(s): validation did not become better.", "", end.epochs
            )
            kept = self.tr("The weights of that epoch are kept.")
            return best, f"{early} {kept} {time}"
        if end.reason is RunEndReason.STOPPED:
            stopped = self.tr(
                "Stopped after %n epoch(s); the best weights so far are kept.", "", end.epochs
            )
            return best, f"{stopped} {time}"
        return best, self.tr("The weights of that epoch are kept.") + " " + time

    def proof(self, end: RunEnded | None) -> str:
        """Whether the plan was kept; empty where nothing was frozen."""
        proof = end.proof if end else None
        if proof is None:
            return ""
        if not proof.holds:
            return self.tr("Frozen tensors changed: {names}. Please report this.").format(
                names=", ".join(proof.changed)
            )
        if not proof.parameters + proof.buffers:
            waited = self.tr(
                "What was frozen at first was unchanged until it trained: %n tensor(s)",
                "",
                proof.released,
            )
            return waited if proof.released else ""
        kept = self.tr(
            "What was frozen is unchanged, bit for bit: %n tensor(s)",
            "",
            proof.parameters + proof.buffers,
        )
        return f"{kept}  ·  SHA-256 {proof.digest[:12]}…"

    def is_proven(self, end: RunEnded | None) -> bool:
        """Whether nothing speaks against it."""
        return end is None or end.proof is None or end.proof.holds

    def more_train(self, phase: PhaseStarted) -> str:
        """A phase whose layers are not known here."""
        count = formats.compact(phase.trainable_parameters)
        return self.tr("{n} parameters train").format(n=count)

    def _coarse(self, seconds: float) -> str:
        """Without fractions, which would flicker."""
        if seconds < 60:
            return self.tr("{s} s").format(s=max(1, round(seconds)))
        return formats.duration(round(seconds))

    def _end_title(self, end: RunEnded | None) -> str:
        if end is None:
            return self.tr("Train")
        return {
            RunEndReason.FINISHED: self.tr("Finished"),
            RunEndReason.EARLY: self.tr("Ended early"),
            RunEndReason.STOPPED: self.tr("Stopped"),
            RunEndReason.FAILED: self.tr("Failed"),
        }[end.reason]

    def _failure(self, end: RunEnded) -> tuple[str, str]:
        if end.error is None:
            return self.tr("The run failed."), ""
        return error_text(end.error), error_hint(end.error)

    def _dataset(self, index: DatasetIndex) -> str:
        counts = {split: len(samples) for split, samples in index.by_split.items()}
        parts = [
            self.tr("%n training image(s)", "", counts[Split.TRAIN]),
            self.tr("%n for validation", "", counts[Split.VAL]),
            self.tr("%n class(es)", "", len(index.classes)),
        ]
        return f"{shown(index.name)}: {', '.join(parts)}"

    def _strategy(self, config: RunConfig, plan: FreezePlan | None) -> str:
        title = core_text(STRATEGIES[config.strategy].title)
        if plan is None:
            return title
        few = plan.trainable_parameters < 100_000
        share = self.tr("{trainable} of {total} parameters train").format(
            trainable=(formats.count if few else formats.compact)(plan.trainable_parameters),
            total=formats.compact(plan.total_parameters),
        )
        return f"{title} · {share}"

    def _expected(self, session: Session) -> str:
        forecasts, index = session.forecasts, session.datasets.index
        if forecasts.forecast is None or index is None:
            return (self._forecasts.coming() if forecasts.is_coming else formats.NONE) + "\n"
        images, config = len(index.by_split[Split.TRAIN]), session.network.config
        told = self._forecasts.expected(forecasts.forecast, config)
        why = self._forecasts.reason(forecasts.forecast, config, images)
        if not session.is_simple:
            why += f" · {forecasts.forecast.precision}"
        return f"{told}\n{why}"

    def _training(self, config: RunConfig) -> str:
        optimizer = (FIELD_BY_NAME["optimizer"].text.choices or {})[config.optimizer]
        return ", ".join(
            (
                self.tr("%n epoch(s)", "", config.epochs),
                self.tr("batches of {n}").format(n=config.batch_size),
                self.tr("{optimizer} at {rate}").format(
                    optimizer=optimizer, rate=formats.learning_rate(config.learning_rate)
                ),
            )
        )
