"""The columns of the list of runs, and the words for the state of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import RunEntry, RunOrigin
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text, shown
from tlstudio.gui.kit.table import Column
from tlstudio.gui.state.runs import accuracy_text, run_name

translate = QCoreApplication.translate

STAR = "★"
END_TITLES = {
    RunEndReason.FINISHED: QT_TRANSLATE_NOOP("runs", "finished"),
    RunEndReason.EARLY: QT_TRANSLATE_NOOP("runs", "ended early"),
    RunEndReason.STOPPED: QT_TRANSLATE_NOOP("runs", "stopped"),
    RunEndReason.FAILED: QT_TRANSLATE_NOOP("runs", "failed"),
}
ORIGIN_TITLES = {
    RunOrigin.WINDOW: QT_TRANSLATE_NOOP("runs", "this window"),
    RunOrigin.TERMINAL: QT_TRANSLATE_NOOP("runs", "terminal"),
    RunOrigin.RACE: QT_TRANSLATE_NOOP("runs", "race"),
    RunOrigin.FOLDS: QT_TRANSLATE_NOOP("runs", "cross-validation"),
    RunOrigin.FILE: QT_TRANSLATE_NOOP("runs", "weights file"),
}


@dataclass(frozen=True)
class RunColumn:
    """A column of the list with the room it takes.

    Attributes:
        name: by which it is remembered.
        sample: its widest usual text; empty for the one that takes what is left.
        gives_way: columns with higher numbers go first where the page is narrow; 0 never goes.
    """

    name: str
    column: Column[RunEntry]
    sample: str = ""
    gives_way: int = 0


def columns(title_of: Callable[[str], str]) -> tuple[RunColumn, ...]:
    """Left to right, in the language of the window.

    Args:
        title_of: gives the title of a network by its name in the catalog.
    """
    return (
        RunColumn(
            "star",
            Column(
                STAR,
                lambda entry: STAR if entry.marks.is_starred else "",
                translate("runs", "Runs with a star are never offered for deletion"),
                key=lambda entry: entry.marks.is_starred,
                token=lambda entry: "accent",
                spoken=lambda entry: translate("runs", "starred") if entry.marks.is_starred else "",
            ),
            STAR,
        ),
        RunColumn(
            "name",
            Column(
                translate("runs", "Name"),
                run_name,
                tip=run_name,
                explained_by="run",
            ),
        ),
        RunColumn(
            "curve",
            Column(
                translate("runs", "Curve"),
                lambda entry: "",
                translate("runs", "Validation accuracy, epoch by epoch"),
                key=lambda entry: entry.accuracy,
                explained_by="accuracy",
            ),
            "MMMMM",
            3,
        ),
        RunColumn(
            "dataset",
            Column(
                translate("runs", "Dataset"),
                lambda entry: shown(entry.dataset),
                explained_by="sample",
            ),
            "Autumn table",
            5,
        ),
        RunColumn(
            "model",
            Column(
                translate("runs", "Network"),
                lambda entry: title_of(entry.model),
                tip=lambda entry: entry.model,
                explained_by="model",
            ),
            "Feature extraction",
            4,
        ),
        RunColumn(
            "strategy",
            Column(
                translate("runs", "Strategy"),
                strategy_text,
                explained_by="strategy",
            ),
            "Feature extraction",
            6,
        ),
        RunColumn(
            "accuracy",
            Column(
                translate("runs", "Accuracy"),
                accuracy_text,
                translate(
                    "runs", "Of the best epoch on the validation images, with its 95 % interval"
                ),
                is_number=True,
                key=lambda entry: entry.accuracy,
                tip=_accuracy_tip,
                explained_by="wilson",
            ),
            "100.0% (00–100)",
        ),
        RunColumn(
            "time",
            Column(
                translate("runs", "Time"),
                lambda entry: formats.duration(entry.elapsed_s),
                translate("runs", "How long it trained"),
                is_number=True,
                key=lambda entry: entry.elapsed_s,
            ),
            "88 min 88 s",
            2,
        ),
        RunColumn(
            "when",
            Column(
                translate("runs", "When"),
                when_text,
                is_number=True,
                key=lambda entry: entry.created,
            ),
            "2026-12-31 23:59",
            1,
        ),
        RunColumn(
            "size",
            Column(
                translate("runs", "Size"),
                lambda entry: formats.file_size(entry.size_bytes),
                is_number=True,
                key=lambda entry: entry.size_bytes,
            ),
            "888.8 MB",
            7,
        ),
        RunColumn(
            "state",
            Column(translate("runs", "State"), state_text, token=_state_token),
            "stopped at 12 of 25",
            1,
        ),
    )


def strategy_text(entry: RunEntry) -> str:
    return core_text(STRATEGIES[entry.strategy].title) if entry.strategy in STRATEGIES else ""


def when_text(entry: RunEntry) -> str:
    """Today only the time; else the day as well."""
    when, now = datetime.fromtimestamp(entry.created), datetime.now()
    if when.date() == now.date():
        return translate("runs", "today {time}").format(time=f"{when:%H:%M}")
    if (now.date() - when.date()).days == 1:
        return translate("runs", "yesterday {time}").format(time=f"{when:%H:%M}")
    return f"{when:%Y-%m-%d %H:%M}"


def state_text(entry: RunEntry) -> str:
    """E.g. “stopped at 7 of 25”, or “finished”."""
    if entry.is_running:
        return translate("runs", "training")
    if entry.origin is RunOrigin.FILE:
        return translate("runs", ORIGIN_TITLES[entry.origin])
    if entry.end is None:
        word = translate("runs", "interrupted")
    else:
        word = translate("runs", END_TITLES[entry.end])
    if entry.end is RunEndReason.FINISHED:
        return word
    return translate("runs", "{state} at {done} of {planned}").format(
        state=word, done=QLocale().toString(entry.epochs), planned=entry.planned_epochs
    )


def _state_token(entry: RunEntry) -> str:
    if entry.is_running:
        return "accent"
    return "warning" if entry.is_interrupted or entry.end is RunEndReason.FAILED else "text_soft"


def _accuracy_tip(entry: RunEntry) -> str:
    if entry.right is None or not entry.images:
        return ""
    return translate("runs", "{right} of {total} validation images right, in epoch {epoch}").format(
        right=formats.count(entry.right), total=formats.count(entry.images), epoch=entry.best_epoch
    )
