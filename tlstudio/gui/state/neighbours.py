"""The training images nearest to the one that is looked at, found while somebody looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.novelty import Neighbour
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.state import novelty_jobs
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.gui.state.novelty_jobs import PoolingProgressed, TrainingFeatures


class NeighboursState(FeatureState):
    """Asked about one image at a time; only the last one asked for matters.

    The features of the training images are computed when somebody first looks. A run or a study
    goes before, and what was computed until then is kept on disk.

    Signals:
        found(ImageRef, tuple[Neighbour, ...]): the nearest training images of an image.
        changed(): `status` is another one.
    """

    found = Signal(object, object)
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._features: TrainingFeatures | None = None
        self._progress: PoolingProgressed | None = None
        self._error: TLStudioError | None = None
        self._image: ImageRef | None = None
        self._is_answered = self._is_asking = False
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)
        session.classifier.changed.connect(self._forget)
        session.datasets.changed.connect(self._forget)
        session.busy_changed.connect(self._on_busy_changed)

    @property
    def has_features(self) -> bool:
        """Whether the next answer comes at once."""
        return self._features is not None

    @property
    def status(self) -> str:
        """Why there is no answer, or not yet; empty if one comes at once."""
        session = self._session
        if not self._has_images:
            return self.tr("They are shown when the dataset that the model was trained on is open.")
        if session.run.active or (session.is_busy and self._features is None):
            return self.tr("They come when what is running now is over.")
        if self._features is not None:
            return ""
        if self._error is not None:
            return error_text(self._error)
        if self._progress is None or not self._progress.total:
            return self.tr("Looking for them…")
        return self.tr("Looking for them: {done} of {total} images").format(
            done=formats.count(self._progress.done), total=formats.count(self._progress.total)
        )

    def ask(self, image: ImageRef | None) -> None:
        """Ask for the neighbours of an image; None: nobody looks any more."""
        self._image, self._is_answered = image, False
        if image is None:
            self._worker.cancel()
        self._go_on()

    def take(self, features: TrainingFeatures) -> None:
        """Use features that were computed for something else."""
        self._worker.cancel()
        self._features = features
        self._go_on()

    def close(self) -> None:
        """End all computing for good."""
        self._image = None
        self._worker.wait()

    @property
    def _has_images(self) -> bool:
        index, info = self._session.datasets.index, self._session.classifier.info
        if index is None or info is None or index.classes != info.classes:
            return False
        return bool(index.by_split[Split.TRAIN])

    def _go_on(self) -> None:
        """Do the next thing that the answer needs, if it can be done now."""
        self.changed.emit()
        session, index = self._session, self._session.datasets.index
        classifier = session.classifier.classifier
        if self._image is None or self._is_answered or self._is_asking or session.run.active:
            return
        if classifier is None or index is None or not self._has_images:
            return
        if self._features is not None:
            self._is_asking = True
            session.engine_pool.submit(
                novelty_jobs.nearest,
                classifier,
                self._features,
                self._image,
                done=self._on_found,
                failed=self._on_failed,
            )
        elif self._error is None and not session.is_busy:
            samples = index.by_split[Split.TRAIN]
            self._worker.start(partial(novelty_jobs.training_features, classifier, samples))

    def _on_event(self, event: PoolingProgressed | TrainingFeatures) -> None:
        if self._worker.stop.stopped:
            return
        if hasattr(event, "rows"):
            self.take(event)  # type: ignore[arg-type]
        else:
            self._progress = event
            self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self._progress = None
        if not self._worker.stop.stopped:
            self._error = error
        self._go_on()

    def _on_found(self, found: tuple[ImageRef, tuple[Neighbour, ...]]) -> None:
        self._is_asking = False
        if found[0] == self._image and self._features is not None:
            self._is_answered = True
            self.found.emit(*found)
        self._go_on()

    def _on_failed(self, error: TLStudioError) -> None:
        """The photo itself says already that it cannot be read."""
        self._is_asking = False
        if self._image is not None:
            self._is_answered = True
            self.found.emit(self._image, ())

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        self._go_on()

    def _forget(self) -> None:
        """What was computed is of another network or of other images."""
        self._worker.cancel()
        self._features = self._error = None
        self._is_answered = False
        self._go_on()


class GalleryNeighbours(QObject):
    """Shows the nearest training images in the viewer of a gallery."""

    def __init__(self, session: Session, gallery: PredictionGallery) -> None:
        super().__init__(gallery)
        self._session, self._gallery = session, gallery
        self._state = session.feature(NeighboursState)
        gallery.network_view_wanted.connect(self._state.ask)
        gallery.viewing_changed.connect(self._on_viewing_changed)
        self._state.found.connect(self._on_found)
        self._state.changed.connect(self._say_status)

    def _on_viewing_changed(self, is_viewing: bool) -> None:
        if not is_viewing:
            self._state.ask(None)

    def _on_found(self, image: ImageRef, neighbours: tuple[Neighbour, ...]) -> None:
        info = self._session.classifier.info
        is_of_it = info is not None and info.classes == self._gallery.classes
        self._gallery.viewer.set_neighbours(image, neighbours if is_of_it else ())

    def _say_status(self) -> None:
        if self._state.status:
            self._gallery.viewer.neighbours.say(self._state.status)
