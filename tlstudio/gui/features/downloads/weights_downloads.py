"""Downloads on their way: a row for each, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QWidget

from tlstudio.core.networks.downloads import Download, DownloadStatus, WeightsName
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label, set_property
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.weights_texts import download_text

STEPS = 1000
ROWS_SEEN = 3  # before the list scrolls


class DownloadRow(QWidget):
    """The row of a download.

    Signals:
        cancel_asked(WeightsName), resume_asked(WeightsName), restart_asked(WeightsName),
        discard_asked(WeightsName): a person wants that.
    """

    cancel_asked = Signal(object)
    resume_asked = Signal(object)
    restart_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, download: Download) -> None:
        super().__init__()
        self.name: WeightsName = download.name
        self.title = label(download.title)
        self.weights = label(download.name.weights, "hint")
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(download.title)
        self.status = label("", "hint", wrap=True)
        # the address in it is of use in a browser
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.cancel = IconButton(self.tr("Cancel"), "close", "quiet", self._on_cancel)
        self.resume = IconButton(self.tr("Resume"), "play", "quiet", self._on_resume)
        self.restart = IconButton(self.tr("Restart"), "reload", "quiet", self._on_restart)
        self.restart.setToolTip(self.tr("Throw away what has come and begin again"))
        self.discard = IconButton(self.tr("Remove"), "close", "quiet", self._on_discard)
        self.discard.setToolTip(self.tr("Throw away what has come"))
        self._lay_out()
        self.show_download(download)

    def show_download(self, download: Download) -> None:
        """Show how it is doing now."""
        progress, status = download.progress, download.status
        is_unknown = status is DownloadStatus.RUNNING and progress.fraction is None
        self.bar.setMaximum(0 if is_unknown else STEPS)
        self.bar.setValue(0 if is_unknown else round(STEPS * (progress.fraction or 0)))
        self.status.setText(download_text(download))
        set_property(self.status, "tone", "wrong" if status is DownloadStatus.FAILED else "")
        self.cancel.setVisible(download.active)
        for button in (self.resume, self.discard):
            button.setVisible(not download.active)
        self.restart.setVisible(not download.active and progress.done_bytes > 0)
        has_come = progress.done_bytes > 0
        self.resume.setText(self.tr("Resume") if has_come else self.tr("Try again"))

    def _lay_out(self) -> None:
        top = hstack(
            self.title,
            self.weights,
            Stretch(),
            self.cancel,
            self.resume,
            self.restart,
            self.discard,
            spacing=theme.GRID,
        )
        vstack(
            top,
            self.bar,
            self.status,
            spacing=theme.GRID // 2,
            margins=(0, 0, 0, theme.GRID),
            parent=self,
        )

    def _on_cancel(self) -> None:
        self.cancel_asked.emit(self.name)

    def _on_resume(self) -> None:
        self.resume_asked.emit(self.name)

    def _on_restart(self) -> None:
        self.restart_asked.emit(self.name)

    def _on_discard(self) -> None:
        self.discard_asked.emit(self.name)


class DownloadList(QScrollArea):
    """Hidden while there are none.

    Signals:
        cancel_asked(WeightsName), resume_asked(WeightsName), restart_asked(WeightsName),
        discard_asked(WeightsName): as those of its rows.
    """

    cancel_asked = Signal(object)
    resume_asked = Signal(object)
    restart_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[WeightsName, DownloadRow] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        self._layout = vstack(spacing=0, margins=(0, 0, theme.GRID, 0), parent=inner)
        self.setWidget(inner)
        self.setAccessibleName(self.tr("Downloads"))
        self.setVisible(False)

    def show_downloads(self, downloads: tuple[Download, ...]) -> None:
        """Show these; rows that stay keep their place and the focus."""
        wanted = {download.name for download in downloads}
        for name in [name for name in self.rows if name not in wanted]:
            row = self.rows.pop(name)
            self._layout.removeWidget(row)
            row.deleteLater()
        for download in downloads:
            if download.name in self.rows:
                self.rows[download.name].show_download(download)
            else:
                self._add(download)
        self.setVisible(bool(self.rows))
        self._fit()

    def _add(self, download: Download) -> None:
        row = self.rows[download.name] = DownloadRow(download)
        row.cancel_asked.connect(self.cancel_asked)
        row.resume_asked.connect(self.resume_asked)
        row.restart_asked.connect(self.restart_asked)
        row.discard_asked.connect(self.discard_asked)
        self._layout.addWidget(row)

    def _fit(self) -> None:
        """Make the list as high as its first rows."""
        width = self.viewport().width() - theme.GRID
        seen = list(self.rows.values())[:ROWS_SEEN]
        heights = [max(r.heightForWidth(width), r.sizeHint().height()) for r in seen]
        self.setFixedHeight(max(1, sum(heights)))
