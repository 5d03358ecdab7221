"""A run as a value: what is known of it, folded from its events."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, assert_never

from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunNotKept,
    RunStarted,
    SampleSkipped,
)
from tlstudio.core.runs.execution import ExecutionRecord
from tlstudio.core.runs.history import EpochRecord, History

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from tlstudio.core.config import RunConfig
    from tlstudio.core.settings import Settings


@dataclass(frozen=True)
class RunRecord:
    """A run so far, folded from its events. Window, race and terminal read their numbers here.

    `RunRecord(settings, ...)` is a run that has told nothing yet; `with_event` adds an event.

    Attributes:
        settings: what was set and planned; None where it is not known. Without a plan the engine
            made one from the configuration.
        dataset: its name.
        fingerprint: of the dataset; empty where it is not known.
        classes: in the order of the logits.
        started: what the engine told at the start; None before it did.
        phases: of the plan, those that began after the first one.
        history: the epochs that ended.
        features: how far the outputs of the frozen layers are: the latest of each epoch that had
            to wait for some.
        skipped: images that turned out unreadable, with the reason.
        progress: the latest; None before there was any.
        predictions: the latest.
        best_predictions: those of the best epoch; None where they were not told.
        end: how it ended; None while it goes on.
        run_id: which kept run it is; empty where it is not kept.
    """

    settings: Settings | None = None
    dataset: str = ""
    fingerprint: str = ""
    classes: tuple[str, ...] = ()
    started: RunStarted | None = None
    phases: tuple[PhaseStarted, ...] = ()
    history: History = field(default_factory=History)
    features: tuple[FeaturesProgressed, ...] = ()
    skipped: tuple[SampleSkipped, ...] = ()
    progress: BatchEnded | FeaturesProgressed | None = None
    predictions: PredictionsReady | None = None
    best_predictions: PredictionsReady | None = None
    end: RunEnded | None = None
    run_id: str = ""

    def with_event(self, event: RunEvent) -> RunRecord:
        """Return the record after `event`."""
        match event:
            case RunStarted():
                return replace(self, started=event, classes=event.classes)
            case PhaseStarted():
                return replace(self, phases=(*self.phases, event))
            case FeaturesProgressed():
                others = (other for other in self.features if other.epoch != event.epoch)
                return replace(self, features=(*others, event), progress=event)
            case BatchEnded():
                return replace(self, progress=event)
            case EpochEnded():
                return replace(self, history=self.history.with_epoch(event.record))
            case PredictionsReady():
                is_best = self.best is not None and self.best.epoch == event.epoch
                best = event if is_best else self.best_predictions
                return replace(self, predictions=event, best_predictions=best)
            case SampleSkipped():
                return replace(self, skipped=(*self.skipped, event))
            case RunNotKept():
                return self  # of the disk, not of the run
            case RunEnded():
                return replace(self, end=event)
            case _:
                assert_never(event)

    def archived(self) -> RunRecord:
        """The record as it is stored: without progress and predictions."""
        return replace(self, progress=None, predictions=None, best_predictions=None)

    @property
    def best(self) -> EpochRecord | None:
        """The epoch whose weights are kept; None before the first one ended."""
        return self.history.best

    @property
    def shown_predictions(self) -> PredictionsReady:
        """The latest ones; after the end those of the best epoch, whose weights are in hand.

        Of epoch 0, and empty, before there are any.
        """
        best = self.best_predictions
        if self.end is not None and best is not None and best.epoch == self.end.best_epoch:
            return best
        return self.predictions or PredictionsReady(0, ())

    @property
    def execution(self) -> ExecutionRecord | None:
        """The execution of the present phase; None before the start."""
        if self.phases:
            return self.phases[-1].execution
        return self.started.execution if self.started is not None else None

    @property
    def trainable_parameters(self) -> int:
        """Elements that train, in the phase in which most do; 0 before the start."""
        first = self.started.trainable_parameters if self.started is not None else 0
        return max((first, *(phase.trainable_parameters for phase in self.phases)))

    @property
    def total_parameters(self) -> int:
        """Elements of the network; 0 before the start."""
        return self.started.total_parameters if self.started is not None else 0

    @property
    def kept_share(self) -> float:
        """The share of the frozen layers' outputs that an earlier run had computed, 0..1."""
        total = sum(told.total for told in self.features)
        return sum(told.from_cache for told in self.features) / total if total else 0.0

    @property
    def elapsed_s(self) -> float:
        """Wall seconds without pauses: of the run once it is over, until then of its epochs."""
        if self.end is not None:
            return self.end.elapsed_s
        return sum(epoch.elapsed_s for epoch in self.history.epochs)

    @property
    def has_learned(self) -> bool:
        """Whether a run that is over leaves weights worth keeping."""
        if self.end is None:
            return False
        is_stopped = self.started is not None and self.end.reason is RunEndReason.STOPPED
        return bool(self.end.epochs) or is_stopped

    def is_of(self, config: RunConfig, fingerprint: str) -> bool:
        """Whether it was made with these settings on the dataset of this fingerprint."""
        settings = self.settings
        return (
            settings is not None and settings.config == config and self.fingerprint == fingerprint
        )

    def to_values(self) -> dict[str, Any]:
        """The archived record as JSON has it."""
        values: dict[str, Any] = _plain(_adapter().dump_python(self.archived(), mode="json"))
        return values

    def to_json(self) -> str:
        """`to_values` as text; names that are no Unicode are escaped."""
        return json.dumps(self.to_values(), allow_nan=False)

    @classmethod
    def from_values(cls, values: object) -> RunRecord:
        """The inverse of `to_values`. What newer versions added is left out, and settings that
        cannot be read here are None.

        Raises:
            ValueError: it is no record.
        """
        from tlstudio.core.config.run_config import kept_config
        from tlstudio.core.errors import ConfigError

        if isinstance(values, dict) and isinstance(values.get("settings"), dict):
            try:
                config = kept_config(values["settings"]["config"])
                values = {**values, "settings": {**values["settings"], "config": config}}
            except (ConfigError, KeyError, TypeError):
                values = {**values, "settings": None}
        return _adapter().validate_python(values)

    @classmethod
    def from_json(cls, text: str) -> RunRecord:
        """Read what `to_json` returned.

        Raises:
            ValueError: it is no record.
        """
        return cls.from_values(json.loads(text))


def _plain(value: Any) -> Any:
    """Write out the numbers that JSON has not: ``"inf"``."""
    match value:
        case dict():
            return {key: _plain(part) for key, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case float() if not math.isfinite(value):
            return str(value)
    return value


@cache
def _adapter() -> TypeAdapter[RunRecord]:
    """Made when first needed: pydantic takes a moment, and nothing else here needs it."""
    from pydantic import TypeAdapter

    from tlstudio.core.config import RunConfig  # noqa: F401 - names in the annotations
    from tlstudio.core.settings import Settings  # noqa: F401

    return TypeAdapter(RunRecord)
