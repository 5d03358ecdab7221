"""The chosen model: what it is, what its weights expect, and how to get them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tlstudio.core.catalog import WEIGHTS_PLACE_TITLES, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.preprocessing import Preprocessing
from tlstudio.gui import formats, theme
from tlstudio.gui.language import core_text
from tlstudio.gui.models.model_table_model import PLACE_ICONS
from tlstudio.gui.widgets.basics import IconButton, IconLabel, label

STEPS = 1000


class ModelCard(QFrame):
    """A strip below the table.

    Signals:
        download_asked(): a person wants the weights.
        cancel_asked(): a person wants the download to end.
    """

    download_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.title = label()
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.names = label("", "hint", wrap=True)
        self.facts = label("", "hint", wrap=True)
        self.hint = label(self.tr("“From scratch” needs no weights."), "hint")
        self.place_icon = IconLabel("on_board")
        self.place = label("", "hint")
        self.download = IconButton("", "download", "", self.download_asked.emit)
        self.progress = label("", "hint")
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.cancel = IconButton(self.tr("Cancel"), "close", "quiet", self.cancel_asked.emit)
        self._lay_out()

    def show_model(self, spec: ModelSpec, weights: WeightsSpec | None) -> None:
        """Show the facts about `spec`, with the chosen weights where they are."""
        self.title.setText(spec.title)
        names = (spec.name, spec.library, weights.name if weights else "")
        self.names.setText(" · ".join(filter(None, names)))
        self.facts.setText(self._facts(weights.preprocessing if weights else spec.inputs))
        where = weights.place if weights else WeightsPlace.NONE
        missing = where is WeightsPlace.REMOTE
        size = weights.size_bytes if weights else 0
        self.download.setText(
            self.tr("Download weights ({size})").format(size=formats.file_size(size))
        )
        self.place_icon.set_icon(PLACE_ICONS[where])
        place = core_text(WEIGHTS_PLACE_TITLES[where])
        self.place.setText(self.tr("Weights {place}").format(place=place))
        self.hint.setVisible(missing)
        self.stack.setCurrentWidget(self._remote if missing else self._here)

    def show_download(self, done_bytes: int, total_bytes: int) -> None:
        """Show a download of the shown model that is going on."""
        self.stack.setCurrentWidget(self._going)
        self.bar.setMaximum(STEPS if total_bytes else 0)
        self.bar.setValue(round(STEPS * done_bytes / total_bytes) if total_bytes else 0)
        self.progress.setText(
            self.tr("{done} of {total}").format(
                done=formats.file_size(done_bytes), total=formats.file_size(total_bytes)
            )
        )

    def set_can_download(self, can: bool, reason: str = "") -> None:
        """Only one download goes on at a time."""
        self.download.setEnabled(can)
        self.download.setToolTip(reason)

    def _facts(self, pre: Preprocessing) -> str:
        mean = ", ".join(f"{value:.3f}" for value in pre.mean)
        std = ", ".join(f"{value:.3f}" for value in pre.std)
        return self.tr(
            "Resize {resize} px, crop {crop} px, {interpolation}; mean {mean}; std {std}"
        ).format(
            resize=pre.resize_px,
            crop=pre.crop_px,
            interpolation=pre.interpolation,
            mean=mean,
            std=std,
        )

    def _lay_out(self) -> None:
        self._here, self._remote, self._going = QWidget(), QWidget(), QWidget()
        here = QHBoxLayout(self._here)
        here.addStretch()
        here.addWidget(self.place_icon)
        here.addWidget(self.place)
        remote = QVBoxLayout(self._remote)
        remote.addWidget(self.download)
        remote.addWidget(self.hint)
        going = QHBoxLayout(self._going)
        words = QVBoxLayout()
        words.setSpacing(theme.GRID // 2)
        words.addStretch()
        words.addWidget(self.progress)
        words.addWidget(self.bar)
        words.addStretch()
        going.addLayout(words, 1)
        going.addWidget(self.cancel)
        self.stack = QStackedWidget()
        for page in (self._here, self._remote, self._going):
            inner = page.layout()
            assert inner is not None
            inner.setContentsMargins(0, 0, 0, 0)
            self.stack.addWidget(page)
        left = QVBoxLayout()
        left.setSpacing(theme.GRID // 2)
        for widget in (self.title, self.names, self.facts):
            left.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(3 * theme.GRID)
        layout.addLayout(left, 1)
        layout.addWidget(self.stack)
