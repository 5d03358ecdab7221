"""Carries out the commands of the menus: one method per row of `actions.ACTIONS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QApplication, QWhatsThis, QWidget

from tlstudio.core.data.manifest import MANIFEST_NAME
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.storage import data_dir, safe_file_name
from tlstudio.gui.app import dialogs
from tlstudio.gui.features.report import jobs as report_jobs
from tlstudio.gui.kit import file_dialogs, language
from tlstudio.gui.kit.later import later
from tlstudio.gui.kit.save_as import Content, save_as
from tlstudio.gui.state import jobs
from tlstudio.gui.state.loading import LoadingState
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.runs import run_name
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.core.lessons.target import Target

open_code = later("tlstudio.gui.features.code.dialog", "open_code")
open_weights = later("tlstudio.gui.features.downloads.dialog", "open_weights")
open_diagnostics = later("tlstudio.gui.features.diagnostics.dialog", "open_diagnostics")
open_licences = later("tlstudio.gui.features.licences.dialog", "open_licences")
explain_here = later("tlstudio.gui.features.help.in_place", "explain_here")
open_help = later("tlstudio.gui.features.help.window", "open_help")
open_learn = later("tlstudio.gui.features.learn.window", "open_learn")
follow = later("tlstudio.gui.app.targets", "follow")
open_catalog = later("tlstudio.gui.features.catalog.dialog", "open_catalog")
open_copy = later("tlstudio.gui.features.health.copy_dialog", "open_copy")
open_export = later("tlstudio.gui.features.export.dialog", "open_export")
open_make_pack = later("tlstudio.gui.features.classroom.make_dialog", "open_make_pack")
open_pack_file = later("tlstudio.gui.features.classroom.open_dialog", "open_pack_file")
open_gather = later("tlstudio.gui.features.gather.window", "open_gather")
open_loading = later("tlstudio.gui.features.load_weights.dialog", "open_loading")
open_palette = later("tlstudio.gui.app.palette", "open_palette")
open_shortcuts = later("tlstudio.gui.app.shortcuts", "open_shortcuts")
open_tour = later("tlstudio.gui.features.tour.view", "open_tour")
open_pull = later("tlstudio.gui.features.export.pull_dialog", "open_pull")
open_preferences = later("tlstudio.gui.features.preferences.dialog", "open_preferences")


class Commands(QObject):
    """Carries out commands for one window, over which it opens its dialogs."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        actions: Mapping[str, QAction],
        pages: Mapping[Step, QWidget],
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._actions = actions
        self._pages = pages

    # File

    def open_dataset(self) -> None:
        file_dialogs.ask_folder(
            self._window,
            self._session,
            self.tr("Open a folder of images"),
            self._on_folder_chosen,
        )

    def open_dataset_file(self) -> None:
        file_dialogs.ask_files(
            self._window,
            self._session,
            self.tr("Open an archive, a table or a packed dataset"),
            (file_dialogs.DATASETS, file_dialogs.ANY_DATASET),
            lambda paths: self._on_folder_chosen(paths[0]),
            several=False,
        )

    def close_dataset(self) -> None:
        self._session.datasets.close()
        self._session.go_to(Step.DATA)

    def reload_dataset(self) -> None:
        self._session.datasets.reload()

    def export_manifest(self) -> None:
        datasets = self._session.datasets
        if datasets.index is not None:
            text = partial(jobs.manifest_text, datasets.manifest)
            name, title = Path(MANIFEST_NAME).stem, self.tr("Export manifest")
            kinds: dict[file_dialogs.Filter, Callable[[], Content]] = {
                file_dialogs.MANIFEST: lambda: text
            }
            save_as(self._window, self._session, title, name, kinds)

    def import_manifest(self) -> None:
        file_dialogs.ask_files(
            self._window,
            self._session,
            self.tr("Import manifest or split"),
            (file_dialogs.EDITS,),
            lambda paths: self._session.datasets.bring_manifest(paths[0]),
            several=False,
        )

    def save_split(self) -> None:
        datasets = self._session.datasets
        if datasets.index is not None:
            text = partial(jobs.split_csv, datasets.index)
            kinds: dict[file_dialogs.Filter, Callable[[], Content]] = {
                file_dialogs.SPLIT: lambda: text
            }
            save_as(self._window, self._session, self.tr("Save split"), "split", kinds)

    def write_copy(self) -> None:
        open_copy(self._session, self._window)

    def save_weights(self) -> None:
        self._save(self.tr("Save weights"), "", file_dialogs.WEIGHTS_TARGETS, "best")

    def save_weights_and(self, then: Callable[[], object]) -> None:
        """Ask where to save, and do `then` once that is done."""
        self._save(self.tr("Save weights"), "", file_dialogs.WEIGHTS_TARGETS, "best", then)

    def save_last_weights(self) -> None:
        ending = self.tr("last epoch")
        self._save(self.tr("Save weights"), ending, file_dialogs.WEIGHTS_TARGETS, "last")

    def save_model(self) -> None:
        ending = self.tr("whole model")
        self._save(self.tr("Save whole model"), ending, (file_dialogs.WHOLE_MODEL,), "model")

    def load_weights(self) -> None:
        self._load(self.tr("Load weights"), file_dialogs.WEIGHTS)

    def load_model(self) -> None:
        self._load(self.tr("Load whole model"), file_dialogs.WHOLE_MODEL)

    def show_loading(self) -> None:
        open_loading(self._session, self._window)

    def make_dataset(self) -> None:
        open_gather(self._session, self._window)

    def add_images(self) -> None:
        index = self._session.datasets.index
        if index is not None:
            open_gather(self._session, self._window, index.root)

    def download_dataset(self) -> None:
        open_catalog(self._session, self._window)

    def manage_weights(self) -> None:
        open_weights(self._session, self._window)

    def open_pack(self) -> None:
        file_dialogs.ask_files(
            self._window,
            self._session,
            self.tr("Open a class pack"),
            (file_dialogs.CLASS_PACK,),
            lambda paths: self.open_pack_file(paths[0]),
            several=False,
        )

    def open_pack_file(self, path: Path) -> None:
        """Say what is in a class pack, and take it over if a person wants so."""
        open_pack_file(self._session, self._window, path)

    def make_pack(self) -> None:
        open_make_pack(self._session, self._window)

    def report(self) -> None:
        entry = self._session.runs.current
        if entry is None:
            return
        index, spoken = self._session.datasets.index, language.current()
        forms: dict[file_dialogs.Filter, Callable[[], Content]] = {
            file_dialogs.HTML: lambda: partial(report_jobs.html, entry.id, index, spoken),
            file_dialogs.PDF: lambda: partial(report_jobs.pdf, entry.id, index, spoken),
        }
        name = self.tr("{name} report").format(name=run_name(entry))
        save_as(self._window, self._session, self.tr("Write a report"), name, forms)

    def export(self) -> None:
        open_export(self._session, self._window)

    def export_run(self, run: RunEntry) -> None:
        """Hand a kept run on, whether it is in hand or not."""
        open_export(self._session, self._window, run)

    def push_to_hub(self) -> None:
        open_export(self._session, self._window, card="hub")

    def pull_from_hub(self) -> None:
        open_pull(self._session, self._window)

    def show_code(self) -> None:
        open_code(self._session, self._window)

    def predict_images(self) -> None:
        file_dialogs.ask_files(
            self._window,
            self._session,
            self.tr("Try images"),
            (file_dialogs.IMAGES,),
            self._on_images_chosen,
        )

    def quit(self) -> None:
        self._window.close()

    # Edit

    def undo(self) -> None:
        self._session.undo.undo()

    def redo(self) -> None:
        self._session.undo.redo()

    def preferences(self) -> None:
        open_preferences(self._session, self._window)

    # Train

    def train(self) -> None:
        self._take_what_is_typed()
        self._session.train()

    def pause(self) -> None:
        if self._session.run.status is RunStatus.PAUSED:
            self._session.run.resume()
        else:
            self._session.run.pause()

    def simple(self) -> None:
        self._session.set_simple(not self._session.is_simple)

    def stop(self) -> None:
        self._session.run.stop()

    def continue_run(self) -> None:
        self._session.continue_run()

    # Help

    def find_anything(self) -> None:
        open_palette(self._session, self._actions, self._pages, self._window)

    def take_tour(self) -> None:
        open_tour(self._session, self._window)

    def show_news(self) -> None:
        self.open_help("new")

    def user_guide(self) -> None:
        """Explain what the keyboard is at; where that is nothing, open the guide."""
        if not explain_here(self._session):
            was_in_guide = self._session.preferences.help_place.startswith("guide/")
            self.open_help("" if was_in_guide else "guide")  # its first chapter

    def learn(self) -> None:
        self.open_learn()

    def open_learn(self, place: str = "") -> None:
        """Open the Learn window there, or where it was last."""
        open_learn(self._session, self._window, place)

    def follow(self, target: Target) -> None:
        """Set the studio up as a lesson, an answer or a table wants, and show it."""
        follow(target, self._session, self._pages)

    def glossary(self) -> None:
        self.open_help("glossary")

    def what_is_this(self) -> None:
        QWhatsThis.enterWhatsThisMode()

    def open_help(self, place: str = "") -> None:
        """Open the window of the help there, or where it was last."""
        open_help(self._session, QApplication.activeModalWidget() or self._window, place)

    def show_messages(self) -> None:
        dialogs.messages(self._window, self._session.notifications)

    def show_shortcuts(self) -> None:
        open_shortcuts(self._window, self._actions)

    def open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(data_dir())))

    def show_diagnostics(self) -> None:
        open_diagnostics(self._session, self._window)

    def show_licences(self) -> None:
        open_licences(self._session, self._window)

    def about(self) -> None:
        dialogs.about(self._window)

    # Dropped on the window

    def take_dropped(self, paths: list[Path]) -> None:
        """A run, a dataset, a class pack or weights open; images are asked about, where a
        classifier is being used also those of a dataset."""
        if len(paths) == 1 and file_dialogs.CLASS_PACK.names(paths[0]):
            self.open_pack_file(paths[0])
        elif len(paths) == 1:
            pool, take = self._session.disk_pool, partial(self._take, paths)
            ask = partial(pool.submit, jobs.is_dataset, paths[0], done=take)
            self._session.open_run_at(paths[0], ask)
        elif paths:
            self._take(paths, is_dataset=False)

    def _take(self, paths: list[Path], is_dataset: bool) -> None:
        session = self._session
        if len(paths) == 1 and file_dialogs.WEIGHTS.names(paths[0]):
            session.feature(LoadingState).open(paths[0])
            return
        asks = session.classifier.info is not None and session.step in (Step.RESULTS, Step.USE)
        if is_dataset and not asks:
            if not session.run.active:
                self._on_folder_chosen(paths[0])
        else:
            self._on_images_chosen(paths)

    def _take_what_is_typed(self) -> None:
        """Some fields take a text when they are left; a shortcut leaves the cursor in them."""
        field = self._window.focusWidget()
        if field is not None:
            field.clearFocus()
            field.setFocus()

    def _on_folder_chosen(self, folder: Path) -> None:
        self._session.datasets.open(folder)
        self._session.go_to(Step.DATA)

    def _on_images_chosen(self, paths: list[Path]) -> None:
        self._session.classifier.predict(paths)
        self._session.go_to(Step.USE)

    def _save(
        self,
        title: str,
        ending: str,
        filters: tuple[file_dialogs.Filter, ...],
        what: str,
        then: Callable[[], object] | None = None,
    ) -> None:
        classifier = self._session.classifier
        if classifier.info is None:
            return
        name = safe_file_name(f"{_name_of(self._session)} {ending}")

        def write(path: Path) -> None:
            if what == "model":
                classifier.save_model(path)
            else:
                classifier.save_weights(path, what, then)

        file_dialogs.ask_target(self._window, self._session, title, name, filters, write)

    def _load(self, title: str, kind: file_dialogs.Filter) -> None:
        session = self._session

        def read(paths: list[Path]) -> None:
            session.feature(LoadingState).open(paths[0])

        kinds = (kind, file_dialogs.ANY_WEIGHTS)
        file_dialogs.ask_files(self._window, session, title, kinds, read, several=False)


def _name_of(session: Session) -> str:
    """Name and accuracy of the run in hand, or the name of its file or model."""
    info, run = session.classifier.info, session.runs.current
    if info is None:
        return ""
    if info.source:
        return Path(info.source).stem
    name = run_name(run) if run is not None else file_stem(info.model)
    accuracy = "" if info.val_accuracy is None else f"{100 * info.val_accuracy:.1f} %"
    return f"{name} {accuracy}".strip()
