"""The Findings view: what is wrong with the open dataset, by how much it matters."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health import FINDING_KINDS, SEVERITY_TITLES, HealthReport, Severity
from tlstudio.gui.features.health.kind_list import KindList, KindRow
from tlstudio.gui.features.health.kind_side import KindSide
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

LIST_PX, NARROW_LIST_PX, NARROW_PX = 264, 184, 800
TOKENS = {
    Severity.CHANGES_RESULT: "wrong",
    Severity.WORTH_A_LOOK: "text",
    Severity.INFORMATION: "text_soft",
}


class FindingsView(QWidget):
    """A line that says how the check stands; below it kinds of findings, and those of one kind."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "finding")
        self._session = session
        self._health = session.feature(HealthState)
        self._shown: tuple[object, object] = (None, None)  # reports that the lists follow
        self.status = ElidedLabel()
        self.status.setProperty("role", "hint")
        self.bar = QProgressBar()
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(self.tr("The health check"))
        self.cancel_button = IconButton(self.tr("Cancel"), "close", "quiet", self._health.cancel)
        self.compare_button = IconButton(
            self.tr("Compare the images"), "search", "quiet", self._health.compare
        )
        self.compare_button.setToolTip(
            self.tr("With a network: finds likely wrong classes and images unlike all others")
        )
        self.check_button = IconButton(
            self.tr("Check again"), "reload", "quiet", self._health.check
        )
        self.kinds = KindList()
        self.side = KindSide(session, self._health)
        self.empty = EmptyState("success", "", "")
        self._content = QWidget()
        hstack(self.kinds, (self.side, 1), spacing=theme.GRID * 2, parent=self._content)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._content)
        line = hstack(
            (self.status, 1),
            self.bar,
            self.cancel_button,
            self.compare_button,
            self.check_button,
            spacing=theme.GRID,
        )
        vstack(line, (self._stack, 1), spacing=theme.GRID, parent=self)
        self.side.add_keys(self)  # also while the focus is on the list of kinds
        self.kinds.kind_chosen.connect(self._on_kind_chosen)
        self._health.changed.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        self.refresh()

    def set_index(self, index: DatasetIndex) -> None:
        """The state of the check follows the dataset by itself."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.kinds.setFixedWidth(NARROW_LIST_PX if self.width() < NARROW_PX else LIST_PX)

    def refresh(self) -> None:
        """Show how the check stands, and what it found."""
        if not self.isVisible():
            return
        health = self._health
        report = health.report
        self._show_status()
        shown, self._shown = self._shown, (report, health.open)
        if report is not None and shown[0] is report and shown[1] is health.open:
            return  # only the progress is another
        self.kinds.set_rows(self._rows(report) if report is not None else ())
        if report is not None and self.kinds.kind:
            self._stack.setCurrentWidget(self._content)
            self.side.refresh()
            return
        self._stack.setCurrentWidget(self.empty)
        if report is not None:
            title = self.tr("Nothing found")
        elif health.error is not None:
            title = self.tr("The check could not be made")
        else:
            title = self.tr("The images are looked at in the background")
        self.empty.title.setText(title)
        self.empty.text.setText(
            error_text(health.error)
            if health.error is not None
            else self.tr(
                "Copies, wrong classes, damaged and odd images, and whatever else changes a "
                "result is shown here, with what can be done about it. Your files stay as they are."
            )
        )

    # -- inside ----------------------------------------------------------------------------------

    def _show_status(self) -> None:
        health = self._health
        features, progress = health.features, health.progress
        going_on = health.is_checking or features.is_wanted
        text = ""
        if health.is_checking and progress is not None:
            text = self.tr("{what}: {done} of {total}").format(
                what=core_text(progress.stage),
                done=formats.count(progress.done),
                total=formats.count(progress.total),
            )
        elif health.is_waiting and self._session.is_busy:
            text = self.tr("The images are looked at when what is running now is over.")
        elif going_on:
            text = features.status or self.tr("The images are being looked at…")
        elif health.report is not None:
            text = self._checked_text(health.report)
        self.status.set_text(text)
        shown = progress if health.is_checking else features.progress
        total = shown.total if shown is not None else 0
        self.bar.setVisible(going_on)
        self.bar.setRange(0, total)
        self.bar.setValue(shown.done if shown is not None else 0)
        self.cancel_button.setVisible(going_on)
        lacks_features = health.report is not None and not health.report.has_features
        self.compare_button.setVisible(lacks_features and not going_on)
        self.check_button.setVisible(not going_on)
        self.check_button.setEnabled(not self._session.is_busy)

    def _checked_text(self, report: HealthReport) -> str:
        made = len(FINDING_KINDS) - len({skipped.kind for skipped in report.skipped})
        images = self.tr("%n image(s) looked at", "", report.checked)
        checks = self.tr("%n check(s)", "", made)
        return f"{images} · {checks}"

    def _rows(self, report: HealthReport) -> list[KindRow]:
        """Findings by severity, then the checks that were not made."""
        open_of = self._health.open.by_kind if self._health.open is not None else {}
        rows: list[KindRow] = []
        for severity, title in SEVERITY_TITLES.items():
            of_severity = [
                KindRow(
                    kind,
                    core_text(FINDING_KINDS[kind].title),
                    len(open_of.get(kind, ())),
                    len(findings),
                    TOKENS[severity],
                )
                for kind, findings in report.by_kind.items()
                if FINDING_KINDS[kind].severity is severity
            ]
            if of_severity:
                rows += [KindRow("", core_text(title)), *of_severity]
        skipped = [kind for kind in _skipped_kinds(report) if kind not in report.by_kind]
        if skipped and rows:
            rows.append(KindRow("", self.tr("Not checked")))
            rows += [KindRow(kind, core_text(FINDING_KINDS[kind].title), None) for kind in skipped]
        return rows

    def _on_kind_chosen(self, kind: str) -> None:
        report = self._health.report
        if report is None or not kind:
            return
        if kind in report.by_kind:
            self.side.show_kind(kind)
        else:
            reason = next(one.reason for one in report.skipped if one.kind == kind)
            self.side.show_skipped(kind, reason)


def _skipped_kinds(report: HealthReport) -> list[str]:
    return list(dict.fromkeys(skipped.kind for skipped in report.skipped))
