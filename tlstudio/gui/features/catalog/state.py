"""Datasets on their way to this machine: one at a time, each only because a person asked for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.data.catalog import CATALOG, CatalogDataset, CatalogProgress
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.catalog import jobs
from tlstudio.gui.state.session import FeatureState, Session


class CatalogState(FeatureState):
    """Which datasets are here, and the one that is coming.

    Attributes:
        places: what is to be opened of those on this machine, by name; None until that is known.
        coming: the name of the dataset that is being fetched; empty for none.
        progress: how far it is.
        problems: why the last attempt at one failed, by name.

    Signals:
        changed(): one of these.
    """

    changed = Signal()
    _told = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.places: dict[str, Path] | None = None
        self.coming = ""
        self.progress: CatalogProgress | None = None
        self.problems: dict[str, TLStudioError] = {}
        self._stop = StopToken()
        self._told.connect(self._on_told)

    @property
    def rows(self) -> tuple[CatalogDataset, ...]:
        """All that there are."""
        return tuple(CATALOG)

    def refresh(self) -> None:
        """Look which datasets are on this machine."""
        self._session.disk_pool.submit(
            jobs.present_datasets, done=self._on_present, failed=self._session.notifications.error
        )

    def fetch(self, name: str) -> None:
        """Download a dataset; what came before is gone on with."""
        if self.coming:
            return
        self.coming, self.progress = name, None
        self.problems.pop(name, None)
        self._stop = StopToken()
        self._session.network_pool.submit(
            jobs.download_dataset,
            name,
            stop=self._stop,
            on_progress=self._told.emit,
            done=self._on_fetched,
            failed=self._on_failed,
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Stop the download; what has come is kept."""
        self._stop.stop()

    def remove(self, name: str) -> None:
        """Delete a dataset that was downloaded."""
        if name != self.coming:
            self._session.disk_pool.submit(
                jobs.remove_dataset,
                name,
                done=self._on_removed,
                failed=self._session.notifications.error,
            )

    def open(self, name: str) -> None:
        """Open a dataset that is here."""
        place = (self.places or {}).get(name)
        if place is not None:
            self._session.datasets.open(place, title=CATALOG[name].title)

    def close(self) -> None:
        self._stop.stop()

    def _on_present(self, places: dict[str, Path]) -> None:
        self.places = places
        self.changed.emit()

    def _on_told(self, progress: CatalogProgress) -> None:
        if self.coming:
            self.progress = progress
            self.changed.emit()

    def _on_fetched(self, place: Path) -> None:
        name, self.coming, self.progress = self.coming, "", None
        self.places = {**(self.places or {}), name: place}
        self._session.notifications.success(
            self.tr("{name} is here.").format(name=CATALOG[name].title)
        )
        self.changed.emit()

    def _on_failed(self, error: TLStudioError) -> None:
        name, self.coming, self.progress = self.coming, "", None
        if not self._stop.stopped:
            self.problems[name] = error
            self._session.notifications.error(error)
        self.changed.emit()

    def _on_removed(self, _: None) -> None:
        self.refresh()
