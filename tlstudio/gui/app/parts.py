"""The pages and panels of the main window: a row each, imported when one is built."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.state.session import Session, Step

Make = Callable[[Session], QWidget]


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """A dock of the inspector.

    Attributes:
        steps: the pages that it concerns.
        height_px: at first; in a larger window the panels keep these shares.
    """

    name: str
    title: str
    make: Make
    steps: tuple[Step, ...]
    height_px: int


def _data_page(session: Session) -> QWidget:
    from tlstudio.gui.features.dataset import DataPage

    return DataPage(session)


def _model_page(session: Session) -> QWidget:
    from tlstudio.gui.app.model_page import ModelPage

    return ModelPage(session)


def _train_page(session: Session) -> QWidget:
    from tlstudio.gui.app.train_page import TrainPage

    return TrainPage(session)


def _results_page(session: Session) -> QWidget:
    from tlstudio.gui.features.results.page import ResultsPage

    return ResultsPage(session)


def _use_page(session: Session) -> QWidget:
    from tlstudio.gui.features.use.page import UsePage

    return UsePage(session)


def _strategy_panel(session: Session) -> QWidget:
    from tlstudio.gui.features.strategy.panel import StrategyPanel

    return StrategyPanel(session)


def _layer_tree_panel(session: Session) -> QWidget:
    from tlstudio.gui.features.layers.panel import LayerTreePanel

    return LayerTreePanel(session)


PAGES: dict[Step, Make] = {
    Step.DATA: _data_page,
    Step.MODEL: _model_page,
    Step.TRAIN: _train_page,
    Step.RESULTS: _results_page,
    Step.USE: _use_page,
}

PANELS = (
    PanelSpec(
        "strategy",
        QT_TRANSLATE_NOOP("MainWindow", "Strategy"),
        _strategy_panel,
        (Step.MODEL, Step.TRAIN),
        400,
    ),
    PanelSpec(
        "layers",
        QT_TRANSLATE_NOOP("MainWindow", "Layers"),
        _layer_tree_panel,
        (Step.MODEL, Step.TRAIN),
        360,
    ),
)


def import_parts() -> None:
    """Import what pages and panels are made of. For a worker: it takes a third of a second."""


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
            self._pages[step] = PAGES[step](self._session)
            self._built(self._pages[step])
        return self._pages[step]

    def __iter__(self) -> Iterator[Step]:
        return iter(PAGES)

    def __len__(self) -> int:
        return len(PAGES)
