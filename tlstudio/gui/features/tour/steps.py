"""The steps of the tour: a row each, with its words, what it points at, and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.state.session import Session, Step

Targets = tuple[tuple[str, ...], ...]
"""Object names that are ringed together; the first group of which anything is seen is taken."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a step says in place of its usual text while something holds."""

    holds: Callable[[Session], bool]
    text: str
    targets: Targets | None = None  # None for those of the step


@dataclass(frozen=True, slots=True)
class TourStep:
    """A step of the tour.

    Attributes:
        page: where it takes place; a person who is elsewhere is shown the way there.
        done: whether a person has done it.
        remarks: the first that holds is said; its text may hold ``{name}``, that of the dataset.
    """

    name: str
    page: Step
    title: str
    text: str
    targets: Targets
    done: Callable[[Session], bool]
    remarks: tuple[Remark, ...] = ()


def _is_reading(session: Session) -> bool:
    return session.datasets.loading


def _has_dataset(session: Session) -> bool:
    return session.datasets.index is not None


def _has_run(session: Session) -> bool:
    return session.run.active or _has_results(session)


def _has_results(session: Session) -> bool:
    return bool(session.run.record.shown_predictions.predictions) and not session.run.active


def _trains(session: Session) -> bool:
    return session.run.active


def _failed(session: Session) -> bool:
    end = session.run.record.end
    return not session.run.active and end is not None and end.reason is RunEndReason.FAILED


def _lacks_dataset(session: Session) -> bool:
    return not _has_dataset(session) and not _is_reading(session)


def _lacks_results(session: Session) -> bool:
    return not session.run.record.shown_predictions.predictions


def _lacks_classifier(session: Session) -> bool:
    return session.classifier.info is None


def _has_answers(session: Session) -> bool:
    return bool(session.classifier.answers)


def _uses(session: Session) -> bool:
    return session.step is Step.USE


TRAIN_BUTTON: Targets = (("header_action",),)

STEPS = (
    TourStep(
        "data",
        Step.DATA,
        QT_TRANSLATE_NOOP("tour", "Open images"),
        QT_TRANSLATE_NOOP(
            "tour",
            "Click the sample dataset: small pictures in five classes, one folder a class. "
            "A folder of your own photos will do as well.",
        ),
        (("sample_autumn_table",), ("sample_datasets",)),
        _has_dataset,
        (
            Remark(_is_reading, QT_TRANSLATE_NOOP("tour", "The images are being read."), ()),
            Remark(
                _has_dataset,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "{name} is open. Look around: a click on a class shows its images, "
                    "a click on an image shows it large. The tour goes on with these images.",
                ),
                ((),),
            ),
        ),
    ),
    TourStep(
        "model",
        Step.MODEL,
        QT_TRANSLATE_NOOP("tour", "Which network, and what of it trains"),
        QT_TRANSLATE_NOOP(
            "tour",
            "The network knows photos already. The strategy says how much of it learns anew: "
            "with feature extraction the last layer alone, and all others stay frozen. "
            "You can leave both as they are.",
        ),
        (("model_line", "strategy_field"), ("inspector_button",)),
        _has_run,
    ),
    TourStep(
        "train",
        Step.TRAIN,
        QT_TRANSLATE_NOOP("tour", "Train"),
        QT_TRANSLATE_NOOP(
            "tour",
            "Press Train. The page beside says what is going to happen and how long it will take.",
        ),
        TRAIN_BUTTON,
        _has_results,
        (
            Remark(
                _trains,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "It learns. Validation accuracy is measured after every epoch on images that "
                    "are not trained on: that curve is the one that counts. You can pause and stop "
                    "at any time; what was learned is kept.",
                ),
                (("history_charts",), ("header_action",)),
            ),
            Remark(
                _lacks_dataset,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "No images are open. Go back one step, or open a folder on the Data page.",
                ),
                (("step_data",),),
            ),
            Remark(
                _failed,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "The run failed, and a message says why; Help, Messages shows it again. "
                    "Change what it names and train again, or go on without.",
                ),
            ),
        ),
    ),
    TourStep(
        "results",
        Step.RESULTS,
        QT_TRANSLATE_NOOP("tour", "Look at every answer"),
        QT_TRANSLATE_NOOP(
            "tour",
            "The confusion matrix counts which class was taken for which: a click on a cell shows "
            "its images. In the gallery a click on an image shows it large, with all "
            "probabilities, and Why? shows what spoke for the answer.",
        ),
        (("confusion_matrix", "results_gallery"), ("results_gallery",)),
        _uses,
        (
            Remark(
                _lacks_results,
                QT_TRANSLATE_NOOP(
                    "tour", "Here are the answers for every validation image, once a run is over."
                ),
                ((),),
            ),
        ),
    ),
    TourStep(
        "use",
        Step.USE,
        QT_TRANSLATE_NOOP("tour", "Use it, and keep it"),
        QT_TRANSLATE_NOOP(
            "tour",
            "Drop any image here to see what the network says of it. Save weights writes a file "
            "that plain PyTorch loads. The run itself is kept: tomorrow it is on the Runs page. "
            "Help, Learn shows what goes on inside.",
        ),
        (("use_drop_zone", "use_save"), ("use_save",)),
        _has_answers,
        (
            Remark(
                _lacks_classifier,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "Here you ask a trained network about other images, and save it. "
                    "There is none yet: train, or load weights.",
                ),
                ((),),
            ),
            Remark(
                _has_answers,
                QT_TRANSLATE_NOOP(
                    "tour",
                    "That was all. Next: a folder of your own, with a folder for each class. "
                    "Help, Learn shows what goes on inside, with things to drag. "
                    "F1 explains what is under the mouse, or opens the guide; Ctrl+K finds all.",
                ),
                ((),),
            ),
        ),
    ),
)

STEP_BY_NAME = {step.name: step for step in STEPS}


def remark(step: TourStep, session: Session) -> Remark | None:
    """What `step` says in place of its usual text now; None for that."""
    return next((one for one in step.remarks if one.holds(session)), None)


def is_elsewhere(step: TourStep, session: Session) -> bool:
    """Whether a person must go to the page of `step` first; the Train button is on every page."""
    return session.step is not step.page and step.name != "train"


def words(step: TourStep, session: Session) -> str:
    """What `step` says now, in the language of the window."""
    said = remark(step, session)
    text = QCoreApplication.translate("tour", step.text if said is None else said.text)
    if is_elsewhere(step, session):
        way = QCoreApplication.translate("tour", "Click the ringed page at the left.")
        text = f"{way} {text}"
    return text.replace("{name}", session.dataset_name)


def targets(step: TourStep, session: Session) -> Targets:
    """What `step` points at now."""
    said = remark(step, session)
    return step.targets if said is None or said.targets is None else said.targets
