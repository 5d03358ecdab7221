"""The pages of the main window: a row each, imported when one is built."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from PySide6.QtWidgets import QWidget

from tlstudio.core.needs import CHOSEN_NETWORK
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app import inspector_dock
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.session import Session, Step


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window, and its step on the rail; the rail keeps the order of the rows.

    Attributes:
        title: on the rail.
        icon: a meaning of `icons.NAMES`.
        make: from the session to the page.
        is_ready: whether the rail marks the step as ready.
        shows_at_once: modules that the page itself imports only when it is built.
    """

    step: Step
    title: str
    icon: str
    make: later
    is_ready: Callable[[Session], bool]
    shows_at_once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabSpec:
    """A view of a page that holds several: its name, its title in their row, its constructor."""

    view: StrEnum
    title: str
    make: later


PAGES = (
    PageSpec(
        Step.DATA,
        QT_TRANSLATE_NOOP("Rail", "Data"),
        "data",
        later("tlstudio.gui.features.dataset", "DataPage"),
        lambda session: session.datasets.index is not None,
        ("tlstudio.gui.features.dataset.browser",),
    ),
    PageSpec(
        Step.MODEL,
        QT_TRANSLATE_NOOP("Rail", "Model"),
        "model",
        later("tlstudio.gui.app.model_page", "ModelPage"),
        lambda session: session.missing(CHOSEN_NETWORK) is None,
        ("tlstudio.gui.features.choose_model.view",),
    ),
    PageSpec(
        Step.TRAIN,
        QT_TRANSLATE_NOOP("Rail", "Train"),
        "train",
        later("tlstudio.gui.app.train_page", "TrainPage"),
        lambda session: bool(session.run.record.history.epochs) and not session.run.active,
        ("tlstudio.gui.features.training.view",),
    ),
    PageSpec(
        Step.RESULTS,
        QT_TRANSLATE_NOOP("Rail", "Results"),
        "results",
        later("tlstudio.gui.features.results.page", "ResultsPage"),
        lambda session: bool(session.run.record.shown_predictions.predictions),
    ),
    PageSpec(
        Step.USE,
        QT_TRANSLATE_NOOP("Rail", "Use"),
        "use",
        later("tlstudio.gui.features.use.page", "UsePage"),
        lambda session: session.classifier.info is not None,
    ),
)

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
    """

    def __init__(self, session: Session, built: Callable[[QWidget], None]) -> None:
        self._session = session
        self._built = built
        self._pages: dict[Step, QWidget] = {}

    def __getitem__(self, step: Step) -> QWidget:
        if step not in self._pages:
            self._pages[step] = _PAGES[step].make(self._session)
            self._built(self._pages[step])
        return self._pages[step]

    def __iter__(self) -> Iterator[Step]:
        return iter(_PAGES)

    def __len__(self) -> int:
        return len(_PAGES)
