"""What is handed on: the classifier in hand, or a kept run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.runs.kept import RunEntry
from tlstudio.gui.state.runs import run_name
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import Classifier


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """A network that is handed on, and what is known of it.

    Attributes:
        title: what a person calls it.
        run: that made it; None for weights from elsewhere.
        classifier: itself, where it is in hand; else it is read from its run.
        index: the open dataset, where its images are those of the run.
    """

    title: str
    run: RunEntry | None
    classifier: Classifier | None
    index: DatasetIndex | None


def in_hand(session: Session) -> ExportSubject | None:
    """The classifier in hand; None where there is none."""
    state, run = session.classifier, session.runs.current
    info = state.info
    if info is None:
        return None
    title = run_name(run) if run is not None else info.source or file_stem(info.model)
    return ExportSubject(title, run, state.classifier, _index(session, run, info.classes))


def of_run(session: Session, run: RunEntry) -> ExportSubject:
    """A kept run, whether it is in hand or not."""
    current = session.runs.current
    if current is not None and current.id == run.id and (subject := in_hand(session)) is not None:
        return subject
    return ExportSubject(run_name(run), run, None, _index(session, run, ()))


def _index(session: Session, run: RunEntry | None, classes: tuple[str, ...]) -> DatasetIndex | None:
    index = session.datasets.index
    if index is None:
        return None
    is_own = index.fingerprint == run.fingerprint if run is not None else index.classes == classes
    return index if is_own else None
