"""The status bar: device, what is going on, how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QStatusBar, QWidget

from tlstudio.core.runs.events import BatchEnded, FeaturesProgressed
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.basics import IconLabel, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.state.run_texts import RunTexts


class Status(QStatusBar):
    """The quiet line at the bottom of the window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._texts: RunTexts | None = None
        self.setSizeGripEnabled(False)
        self.setContentsMargins(12, 0, 12, 0)
        self._activity = label("", "hint")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._device = label("", "hint")
        explain(self._device, "config.device")
        explain(self._activity, "forecast")
        self.addWidget(self._activity)
        self.addPermanentWidget(self._bar)
        self.addPermanentWidget(IconLabel("device", 14))
        self.addPermanentWidget(self._device)

        session.network.engine_ready.connect(self.refresh)
        session.network.failed.connect(self.refresh)
        session.network.settings_changed.connect(self.refresh)
        session.datasets.loading_changed.connect(self.refresh)
        session.datasets.progressed.connect(self._on_reading)
        session.run.status_changed.connect(self.refresh)
        session.run.progressed.connect(self._on_progressed)
        session.classifier.predicting_changed.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        self.refresh()

    @property
    def activity(self) -> str:
        """Describe what is running."""
        return self._activity.text()

    def refresh(self) -> None:
        session = self._session
        self._device.setText(self._device_title())
        self._bar.hide()
        match session.run.status:
            case RunStatus.PREPARING:
                self._activity.setText(self.tr("Preparing the network…"))
            case RunStatus.PAUSED:
                self._activity.setText(self.tr("Paused"))
                self._bar.show()
            case RunStatus.STOPPING:
                self._activity.setText(self.tr("Stopping after this batch…"))
            case RunStatus.RUNNING:
                self._bar.show()
                self._on_progressed(session.run.record.progress)
            case RunStatus.IDLE:
                self._activity.setText(self._idle_text())

    def _idle_text(self) -> str:
        session = self._session
        if session.datasets.loading:
            return self.tr("Reading the folder…")
        if session.classifier.predicting:
            return self.tr("Looking at images…")
        if session.network.failure is not None:
            return error_text(session.network.failure)
        if not session.network.is_ready:
            return self.tr("Loading PyTorch… you can look around meanwhile")
        if session.is_busy:  # a race, a cross-validation
            return self.tr("Measuring…")
        return self.tr("Ready")

    def _device_title(self) -> str:
        network = self._session.network
        if not network.devices:
            return "…"
        wanted = network.config.device
        known = {device.name: device.title for device in network.devices}
        first = network.devices[0]
        if wanted == "auto":
            return f"{first.title} ({first.name})"
        return f"{core_text(known.get(wanted, wanted))} ({wanted})"

    def _on_reading(self, done: int, total: int) -> None:
        if self._session.datasets.loading and not self._session.run.active:
            self._activity.setText(
                self.tr("Reading the folder… {done} of {total} files").format(
                    done=formats.count(done), total=formats.count(total)
                )
            )

    def _on_progressed(self, progress: BatchEnded | FeaturesProgressed | None) -> None:
        if progress is None or self._session.run.status is not RunStatus.RUNNING:
            return
        self._bar.setValue(round(1000 * progress.progress))
        info = self._session.run.record.started
        parts = [
            self.tr("Epoch {epoch} of {epochs}").format(
                epoch=progress.epoch, epochs=info.epochs if info else "?"
            )
        ]
        if isinstance(progress, FeaturesProgressed):
            if self._texts is None:
                from tlstudio.gui.state.run_texts import (
                    RunTexts,  # not needed before the first paint
                )

                self._texts = RunTexts(self)
            parts.append(self._texts.features(progress))
        if progress.images_per_s:
            speed = formats.count(round(progress.images_per_s))
            parts.append(self.tr("{n} images/s").format(n=speed))
        if progress.remaining_s is not None:
            left = formats.duration(progress.remaining_s)
            parts.append(self.tr("{left} left").format(left=left))
        self._activity.setText("  ·  ".join(parts))
