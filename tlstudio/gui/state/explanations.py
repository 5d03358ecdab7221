"""Heat maps of the answers in a gallery, made on the engine's thread while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.understanding.heat_maps import AverageRequest, ClassAverage, HeatMap, MapRequest
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.save_as import save_as
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state import explanation_jobs
from tlstudio.gui.state.session import FeatureState, Session

if TYPE_CHECKING:
    from tlstudio.gui.state.explanation_jobs import Explainer
    from tlstudio.gui.state.jobs import Classifier

Request = MapRequest | AverageRequest


class ExplanationsState(FeatureState):
    """Makes one map at a time; only the last one asked for matters.

    Signals:
        mapped(request, HeatMap | ClassAverage)
        checked(request, MapCheck): the test of the map that came before.
        progressed(request, int, int)
        failed(request, TLStudioError)
    """

    mapped = Signal(object, object)
    checked = Signal(object, object)
    progressed = Signal(object, int, int)
    failed = Signal(object, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._maker: _Maker | None = None
        self._request: Request | None = None
        self._task: Task | None = None
        self._stop = StopToken()

    def ask(self, request: Request | None) -> None:
        """Ask for a map of the classifier in hand; None: for none any more."""
        self._cancel()
        self._request = request
        classifier = self._session.classifier.classifier
        if request is None or classifier is None:
            return
        if self._maker is None or self._maker.classifier is not classifier:
            self._maker = _Maker(classifier)
        self._stop = StopToken()
        self._task = self._session.engine_pool.submit(
            self._maker.make,
            request,
            self._stop,
            done=self._on_made,
            failed=self._on_failed,
            progressed=self._on_progressed,
        )

    def close(self) -> None:
        """End all computing for good."""
        self.ask(None)

    def _cancel(self) -> None:
        self._stop.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_made(self, made: HeatMap | ClassAverage | None) -> None:
        self._task = None
        if made is None or self._request is None:
            return
        self.mapped.emit(self._request, made)
        if isinstance(made, HeatMap) and self._maker is not None and not made.is_empty:
            self._task = self._session.engine_pool.submit(
                self._maker.check, made, self._stop, done=self._on_checked, failed=self._on_failed
            )

    def _on_checked(self, check: object) -> None:
        self._task = None
        if check is not None and self._request is not None:
            self.checked.emit(self._request, check)

    def _on_progressed(self, done: int, total: int) -> None:
        if self._task is not None:
            self.progressed.emit(self._request, done, total)

    def _on_failed(self, error: TLStudioError) -> None:
        self._task = None
        self.failed.emit(self._request, error)


class GalleryExplanations(QObject):
    """Answers a gallery's questions why.

    Args:
        made_by: gives the id of the run whose answers are shown, empty for the classifier in
            hand; None where the answers are always its own, whatever trains.
    """

    def __init__(
        self,
        session: Session,
        gallery: PredictionGallery,
        *,
        made_by: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(gallery)
        self._session, self._gallery, self._made_by = session, gallery, made_by
        self._state = session.feature(ExplanationsState)
        viewer = gallery.viewer
        gallery.why_wanted.connect(self._on_why_wanted)
        gallery.save_wanted.connect(self._on_save_wanted)
        self._state.mapped.connect(self._on_mapped)
        self._state.checked.connect(viewer.set_map_check)
        self._state.progressed.connect(viewer.set_why_progress)
        self._state.failed.connect(self._on_failed)
        session.classifier.changed.connect(self._on_other_network)
        session.runs.current_changed.connect(self._on_other_network)
        session.run.status_changed.connect(self._on_other_network)

    @property
    def refusal(self) -> str:
        """Why no map can be made now; empty if one can."""
        info = self._session.classifier.info
        if self._made_by is not None and self._session.run.active:
            return self.tr("Heat maps come when the run is over: its network is still learning.")
        if info is None:
            return self.tr("There is no trained network in hand to ask.")
        if info.classes != self._gallery.classes or self._is_of_another_run():
            return self.tr("These answers are of another network than the one in hand.")
        return ""

    def _is_of_another_run(self) -> bool:
        run, current = self._made_by() if self._made_by else "", self._session.runs.current
        return bool(run) and current is not None and current.id != run

    def _on_why_wanted(self, request: Request | None) -> None:
        refusal = self.refusal if request is not None else ""
        if refusal:
            self._gallery.viewer.set_why_failed(request, refusal)
            self._state.ask(None)
        else:
            self._state.ask(request)

    def _on_other_network(self) -> None:
        self._gallery.viewer.ask_why_again()

    def _on_mapped(self, request: Request, made: HeatMap | ClassAverage) -> None:
        viewer = self._gallery.viewer
        if isinstance(made, HeatMap):
            viewer.set_heat_map(request, made)
        else:
            viewer.set_class_average(request, made)

    def _on_failed(self, request: Request, error: TLStudioError) -> None:
        self._gallery.viewer.set_why_failed(request, error_text(error))

    def _on_save_wanted(self, image: QImage, name: str) -> None:
        save_as(
            self._gallery,
            self._session,
            self.tr("Save the heat map"),
            name,
            {file_dialogs.PNG: lambda: image},
        )


class _Maker:
    """Works on the engine's thread; the explainer copies the network at first use."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._explainer: Explainer | None = None

    def make(
        self, request: Request, stop: StopToken, on_progress: Callable[[int, int], None]
    ) -> HeatMap | ClassAverage | None:
        if stop.stopped:
            return None
        explainer = self._opened()
        if isinstance(request, MapRequest):
            return explainer.heat_map(request, stop, on_progress)
        return explainer.class_average(request.images, request.class_index, stop, on_progress)

    def check(self, heat_map: HeatMap, stop: StopToken) -> object:
        return None if stop.stopped else self._opened().check(heat_map, stop)

    def _opened(self) -> Explainer:
        if self._explainer is None:
            self._explainer = explanation_jobs.open_explainer(self.classifier)
        return self._explainer
