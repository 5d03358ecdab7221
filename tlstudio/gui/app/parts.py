"""The pages of the main window: a row each, imported when one is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from tlstudio.core.needs import CHOSEN_NETWORK
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app import inspector_dock
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.session import Session, Step


class StepMark(StrEnum):
    """How far a step of the work is."""

    EMPTY = "empty"
    CURRENT = "current"  # the first that is not done
    DONE = "done"
    OUT_OF_DATE = "out_of_date"  # made with other settings, another split or other data than now


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window, and its step on the rail; the rail keeps the order of the rows.

    Attributes:
        title: on the rail.
        icon: a meaning of `icons.NAMES`.
        make: from the session to the page.
        progress: how far the step is; the first one that is EMPTY is the CURRENT one. None for a
            page that is no step of the work.
        shows_at_once: modules that the page itself imports only when it is built.
    """

    step: Step
    title: str
    icon: str
    make: later
    progress: Callable[[Session], StepMark] | None = None
    shows_at_once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabSpec:
    """A view of a page that holds several.

    Attributes:
        title: in their row.
        is_expert: left out of the simple view.
    """

    view: StrEnum
    title: str
    make: later
    is_expert: bool = False


def _data_mark(session: Session) -> StepMark:
    return StepMark.DONE if session.datasets.index is not None else StepMark.EMPTY


def _model_mark(session: Session) -> StepMark:
    return StepMark.DONE if session.missing(CHOSEN_NETWORK) is None else StepMark.EMPTY


def _made_by(record: RunRecord, session: Session) -> StepMark:
    return StepMark.OUT_OF_DATE if session.is_out_of_date(record) else StepMark.DONE


def _train_mark(session: Session) -> StepMark:
    record = session.run.record
    is_over = bool(record.history.epochs) and not session.run.active
    return _made_by(record, session) if is_over else StepMark.EMPTY


def _results_mark(session: Session) -> StepMark:
    record = session.run.record
    is_over = bool(record.shown_predictions.predictions) and not session.run.active
    return _made_by(record, session) if is_over else StepMark.EMPTY


def _use_mark(session: Session) -> StepMark:
    if session.classifier.info is None:
        return StepMark.EMPTY
    return _made_by(session.run.record, session)


PAGES = (
    PageSpec(
        Step.DATA,
        QT_TRANSLATE_NOOP("Rail", "Data"),
        "data",
        later("tlstudio.gui.app.data_page", "DataPage"),
        _data_mark,
        ("tlstudio.gui.app.data_browser", "tlstudio.gui.features.dataset.images_view"),
    ),
    PageSpec(
        Step.MODEL,
        QT_TRANSLATE_NOOP("Rail", "Model"),
        "model",
        later("tlstudio.gui.app.model_page", "ModelPage"),
        _model_mark,
        ("tlstudio.gui.features.choose_model.view",),
    ),
    PageSpec(
        Step.TRAIN,
        QT_TRANSLATE_NOOP("Rail", "Train"),
        "train",
        later("tlstudio.gui.app.train_page", "TrainPage"),
        _train_mark,
        ("tlstudio.gui.features.training.view",),
    ),
    PageSpec(
        Step.RESULTS,
        QT_TRANSLATE_NOOP("Rail", "Results"),
        "results",
        later("tlstudio.gui.features.results.page", "ResultsPage"),
        _results_mark,
    ),
    PageSpec(
        Step.USE,
        QT_TRANSLATE_NOOP("Rail", "Use"),
        "use",
        later("tlstudio.gui.features.use.page", "UsePage"),
        _use_mark,
    ),
    PageSpec(
        Step.RUNS,
        QT_TRANSLATE_NOOP("Rail", "Runs"),
        "recent",
        later("tlstudio.gui.features.runs.page", "RunsPage"),
    ),
)


def shown_tabs(tabs: Iterable[TabSpec], session: Session) -> list[TabSpec]:
    """Those that a person sees who has chosen between simple and full."""
    return [tab for tab in tabs if not (tab.is_expert and session.is_simple)]


def marks(session: Session) -> dict[Step, StepMark]:
    """The mark of each step on the rail."""
    found = {page.step: page.progress(session) for page in PAGES if page.progress is not None}
    for step, mark in found.items():
        if mark is StepMark.EMPTY:
            return {**found, step: StepMark.CURRENT}
    return found


_PAGES = {spec.step: spec for spec in PAGES}


def import_parts() -> None:
    """Import what the window is made of. For a worker: it takes a third of a second."""
    for page in PAGES:
        page.make.load()
        for module in page.shows_at_once:
            import_module(module)
    inspector_dock.MAKE.load()


class Pages(Mapping[Step, QWidget]):
    """The pages by their step. Asking for one builds it.

    Args:
        built: told of each page as soon as it is there.
        holder: the parent of the pages.
    """

    def __init__(
        self,
        session: Session,
        built: Callable[[QWidget], None],
        holder: QWidget | None = None,
    ) -> None:
        self._session = session
        self._built = built
        self._holder = holder
        self._pages: dict[Step, QWidget] = {}

    def __getitem__(self, step: Step) -> QWidget:
        if step not in self._pages:
            page = self._pages[step] = _PAGES[step].make(self._session, self._holder)
            page.setAccessibleName(QCoreApplication.translate("Rail", _PAGES[step].title))
            self._built(page)
        return self._pages[step]

    def __iter__(self) -> Iterator[Step]:
        return iter(_PAGES)

    def __len__(self) -> int:
        return len(_PAGES)
