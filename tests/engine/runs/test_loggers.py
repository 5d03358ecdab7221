"""Loggers: what they write is read back with the programs they write for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.runs.events import EpochEnded, RunEnded, RunEndReason, RunEvent
from tlstudio.core.runs.history import EpochRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.engine.runs.loggers import LOGGERS, logged, make_loggers

LOSSES = (0.9, 0.5, 0.25)


def _run() -> RunRecord:
    config = RunConfig(learning_rate=0.02)
    return RunRecord(Settings(config), "fruit", "f" * 32, ("apple", "pear"), run_id="run-1")


def _events() -> Iterator[RunEvent]:
    for number, loss in enumerate(LOSSES, 1):
        metrics = {
            "train_loss": loss,
            "train_accuracy": 0.5,
            "val_accuracy": 0.25 * number,
            "learning_rate": 0.02,
            "elapsed_s": 1.0,
            "images_per_s": 10.0,
        }
        yield EpochEnded(EpochRecord(number, metrics), is_best=True)
    yield RunEnded(RunEndReason.FINISHED, 3, 3, 0.75, 3.0)


# In a process of its own: these libraries warn about much that is not ours.
WRITE = """
import sys
from pathlib import Path
from tests.engine.runs.test_loggers import _events, _run
from tlstudio.engine.runs.loggers import logged, make_loggers
events = list(logged(_events(), _run(), make_loggers([sys.argv[1]], Path(sys.argv[2]))))
assert events == list(_events())
"""
READ = {
    "tensorboard": """
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(folder)
found.Reload()
losses = [(row.step, round(row.value, 4)) for row in found.Scalars("train_loss")]
text = str([found.Tensors(tag)[0].tensor_proto.string_val for tag in found.Tags()["tensors"]])
""",
    "mlflow": """
from mlflow import MlflowClient
client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
(run,) = client.search_runs([client.get_experiment_by_name("TLStudio").experiment_id])
assert run.info.status == "FINISHED" and run.data.tags["dataset"] == "fruit"
history = client.get_metric_history(run.info.run_id, "train_loss")
losses = [(row.step, round(row.value, 4)) for row in history]
text = str(run.data.params)
""",
}
CHECK = """
assert losses == [(1, 0.9), (2, 0.5), (3, 0.25)], losses
assert "learning_rate" in text and "0.02" in text, text
"""


@pytest.mark.parametrize("name", LOGGERS.names)
def test_what_a_logger_writes_its_own_library_reads(name: str, tmp_path: Path) -> None:
    pytest.importorskip(LOGGERS[name].package, exc_type=ImportError)
    read = f"import sys\nfolder = sys.argv[2] + '/' + sys.argv[1]\n{READ[name]}\n{CHECK}"
    for script in (WRITE, read):
        command = [sys.executable, "-W", "ignore", "-c", script, name, str(tmp_path)]
        subprocess.run(command, check=True, timeout=120)


class _Broken:
    """A logger whose store is gone after the first epoch."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def start(self, run: RunRecord) -> None:
        self.heard.append(run.dataset)

    def epoch(self, ended: EpochEnded) -> None:
        self.heard.append(str(ended.record.epoch))
        raise OSError("no space left on device")

    def close(self, ended: RunEnded | None) -> None:
        self.heard.append("closed")


class _Hearing(_Broken):
    def epoch(self, ended: EpochEnded) -> None:
        self.heard.append(str(ended.record.epoch))


def test_a_logger_that_fails_costs_neither_the_run_nor_the_other_loggers() -> None:
    broken, hearing = _Broken(), _Hearing()
    assert list(logged(_events(), _run(), [broken, hearing])) == list(_events())
    assert broken.heard == ["fruit", "1"]
    assert hearing.heard == ["fruit", "1", "2", "3", "closed"]


def test_a_run_that_nobody_listens_to_any_more_is_closed() -> None:
    hearing = _Hearing()
    events = logged(_events(), _run(), [hearing])
    next(iter(events))
    events.close()  # type: ignore[attr-defined]
    assert hearing.heard == ["fruit", "1", "closed"]


def test_a_logger_that_is_not_installed_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tlstudio.engine.runs.loggers.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="MLflow is not installed") as caught:
        make_loggers(["mlflow"], tmp_path)
    assert "pip install" in caught.value.hint_text


def test_an_unknown_logger_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="wandb"):
        make_loggers(["wandb"], tmp_path)
