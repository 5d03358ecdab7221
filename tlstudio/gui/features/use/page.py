"""The Use page: ask the classifier in hand about other images, and make something of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.runs.predictions import arrange
from tlstudio.core.use.answers_csv import answers_csv
from tlstudio.core.use.pictures import frame_name, picture, time_of
from tlstudio.gui.features.use.live_view import LiveView
from tlstudio.gui.features.use.novelty_view import NoveltyView
from tlstudio.gui.features.use.sort_dialog import open_sorting
from tlstudio.gui.features.use.truth_bar import TruthBar
from tlstudio.gui.features.use.unreadable_list import UnreadableList
from tlstudio.gui.kit import file_dialogs, formats, frames, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, plain_tip
from tlstudio.gui.kit.capture import VideoDialog
from tlstudio.gui.kit.confusion.side import MatrixSide
from tlstudio.gui.kit.confusion.view import Choice
from tlstudio.gui.kit.drop_zone import DropZone, local_paths
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.predictions.gallery import PredictionGallery
from tlstudio.gui.kit.predictions.gallery_filter import GalleryFilter
from tlstudio.gui.kit.save_as import save_as
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.explanations import GalleryExplanations
from tlstudio.gui.state.neighbours import GalleryNeighbours
from tlstudio.gui.state.network_views import NetworkViews
from tlstudio.gui.state.runs import run_name
from tlstudio.gui.state.session import Dialog, Session, Step

REFRESH_MS = 150  # answers come in small batches; the grid follows at most this often
CLASSES_NAMED = 6
SIDE_LEAST_PX, SIDE_PX = 256, 320
WIDE_PX = 1040  # narrower, the matrix makes room for the images and for the open viewer
TALL_PX = 860  # lower, what the classifier is makes room for it as well
LOW_PX = 520  # lower, the zone for more images makes room for those that are there
BAR_PX = 160
FRAME_PX, MAX_FRAMES = 1024, 2_000  # of a video: about 100 kB each


class UseView(StrEnum):
    """What the page shows below its header."""

    IMAGES = "images"
    CAMERA = "camera"
    NOVELTY = "novelty"


class UsePage(QWidget):
    """One place to drop anything, and what the network says of it as a gallery or a table.

    Where folders are called like classes, right and wrong are told apart.

    Signals:
        save_weights_requested(): a person wants the weights in a file.
        load_weights_requested(): a person wants another classifier.
    """

    save_weights_requested = Signal()
    load_weights_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._session = session
        self._views = NetworkViews(session, self)
        self._answered_before = 0
        self._pasted = self._kept = 0
        self._refresh_timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh_answers)
        self._stack = PageStack(self)
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self._make_content())
        vstack(self._stack, margins=(24, 24, 24, 16), parent=self)
        self._connect()
        self._refresh_classifier()
        self._refresh_answers()

    # Building

    def _make_empty(self) -> QWidget:
        self.train_button = IconButton(self.tr("Go to Train"), "train")
        self.load_first_button = IconButton(self.tr("Load weights…"), "load")
        return EmptyState(
            "use",
            self.tr("Train a model, or load weights"),
            self.tr(
                "Then drop any image or folder of images here to see what the model says of it."
            ),
            self.train_button,
            self.load_first_button,
        )

    def _make_content(self) -> QWidget:
        self.title = ElidedLabel()
        self.title.setProperty("role", "title")
        self.facts = label("", "hint", wrap=True)
        self.notes = label("", "hint", wrap=True)
        self.notes.setProperty("tone", "warning")
        self.load_button = IconButton(self.tr("Load weights…"), "load", "quiet")
        self.save_button = IconButton(self.tr("Save weights…"), "save", "quiet")
        self.export_button = IconButton(
            self.tr("Export…"), "export", "quiet", partial(self._session.open_dialog, Dialog.EXPORT)
        )
        self.folder_button = IconButton(self.tr("Open folder…"), "open")
        self.images_button = IconButton(self.tr("Open images…"), "image")
        self.view_choice = Segmented(self.tr("View"))
        self.view_choice.set_options(
            (
                (UseView.IMAGES, self.tr("Images")),
                (UseView.CAMERA, self.tr("Camera")),
                (UseView.NOVELTY, self.tr("None of these")),
            )
        )
        self.paste_button = self._source_button(
            self.tr("Paste"),
            "paste",
            self.tr("Ask about the picture or the files on the clipboard"),
            self.paste,
        )
        self.video_button = self._source_button(
            self.tr("Video…"),
            "video",
            self.tr("Ask about the frames of a video"),
            self._on_video_clicked,
        )
        self.drop_zone = DropZone(
            self.tr("Drop images here"),
            self.tr("One or many, a whole folder, a .zip or a video. Nothing leaves this machine."),
        )
        self.drop_zone.setObjectName("use_drop_zone")
        self.save_button.setObjectName("use_save")
        self.more_zone = DropZone(self.tr("Drop more images here"))
        self.truth = TruthBar()
        self.matrix = MatrixSide()
        self.filter = GalleryFilter(has_one_row=True)
        self.filter.shown.hide()  # the line below the images says it
        self.list_choice = Segmented(self.tr("Shown as"))
        self.list_choice.set_options(((False, self.tr("Pictures")), (True, self.tr("Table"))))
        self.gallery = PredictionGallery(self._session.thumbnails)
        GalleryExplanations(self._session, self.gallery)
        GalleryNeighbours(self._session, self.gallery)
        self.unreadable = UnreadableList()
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(self.tr("Looking at the images"))
        self.progress.setFixedWidth(BAR_PX)
        self.progress.setTextVisible(False)
        self.count = label("", "hint")
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet")
        self.clear_button = IconButton(self.tr("Clear"), "close", "quiet")
        self.sort_button = IconButton(
            self.tr("Sort into folders…"), "gather", "", self._on_sort_clicked
        )
        self.csv_button = IconButton(self.tr("Save as CSV…"), "export")

        header = hstack(
            (self.title, 1),
            self.view_choice,
            theme.GRID,
            self.paste_button,
            self.video_button,
            self.folder_button,
            self.images_button,
            spacing=theme.GRID,
        )
        self._facts_row = QWidget()
        hstack(
            (self.facts, 1),
            self.load_button,
            self.save_button,
            self.export_button,
            spacing=theme.GRID,
            parent=self._facts_row,
        )
        footer = hstack(
            self.progress,
            (self.count, 1),
            self.cancel_button,
            self.clear_button,
            self.sort_button,
            self.csv_button,
            spacing=theme.GRID,
        )
        self._side = QWidget()
        self._side.setFixedWidth(SIDE_PX)
        vstack((self.matrix, 1), parent=self._side)
        lists = vstack(
            hstack((self.filter, 1), (self.list_choice, 0, Qt.AlignmentFlag.AlignTop), spacing=16),
            (self.gallery, 1),
            spacing=theme.GRID,
        )
        answers = QWidget()
        vstack(
            self.more_zone,
            self.truth,
            (hstack(self._side, (lists, 1), spacing=theme.GRID * 3), 1),
            self.unreadable,
            footer,
            spacing=theme.GRID,
            parent=answers,
        )
        self._answers_stack = PageStack()
        self._answers_stack.addWidget(self.drop_zone)
        self._answers_stack.addWidget(answers)

        self.novelty_view = NoveltyView(self._session)
        self.live_view = LiveView(self._session)
        self.live_view.kept.connect(self._on_picture_kept)
        self._views_stack = PageStack()
        self._views_stack.addWidget(self._answers_stack)
        self._views_stack.addWidget(self.live_view)
        self._views_stack.addWidget(self.novelty_view)

        content = QWidget(self._stack)  # else all of it is dressed once more when it is added
        vstack(
            header,
            self._facts_row,
            self.notes,
            theme.GRID,
            (self._views_stack, 1),
            spacing=theme.GRID // 2,
            parent=content,
        )
        return content

    def _source_button(
        self, text: str, icon: str, tip: str, clicked: Callable[[], object]
    ) -> IconButton:
        """A quiet button; where the page is narrow it is an icon that keeps its name."""
        button = IconButton(text, icon, "quiet", clicked)
        button.setToolTip(plain_tip(tip))
        button.setAccessibleName(text)
        button.setAccessibleDescription(tip)
        return button

    def _connect(self) -> None:
        session = self._session
        self.train_button.clicked.connect(self._on_train_clicked)
        for button in (self.load_first_button, self.load_button):
            button.clicked.connect(self.load_weights_requested)
        self.save_button.clicked.connect(self.save_weights_requested)
        self.images_button.clicked.connect(self._on_images_clicked)
        for zone in (self.drop_zone, self.more_zone):
            zone.clicked.connect(self._on_images_clicked)
        self.folder_button.clicked.connect(self._on_folder_clicked)
        self.cancel_button.clicked.connect(session.classifier.cancel_predicting)
        self.clear_button.clicked.connect(session.classifier.clear_answers)
        self.csv_button.clicked.connect(self._on_csv_clicked)
        self.gallery.network_view_wanted.connect(self._views.request)
        self._views.ready.connect(self.gallery.set_network_view)
        self.gallery.viewing_changed.connect(self._fit)
        self.view_choice.chosen.connect(self._on_view_chosen)
        self.list_choice.chosen.connect(self._on_list_chosen)
        self.filter.changed.connect(self._on_filter_changed)
        self.filter.size_changed.connect(self.gallery.grid.set_thumb_size)
        self.matrix.chosen.connect(self._on_cell_chosen)
        self.truth.matrix_wanted.connect(self._fit)
        self.truth.use_changed.connect(session.classifier.set_uses_truth)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.paste)
        session.classifier.changed.connect(self._refresh_classifier)
        session.runs.current_changed.connect(self._refresh_classifier)
        session.classifier.answers_changed.connect(self._on_answers_changed)
        session.classifier.predicting_changed.connect(self._on_predicting_changed)
        session.network.engine_ready.connect(self._refresh_classifier)
        session.run.status_changed.connect(self._refresh_classifier)

    # Dropping: anywhere on the page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._session.classifier.info is not None and local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._show_drag(True)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_drag(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_drag(False)
        event.acceptProposedAction()
        self._ask(local_paths(event.mimeData()))

    def _ask(self, paths: list[Path]) -> None:
        """Ask about what is there; the frames of a video are chosen first."""
        globs = file_dialogs.VIDEOS.globs.split()
        videos = [
            path
            for path in paths
            if f"*{path.suffix.lower()}" in globs and path.suffix.lower() not in frames.ANIMATED
        ]
        others = [path for path in paths if path not in videos]
        if others:
            self._session.classifier.predict(others)
        if videos:
            self._open_video(videos[0])
        self.view_choice.set_value(UseView.IMAGES)
        self._on_view_chosen(UseView.IMAGES)

    def paste(self) -> None:
        """Ask about what is on the clipboard: files and folders, or a picture."""
        data = QGuiApplication.clipboard().mimeData()
        self._take(data if data is not None else QMimeData())

    def _take(self, data: QMimeData) -> None:
        paths = local_paths(data)
        image = QImage() if paths or not data.hasImage() else QImage(data.imageData())
        if not image.isNull():
            self._pasted += 1
            name = self.tr("Pasted {number}").format(number=self._pasted) + ".png"
            self._session.classifier.predict([picture(frames.encoded(image, "PNG"), name)])
        elif paths:
            self._ask(paths)
        else:
            self._session.notifications.info(self.tr("There is no picture on the clipboard."))

    def _show_drag(self, active: bool) -> None:
        for zone in (self.drop_zone, self.more_zone):
            zone.set_active(active)

    # Following the session

    def _refresh_classifier(self) -> None:
        """Say what is in hand."""
        session = self._session
        info = session.classifier.info
        can_load = session.network.is_ready and not session.run.active
        self.load_button.setEnabled(can_load)
        self.load_first_button.setEnabled(can_load)
        self._stack.setCurrentIndex(0 if info is None else 1)
        if info is not None:
            self.title.set_text(self._title_of(info))
            self.facts.setText(self._facts_of(info))
            self.notes.setText(" ".join(info.notes))
            self.notes.setVisible(bool(info.notes))

    def _on_predicting_changed(self, is_predicting: bool) -> None:
        """Whoever tries one photo wants to see all that is said of it."""
        answers = self._session.classifier.answers
        self._refresh_answers()
        if is_predicting:
            self._answered_before = len(answers)
        elif len(answers) == self._answered_before + 1 and time_of(answers[-1].image) is None:
            self.gallery.open_image(answers[-1].image)

    def _on_answers_changed(self) -> None:
        if self._session.classifier.answers or self._session.classifier.unreadable:
            if not self._refresh_timer.isActive():
                self._refresh_timer.start()
        else:
            self._refresh_answers()

    def _refresh_answers(self) -> None:
        """Show what came in so far."""
        state = self._session.classifier
        shows_answers = bool(state.answers or state.unreadable or state.predicting)
        self._answers_stack.setCurrentIndex(1 if shows_answers else 0)
        if not shows_answers:
            self.gallery.close_viewer()
        classes = state.info.classes if state.info else ()
        self.filter.set_classes(classes)
        has_truth = state.uses_truth and state.has_truth
        is_judged = any(answer.novelty is not None for answer in state.answers)
        self.filter.set_known(truth=has_truth, novelty=is_judged)
        self.truth.set_answers(state.answers, classes, state.has_truth, state.uses_truth)
        if self.truth.matrix is not None:
            self.matrix.set_matrix(self.truth.matrix)
        self._show_answers()
        self._fit()
        self.unreadable.set_files(state.unreadable)
        done, total = state.progress or (0, 0)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.setVisible(state.predicting)
        self.cancel_button.setVisible(state.predicting)
        self.clear_button.setVisible(not state.predicting)
        is_done = bool(state.answers) and not state.predicting
        self.csv_button.setEnabled(is_done)
        self.sort_button.setEnabled(is_done)

    def _show_answers(self) -> None:
        """Those that the filter lets through."""
        state = self._session.classifier
        shown = arrange(
            state.answers,
            self.filter.order,
            true_class=self.filter.true_class,
            predicted_class=self.filter.predicted_class,
            name=self.filter.name,
        )
        self.gallery.set_records(shown, state.info.classes if state.info else ())
        self.count.setText(self._count_text(len(shown)))
        self.gallery.grid.set_empty_text(
            self.tr("No image fits these filters.")
            if state.answers
            else self.tr("Looking at the images…")
            if state.predicting
            else self.tr("None of them could be read.")
        )

    def _count_text(self, shown: int) -> str:
        """How far it is, or how many the filter lets through."""
        state = self._session.classifier
        done, total = state.progress or (0, 0)
        if state.progress is None:
            done, total = shown, len(state.answers)
        if done == total:
            return self.tr("%n image(s)", "", total)
        return self.tr("{done} of {total} images").format(
            done=formats.count(done), total=formats.count(total)
        )

    def _fit(self) -> None:
        """What can be done without gives way to the open viewer."""
        is_tall = self.height() >= TALL_PX
        has_height = self.height() >= LOW_PX
        self.more_zone.setVisible(has_height and not self.gallery.viewing)  # all takes a drop
        self._facts_row.setVisible(is_tall or not self.gallery.viewing)
        has_room = self.width() >= WIDE_PX or not self.gallery.viewing
        shows_matrix = self.truth.shows_matrix and has_room
        is_narrow = self.width() < WIDE_PX
        for button in (self.paste_button, self.video_button):
            button.setText("" if is_narrow else button.accessibleName())
        self._side.setVisible(shows_matrix)
        self._side.setFixedWidth(SIDE_LEAST_PX if is_narrow else SIDE_PX)
        self.filter.name_field.setHidden(is_narrow and shows_matrix)
        self.filter.set_narrow(is_narrow)
        self.filter.size_slider.setHidden(self.gallery.shows_table or (is_narrow and shows_matrix))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _title_of(self, info: ClassifierInfo) -> str:
        """The run in hand; the network until it is known."""
        run = self._session.runs.current
        return run_name(run) if run is not None else self._session.network.title_of(info.model)

    def _facts_of(self, info: ClassifierInfo) -> str:
        named = ", ".join(info.classes[:CLASSES_NAMED])
        if len(info.classes) > CLASSES_NAMED:
            named += ", …"
        source = (
            self.tr("from {name}").format(name=info.source)
            if info.source
            else self.tr("trained here")
        )
        parts = [source]
        if self._session.runs.current is not None:
            parts.insert(0, self._session.network.title_of(info.model))
        if info.epochs:
            parts.append(self.tr("%n epoch(s)", "", info.epochs))
        if info.val_accuracy is not None:
            accuracy = formats.percent(info.val_accuracy)
            parts.append(self.tr("{accuracy} on validation images").format(accuracy=accuracy))
        count = self.tr("%n class(es)", "", len(info.classes))
        parts.append(f"{count}: {named}" if named else count)
        return "  ·  ".join(parts)

    # Commands

    def _on_view_chosen(self, view: UseView) -> None:
        self._views_stack.setCurrentIndex(list(UseView).index(view))

    def _on_list_chosen(self, shows_table: object) -> None:
        self.gallery.show_table(bool(shows_table))
        self._fit()

    def _on_filter_changed(self) -> None:
        self.matrix.set_choice(Choice(self.filter.true_class, self.filter.predicted_class))
        self._show_answers()
        self.gallery.grid.scroll_to_top()

    def _on_cell_chosen(self, choice: Choice) -> None:
        self.filter.choose(choice.true, choice.predicted)

    def _on_picture_kept(self, image: QImage) -> None:
        self._kept += 1
        name = self.tr("Camera {number}").format(number=self._kept) + ".jpg"
        self._session.classifier.predict([picture(frames.encoded(image), name)])
        self.view_choice.set_value(UseView.IMAGES)
        self._on_view_chosen(UseView.IMAGES)

    def _on_video_clicked(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Try a video"),
            (file_dialogs.VIDEOS,),
            lambda paths: self._open_video(paths[0]),
            several=False,
        )

    def _open_video(self, path: Path) -> None:
        is_animated = path.suffix.lower() in frames.ANIMATED
        if not is_animated and not frames.has_multimedia():
            self._session.notifications.warning(frames.needs_multimedia())
            return
        words = self.tr(
            "The network is asked about frames of “{video}”. The table tells the time of each."
        )
        VideoDialog(
            path,
            words.format(video=path.name),
            partial(self._take_frame, path),
            frames.video_source,
            self,
            MAX_FRAMES,
        ).open()

    def _take_frame(self, path: Path, image: QImage, time_s: float) -> None:
        """Kept in memory, so no larger than somebody can look at it."""
        if max(image.width(), image.height()) > FRAME_PX:
            image = image.scaled(
                FRAME_PX,
                FRAME_PX,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        name = frame_name(path.stem, time_s, ".jpg")
        frame = picture(frames.encoded(image), name, str(path), time_s)
        self._session.classifier.predict([frame])

    def _on_sort_clicked(self) -> None:
        open_sorting(self._session, self)

    def _on_train_clicked(self) -> None:
        self._session.go_to(Step.TRAIN)

    def _on_images_clicked(self) -> None:
        file_dialogs.ask_files(
            self,
            self._session,
            self.tr("Try images"),
            (file_dialogs.IMAGES,),
            self._session.classifier.predict,
        )

    def _on_folder_clicked(self) -> None:
        file_dialogs.ask_folder(
            self,
            self._session,
            self.tr("Try a folder of images"),
            self._predict_folder,
        )

    def _predict_folder(self, folder: Path) -> None:
        self._session.classifier.predict([folder])

    def _on_csv_clicked(self) -> None:
        save_as(
            self,
            self._session,
            self.tr("Save the answers"),
            "predictions",
            {file_dialogs.CSV: self._csv},
        )

    def _csv(self) -> Callable[[], str]:
        state = self._session.classifier
        classes = () if state.info is None else state.info.classes
        return partial(answers_csv, tuple(state.answers), classes, tuple(state.unreadable))
