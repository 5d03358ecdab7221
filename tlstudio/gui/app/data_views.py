"""The views of the open dataset, a row each, built when one is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.parts import TabSpec
from tlstudio.gui.kit.later import later
from tlstudio.gui.state.session import Session


class DataTab(StrEnum):
    """The views of the open dataset."""

    IMAGES = "images"
    NETWORK = "network"
    FINDINGS = "findings"
    MAP = "map"
    STATISTICS = "statistics"
    MORE = "more"
    LEFT_OUT = "left_out"


class DataView(Protocol):
    """A view of the open dataset: a widget that is told of it, and of what becomes of it."""

    def set_index(self, index: DatasetIndex) -> None:
        """Show this dataset; work that only somebody who looks needs waits for that."""


@dataclass(frozen=True, slots=True)
class DataViewSpec(TabSpec):
    """A view of the open dataset.

    Attributes:
        make: from the session to a widget that is a `DataView`.
        has_classes: whether the list of classes beside it, and the choice of one, concerns it;
            `BrowsingState.class_index` tells it.
        count: what stands in brackets behind its title; None for nothing.
    """

    has_classes: bool = False
    count: Callable[[Session], int | None] | None = None


def _left_out(session: Session) -> int | None:
    index = session.datasets.index
    return None if index is None else len(index.excluded) + len(index.other_files)


def _findings(session: Session) -> int | None:
    from tlstudio.gui.state.health import HealthState  # not before the first paint

    report = session.feature(HealthState).open
    return None if report is None else len(report.findings)


VIEWS = (  # left to right
    DataViewSpec(
        DataTab.IMAGES,
        QT_TRANSLATE_NOOP("DataPage", "Images"),
        later("tlstudio.gui.features.dataset.images_view", "ImagesView"),
        has_classes=True,
    ),
    DataViewSpec(
        DataTab.NETWORK,
        QT_TRANSLATE_NOOP("DataPage", "As the network sees them"),
        later("tlstudio.gui.features.dataset.network_eye_view", "NetworkEyeView"),
        has_classes=True,
    ),
    DataViewSpec(
        DataTab.FINDINGS,
        QT_TRANSLATE_NOOP("DataPage", "Findings"),
        later("tlstudio.gui.features.health.view", "FindingsView"),
        count=_findings,
    ),
    DataViewSpec(
        DataTab.MAP,
        QT_TRANSLATE_NOOP("DataPage", "Map"),
        later("tlstudio.gui.features.map.view", "MapView"),
    ),
    DataViewSpec(
        DataTab.STATISTICS,
        QT_TRANSLATE_NOOP("DataPage", "Statistics"),
        later("tlstudio.gui.features.statistics.view", "StatisticsView"),
        has_classes=True,
    ),
    DataViewSpec(
        DataTab.MORE,
        QT_TRANSLATE_NOOP("DataPage", "More images?"),
        later("tlstudio.gui.features.learning_curve.view", "LearningCurveView"),
    ),
    DataViewSpec(
        DataTab.LEFT_OUT,
        QT_TRANSLATE_NOOP("DataPage", "Left out"),
        later("tlstudio.gui.features.dataset.left_out_view", "LeftOutView"),
        count=_left_out,
    ),
)
