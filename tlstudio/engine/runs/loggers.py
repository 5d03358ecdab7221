"""What a run tells, told to other programs as well: TensorBoard, MLflow.

A logger is anything with the three methods of `RunLogger`; `LOGGERS` has a row for each that a
person can name. History as CSV needs none: it lies in the folder of every kept run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from tlstudio.core.errors import ConfigError
from tlstudio.core.registry import Registry
from tlstudio.core.runs.events import EpochEnded, RunEnded, RunEvent
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.storage import unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_log = logging.getLogger(__name__)


class RunLogger(Protocol):
    """Hears of a run. What it raises is logged once, and the run goes on without it."""

    def start(self, run: RunRecord) -> None:
        """A run begins, or goes on where its history ends."""

    def epoch(self, ended: EpochEnded) -> None:
        """An epoch ended."""

    def close(self, ended: RunEnded | None) -> None:
        """The run is over; None where nobody listens to it any more."""


class TensorBoardLogger:
    """Writes TensorBoard event files: a scalar for each metric, by epoch, and the settings as text.

    Args:
        folder: where the event files go; ``tensorboard --logdir`` shows them.
    """

    def __init__(self, folder: Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer: Any = SummaryWriter(str(folder))

    def start(self, run: RunRecord) -> None:
        if run.settings is not None:
            self._writer.add_text("settings", f"```json\n{run.settings.config.to_json()}\n```")
        self._writer.add_text("dataset", run.dataset)

    def epoch(self, ended: EpochEnded) -> None:
        for name, value in ended.record.metrics.items():
            self._writer.add_scalar(name, value, ended.record.epoch)
        self._writer.flush()

    def close(self, ended: RunEnded | None) -> None:
        if ended is not None:
            self._writer.add_text("end", ended.reason.value)
        self._writer.close()


class MLflowLogger:
    """Writes an MLflow run: settings as parameters, metrics by epoch.

    Args:
        folder: of the run; the store is ``mlflow.db`` in it unless ``MLFLOW_TRACKING_URI`` names
            another one.
    """

    def __init__(self, folder: Path) -> None:
        import os

        from mlflow import MlflowClient

        folder.mkdir(parents=True, exist_ok=True)
        own = f"sqlite:///{(folder / 'mlflow.db').resolve().as_posix()}"
        self._client: Any = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI") or own)
        self._run_id = ""

    def start(self, run: RunRecord) -> None:
        found = self._client.get_experiment_by_name("TLStudio")
        number = found.experiment_id if found else self._client.create_experiment("TLStudio")
        tags = {"dataset": run.dataset, "fingerprint": run.fingerprint, "run_id": run.run_id}
        self._run_id = self._client.create_run(number, tags=tags).info.run_id
        if run.settings is not None:
            for name, value in run.settings.config.model_dump(mode="json").items():
                self._client.log_param(self._run_id, name, value)

    def epoch(self, ended: EpochEnded) -> None:
        for name, value in ended.record.metrics.items():
            self._client.log_metric(self._run_id, name, value, step=ended.record.epoch)

    def close(self, ended: RunEnded | None) -> None:
        self._client.set_terminated(self._run_id, "FINISHED" if ended is not None else "KILLED")


@dataclass(frozen=True, slots=True)
class LoggerSpec:
    """A program that can be told of runs.

    Attributes:
        name: by which a person asks for it.
        package: that has to be installed, as Python imports it.
        extra: of this project, which installs it.
        make: from the folder where it may write to the logger.
    """

    name: str
    title: str
    package: str
    extra: str
    make: Callable[[Path], RunLogger]


LOGGERS: Registry[LoggerSpec] = Registry(
    QT_TRANSLATE_NOOP("core", "logger"),
    (
        LoggerSpec("tensorboard", "TensorBoard", "tensorboard", "loggers", TensorBoardLogger),
        LoggerSpec("mlflow", "MLflow", "mlflow", "loggers", MLflowLogger),
    ),
)


def make_loggers(names: Iterable[str], folder: Path) -> tuple[RunLogger, ...]:
    """The loggers of these names, each writing into a folder of its own below `folder`.

    Raises:
        ConfigError: there is none of a name, or what it needs is not installed.
        StorageError: it cannot write there.
    """
    specs = [LOGGERS[name] for name in dict.fromkeys(names)]
    for spec in specs:
        if find_spec(spec.package) is None:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "{title} is not installed."),
                QT_TRANSLATE_NOOP("core", 'Install it with: pip install "tlstudio[{extra}]"'),
                title=spec.title,
                extra=spec.extra,
            )
    try:
        return tuple(spec.make(folder / spec.name) for spec in specs)
    except OSError as error:
        raise unwritable(folder, error) from error


def logged(
    events: Iterable[RunEvent], run: RunRecord, loggers: Sequence[RunLogger]
) -> Iterator[RunEvent]:
    """The events as they are, told to the loggers as well.

    Args:
        run: what is known before the first event.
    """
    hearing = list(loggers)

    def tell(what: Callable[[RunLogger], None]) -> None:
        for logger in tuple(hearing):
            try:
                what(logger)
            except Exception:  # whatever another program's store does, the run goes on
                hearing.remove(logger)
                _log.exception("%s is told no more of this run", type(logger).__name__)

    tell(lambda logger: logger.start(run))
    ended: RunEnded | None = None
    try:
        for event in events:
            if isinstance(event, EpochEnded):
                tell(lambda logger, event=event: logger.epoch(event))  # type: ignore[misc]
            elif isinstance(event, RunEnded):
                ended = event
            yield event
    finally:
        tell(lambda logger: logger.close(ended))
