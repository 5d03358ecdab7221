"""The findings of one kind: what they are, their images, and what can be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QListView, QStackedWidget, QWidget

from tlstudio.core.data.dataset import SPLIT_TITLES, DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.health import FINDING_KINDS, REMEDIES, Finding, Remedy
from tlstudio.core.health.remedies import ACCEPT, remedies_for
from tlstudio.core.notes import Note
from tlstudio.gui.features.health.finding_grid import FindingGrid
from tlstudio.gui.features.health.finding_items import FindingItems, done_about
from tlstudio.gui.features.health.large_view import LargeView
from tlstudio.gui.features.health.remedy_bar import RemedyBar
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

KEYS = {"leave_out": "Del", "leave_out_of_training": "Del", "move": "M", "accept": "K"}
SENTENCES = ("fact", "reason")  # values that are marked for translation themselves
GRID, LARGE, LINES = range(3)


class KindSide(QWidget):
    """Remedies go to the chosen findings; where none is chosen, to all that are open.

    Of what has to be looked at one by one, such as doubtful labels, nothing is done to all at once.
    """

    def __init__(
        self, session: Session, health: HealthState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._health = session, health
        self._kind = ""
        self._findings: tuple[Finding, ...] = ()
        self._samples: dict[ImageRef, Sample] = {}
        self._samples_of: DatasetIndex | None = None
        self.title = label("", "section")
        self.reason = label("", "hint", wrap=True)
        self.scope = label("", "hint")
        self.remedies = RemedyBar()
        self.take_back = IconButton(self.tr("Take back"), "undo", "quiet", self._on_take_back)
        self.take_back.setToolTip(self.tr("Let the images be as the dataset says"))
        self.sentence = label("", wrap=True)
        self.grid = FindingGrid(session.thumbnails)
        self.large = LargeView(session.thumbnails)
        self._line_model = QStringListModel(self)
        self.lines = QListView()
        self.lines.setModel(self._line_model)
        self.lines.setWordWrap(True)
        self.lines.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.lines.setAccessibleName(self.tr("Findings of this kind"))
        self._stack = QStackedWidget()
        for view in (self.grid, self.large, self.lines):
            self._stack.addWidget(view)
        tools = hstack(self.scope, (self.remedies, 1), self.take_back, spacing=theme.GRID)
        vstack(
            self.title,
            self.reason,
            tools,
            self.sentence,
            (self._stack, 1),
            spacing=theme.GRID,
            parent=self,
        )
        self.remedies.chosen.connect(self._treat)
        self.grid.selection_changed.connect(self._on_selection_changed)
        self.grid.activated.connect(self._open_large)
        self.large.closed.connect(self._close_large)
        self.large.stepped.connect(self.step)
        session.datasets.edited.connect(self._on_edited)

    @property
    def _must_choose(self) -> bool:
        """Whether each has to be looked at: the remedy is a guess."""
        return bool(self._kind) and FINDING_KINDS[self._kind].remedies[:1] == ("move",)

    @property
    def chosen(self) -> tuple[Finding, ...]:
        """The findings that are chosen, done or not."""
        if self._stack.currentIndex() == LINES:
            rows = sorted(index.row() for index in self.lines.selectedIndexes())
            return tuple(self._findings[row] for row in rows)
        return tuple(self._findings[group] for group in self.grid.chosen_groups)

    @property
    def _in_scope(self) -> tuple[Finding, ...]:
        return self.chosen or (() if self._must_choose else self._findings)

    def show_kind(self, kind: str) -> None:
        """Show the findings of a kind."""
        is_other = kind != self._kind
        self._kind = kind
        spec = FINDING_KINDS[kind]
        self.title.setText(core_text(spec.title))
        by_key = self.tr("By key: M moves, Del leaves out, K is fine; the next one follows.")
        reason = core_text(spec.reason)
        self.reason.setText(f"{reason} {by_key}" if self._must_choose else reason)
        if is_other:
            self.grid.set_groups((), ())
            self.grid.scroll_to_top()
        self.refresh()
        if is_other and self._must_choose and self._findings:
            self._choose_next(-1)

    def refresh(self) -> None:
        """Follow the report and what was done about it."""
        report = self._health.report
        found = report.by_kind.get(self._kind, ()) if report is not None and self._kind else ()
        self._findings = tuple(found)
        self._show_images()

    def show_skipped(self, kind: str, reason: Note) -> None:
        """Say why a check was not made."""
        self._kind = kind
        self._findings = ()
        self.title.setText(core_text(FINDING_KINDS[kind].title))
        self.reason.setText(core_text(reason.sentence, **reason.values))
        self._show_images()

    def add_keys(self, whole: QWidget) -> None:
        """Let the keys of remedies work wherever the focus is in `whole`."""
        for key, names in (
            ("Del", ("leave_out_of_training", "leave_out")),
            ("M", ("move",)),
            ("K", ("accept",)),
        ):
            shortcut = QShortcut(QKeySequence(key), whole)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._treat_chosen, names))

    def step(self, by: int) -> None:
        """Choose the finding before or behind."""
        group = self.grid.group_of(self.grid.current_index) + by
        if 0 <= group < len(self._findings):
            self._choose(group)

    # -- inside ----------------------------------------------------------------------------------

    def _show_images(self) -> None:
        index = self._session.datasets.index
        if index is None:
            return
        read = index.unedited or index
        if not read.is_same_look(self._samples_of):
            self._samples_of = read
            self._samples = {sample.image: sample for sample in read.samples}
        if self._findings:
            self.remedies.set_remedies(remedies_for(self._findings[0], index), KEYS)
        has_images = any(finding.images for finding in self._findings)
        if has_images:
            items = FindingItems(
                self._findings, read, self._samples, lambda: self._session.datasets.manifest
            )
            self.grid.set_groups(items, items.sizes)
            if self._stack.currentIndex() == LINES:
                self._stack.setCurrentIndex(GRID)
        else:
            self._show_lines()
            self._stack.setCurrentIndex(LINES)
        self._on_selection_changed()

    def _show_lines(self) -> None:
        """Sentences; the choice stays."""
        manifest = self._session.datasets.manifest
        lines = []
        for finding in self._findings:
            done = done_about(finding, "", manifest)
            lines.append(f"{self._words(finding)} · {done}" if done else self._words(finding))
        if len(lines) == self._line_model.rowCount():
            for place, line in enumerate(lines):
                self._line_model.setData(self._line_model.index(place), line)
        else:
            self._line_model.setStringList(lines)

    def _on_edited(self) -> None:
        self.grid.viewport().update()
        if self._stack.currentIndex() == LINES:
            self._show_lines()
        self._on_selection_changed()

    def _words(self, finding: Finding) -> str:
        values = dict(finding.note.values)
        if "splits" in values:
            titles = [
                core_text(SPLIT_TITLES[Split(name)]) for name in str(values["splits"]).split(", ")
            ]
            values["splits"] = ", ".join(titles)
        return core_text(finding.note.sentence, **values)

    def _on_selection_changed(self) -> None:
        chosen, scope = self.chosen, self._in_scope
        open_ids = self._health.open_ids
        held = [finding for finding in scope if finding.id in open_ids]
        if chosen:
            self.scope.setText(self.tr("%n chosen:", "", len(chosen)))
        elif self._findings and not self._must_choose:
            self.scope.setText(self.tr("%n open:", "", len(held)))
        else:
            self.scope.setText("")
        self.scope.setVisible(bool(self.scope.text()))
        self.remedies.setVisible(bool(self._findings))
        self.remedies.set_usable(bool(held))
        has_edits = bool(self._session.datasets.manifest)
        self.take_back.setVisible(has_edits and any(map(self._is_done, scope)))
        group = self.grid.group_of(self.grid.current_index)
        if group < 0 and len(self._findings) == 1:
            group = 0
        is_one = self._stack.currentIndex() != LINES and 0 <= group < len(self._findings)
        self.sentence.setText(self._words(self._findings[group]) if is_one else "")
        self.sentence.setVisible(is_one)
        if self._stack.currentIndex() == LARGE:
            self._show_large()

    def _is_done(self, finding: Finding) -> bool:
        """Whether something was done about it, here or elsewhere."""
        index, manifest = self._session.datasets.index, self._session.datasets.manifest
        assert index is not None
        if finding.id in manifest.accepted:
            return True
        keys = (manifest_key(index.root, image) for image in finding.images)
        return any(done_about(finding, key, manifest) for key in keys)

    def _treat(self, remedy: Remedy) -> None:
        last = max(self.grid.chosen_groups, default=-1)
        was_chosen = bool(self.chosen)
        self._health.treat(remedy, self._in_scope)
        if was_chosen and self._stack.currentIndex() != LINES:
            self._choose_next(last)

    def _treat_chosen(self, names: Sequence[str]) -> None:
        """By a key, which means what is chosen and nothing else."""
        spec = FINDING_KINDS[self._kind] if self._kind else None
        for name in names:
            if self.chosen and spec and (name in spec.remedies or name == ACCEPT.id):
                self._treat(REMEDIES[name])
                return

    def _on_take_back(self) -> None:
        self._health.take_back([one for one in self._in_scope if self._is_done(one)])

    def _choose_next(self, after: int) -> None:
        """Choose the first finding behind `after` about which nothing was done."""
        for group in range(after + 1, len(self._findings)):
            if not self._is_done(self._findings[group]):
                self._choose(group)
                return

    def _choose(self, group: int) -> None:
        self.grid.set_current_index(self.grid.cells_of(group).start)

    def _open_large(self) -> None:
        self._stack.setCurrentIndex(LARGE)
        self._show_large()
        self.large.back_button.setFocus()

    def _close_large(self) -> None:
        self._stack.setCurrentIndex(GRID)
        self.grid.setFocus()

    def _show_large(self) -> None:
        current = self.grid.current_index
        group = self.grid.group_of(current)
        if group < 0:
            self._close_large()
            return
        cells = self.grid.cells_of(group)
        self.large.show_items([self.grid.items[cell] for cell in cells], current - cells.start)
