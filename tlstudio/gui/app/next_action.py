"""What is next: the one primary action of the window, a row each, the first that applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tlstudio.core.needs import TRAINING
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Session, Step


def _is_loaded_one_used(session: Session) -> bool:
    info = session.classifier.info
    return info is not None and bool(info.source) and session.step is Step.USE


def _has_no_dataset(session: Session) -> bool:
    return session.datasets.index is None and not session.datasets.loading


def _is_out_of_date(session: Session) -> bool:
    return session.is_out_of_date(session.run.record)


def _has_unseen_results(session: Session) -> bool:
    is_before = session.step in (Step.DATA, Step.MODEL, Step.TRAIN)
    return is_before and bool(session.run.record.shown_predictions.predictions)


def _has_trained(session: Session) -> bool:
    return session.classifier.info is not None and bool(session.run.record.history.epochs)


@dataclass(frozen=True, slots=True)
class NextAction:
    """A thing to do next.

    Attributes:
        applies: whether it is what is next, where no earlier row is.
        command: a row of `actions.ACTIONS`; empty where a page is shown instead.
        step: the page that is shown; None where a command is carried out.
        help: one sentence, for the tooltip.
    """

    title: str
    icon: str
    applies: Callable[[Session], bool]
    command: str = ""
    step: Step | None = None
    help: str = ""


STOP = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Stop"),
    "stop",
    lambda session: session.run.active,
    "stop",
    help=QT_TRANSLATE_NOOP("NextAction", "End after this batch; what was learned is kept"),
)
TRY_LOADED = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Try a photo"), "image", _is_loaded_one_used, "predict_images"
)
CHOOSE_DATASET = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Choose a dataset"), "data", _has_no_dataset, step=Step.DATA
)
TRAIN_AGAIN = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Train again"),
    "reload",
    _is_out_of_date,
    "train",
    help=QT_TRANSLATE_NOOP("NextAction", "Settings or data are not those of the model in hand"),
)
SEE_RESULTS = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "See the results"),
    "results",
    _has_unseen_results,
    step=Step.RESULTS,
)
TRY_PHOTO = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Try a photo"), "image", _has_trained, "predict_images"
)
TRAIN = NextAction(
    QT_TRANSLATE_NOOP("NextAction", "Train"),
    "play",
    lambda session: True,
    "train",
    help=QT_TRANSLATE_NOOP("NextAction", "Start training with the current settings"),
)
NEXT_ACTIONS = (STOP, TRY_LOADED, CHOOSE_DATASET, TRAIN_AGAIN, SEE_RESULTS, TRY_PHOTO, TRAIN)


def next_action(session: Session) -> NextAction:
    """What a person would do next."""
    return next(row for row in NEXT_ACTIONS if row.applies(session))


def title(action: NextAction) -> str:
    """Its verb in the language of the window."""
    return QCoreApplication.translate("NextAction", action.title)


def tip(action: NextAction, session: Session) -> str:
    """Why it cannot be done now, or else what it does."""
    why = reason_text(session, TRAINING) if action.command == "train" else ""
    return why or (QCoreApplication.translate("NextAction", action.help) if action.help else "")
