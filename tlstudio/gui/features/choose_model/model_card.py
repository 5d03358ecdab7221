"""The chosen model: what it is, its weights, and how its input is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.catalog import (
    LIBRARY_TITLES,
    WEIGHTS_PLACE_TITLES,
    ModelSpec,
    WeightsPlace,
    WeightsSpec,
)
from tlstudio.core.networks.downloads import DownloadProgress
from tlstudio.core.networks.families import Family, family_with_id
from tlstudio.core.networks.inputs import input_notes, input_preprocessing
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.notes import Note
from tlstudio.gui.features.choose_model.inputs_form import InputsForm
from tlstudio.gui.features.choose_model.short_note import ShortNote
from tlstudio.gui.features.choose_model.weights_choice import WeightsChoice
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import Fold, IconButton, IconLabel, label, set_property
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_hint, error_text, shown
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.weights_texts import PLACE_ICONS, progress_text

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import ImagesGlance

STEPS = 1000
TWO_COLUMNS_FROM_PX = 600
LARGE_PARAMETERS = 400_000_000
BYTES_PER_VALUE = 4


class ModelCard(QFrame):
    """Two columns below the table, or one beside it.

    Args:
        start: the choice of what a run starts from, below the weights.

    Signals:
        download_asked(): a person wants the weights.
        cancel_asked(): a person wants the download to end.
        scratch_asked(): a person wants to train without pretrained weights.
        weights_chosen(str): other pretrained weights; empty for the default ones.
        input_changed(str, object): name of a setting of its input, and its new value.
        input_opened(): a person looks at these settings.
    """

    download_asked = Signal()
    cancel_asked = Signal()
    scratch_asked = Signal()
    weights_chosen = Signal(str)
    input_changed = Signal(str, object)
    input_opened = Signal()

    def __init__(self, start: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self.setProperty("role", "panel")
        self.title = label(wrap=True)
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.names = label("", "hint", wrap=True)
        self.large = label("", "hint", wrap=True)
        self.note = ShortNote()
        self.weights = WeightsChoice()
        self.hint = label(self.tr("“From scratch” needs no weights."), "hint", wrap=True)
        self.place_icon = IconLabel("on_board")
        self.place = label("", "hint")
        self.scratch = IconButton(
            self.tr("Train from scratch"), "", "quiet", self.scratch_asked.emit
        )
        self.download = IconButton("", "download", "", self.download_asked.emit)
        self.progress = label("", "hint")
        self.bar = QProgressBar(minimum=0, maximum=STEPS)
        self.bar.setTextVisible(False)
        self.cancel = IconButton(self.tr("Cancel"), "close", "quiet", self.cancel_asked.emit)
        self.inputs = InputsForm()
        self.preprocessing = label("", "hint", wrap=True)
        self._input = QWidget()
        self.input_fold = Fold(self.tr("Input"), self._input)
        self.input_notes = label("", "hint", wrap=True)
        self.input_notes.setContentsMargins(0, 0, 0, theme.GRID // 2)
        self._lay_out()
        self.weights.chosen.connect(self.weights_chosen)
        self.inputs.changed.connect(self.input_changed)
        self.input_fold.opened.connect(self.input_opened)

    def show_model(self, spec: ModelSpec, weights: WeightsSpec | None) -> None:
        """Show the facts about `spec`, with the chosen weights where they are."""
        family = family_with_id(spec.family_id) or Family(spec.family_id, spec.family)
        self.title.setText(spec.title)
        self.names.setText(self._names(spec, family))
        self.note.show_family(family)
        large = spec.parameters > LARGE_PARAMETERS
        self.large.setVisible(large)
        if large:
            size = formats.file_size(BYTES_PER_VALUE * spec.parameters)
            self.large.setText(
                self.tr(
                    "A large network: its values alone take {size} of memory, and training "
                    "several times as much."
                ).format(size=size)
            )
        self.weights.show_weights(spec, weights)
        self._show_place(weights)

    def show_inputs(
        self,
        config: RunConfig,
        spec: ModelSpec,
        problems: Mapping[str, TLStudioError],
        failure: TLStudioError | None = None,
        images: ImagesGlance | None = None,
    ) -> None:
        """Show what `config` changes at the input of `spec`.

        Args:
            config: the settings.
            spec: its model.
            problems: the settings that the network refuses, by name.
            failure: why the network could not be built with these settings.
            images: what those of the dataset look like.
        """
        self.inputs.show_inputs(config, spec, problems)
        self.scratch.setVisible(not spec.weights and config.initialisation == "pretrained")
        expected = spec.preprocessing
        notes: tuple[Note, ...] = ()
        try:
            expected = input_preprocessing(config, spec)
            notes = input_notes(config, spec, images)
        except TLStudioError as error:
            failure = failure or error
        self.preprocessing.setText(self._preprocessing(expected))
        self.input_fold.set_title(self._input_title(config, expected))
        lines = [core_text(note.sentence, **note.values) for note in notes]
        if failure is not None:  # then nothing was done
            lines = [line for line in (error_text(failure), error_hint(failure)) if line]
        self.input_notes.setText("\n".join(lines))
        self.input_notes.setVisible(bool(lines))
        set_property(self.input_notes, "tone", "" if failure is None else "wrong")

    def show_download(self, progress: DownloadProgress) -> None:
        """Show a download of the shown weights that is going on."""
        self.stack.setCurrentWidget(self._going)
        self.bar.setMaximum(STEPS if progress.total_bytes else 0)
        self.bar.setValue(round(STEPS * (progress.fraction or 0)))
        self.progress.setText(progress_text(progress))

    def set_locked(self, is_locked: bool) -> None:
        """While training nothing can be changed."""
        for widget in (self.weights.stack, self.inputs, self.scratch):
            widget.setEnabled(not is_locked)

    # -- inside ----------------------------------------------------------------------------------

    def _names(self, spec: ModelSpec, family: Family) -> str:
        parts = [spec.name, core_text(LIBRARY_TITLES[spec.library])]
        year = f" ({family.year})" if family.year else ""
        parts.append(f"{shown(family.title)}{year}")
        if spec.parameters:
            parts.append(self._parameters(spec))
        if spec.gflops:
            parts.append(self.tr("{gflops} GFLOPs").format(gflops=formats.gflops(spec.gflops)))
        return " · ".join(parts)

    def _parameters(self, spec: ModelSpec) -> str:
        counted = formats.compact(spec.parameters)
        if not spec.parameters_with_auxiliary:
            return self.tr("{parameters} parameters").format(parameters=counted)
        return self.tr("{parameters} parameters ({all} with auxiliary classifier)").format(
            parameters=counted, all=formats.compact(spec.parameters_with_auxiliary)
        )

    def _input_title(self, config: RunConfig, expected: Preprocessing) -> str:
        """Describe the network's input in a few words, as the title of the fold."""
        parts = [f"{expected.crop_px} × {expected.crop_px} px"]
        parts.append(self.tr("grey") if expected.channels == 1 else self.tr("red, green, blue"))
        if expected.crop_mode == "squash":
            parts.append(self.tr("squashed"))
        if config.stem == "small":
            parts.append(self.tr("stem for tiny images"))
        return self.tr("Input: {facts}").format(facts=", ".join(parts))

    def _preprocessing(self, pre: Preprocessing) -> str:
        mean = ", ".join(f"{value:.3f}" for value in pre.mean[: pre.channels])
        std = ", ".join(f"{value:.3f}" for value in pre.std[: pre.channels])
        text = (
            self.tr("Squash to {crop} × {crop} px, {interpolation}; mean {mean}; std {std}")
            if pre.crop_mode == "squash"
            else self.tr(
                "Resize {resize} px, crop {crop} px, {interpolation}; mean {mean}; std {std}"
            )
        )
        return text.format(
            resize=pre.resize_px,
            crop=pre.crop_px,
            interpolation=pre.interpolation,
            mean=mean,
            std=std,
        )

    def _show_place(self, weights: WeightsSpec | None) -> None:
        where = weights.place if weights else WeightsPlace.NONE
        missing = where is WeightsPlace.REMOTE
        if weights is not None and weights.size_bytes:
            size = formats.file_size(weights.size_bytes)
            self.download.setText(self.tr("Download weights ({size})").format(size=size))
        else:
            self.download.setText(self.tr("Download weights"))
        self.place_icon.set_icon(PLACE_ICONS[where])
        explain(self.place_icon, f"place.{PLACE_ICONS[where]}")
        place = core_text(WEIGHTS_PLACE_TITLES[where])
        self.place.setText(self.tr("Weights {place}").format(place=place))
        for widget in (self.place_icon, self.place):
            widget.setVisible(weights is not None)
        self.hint.setVisible(missing)
        self.stack.setCurrentWidget(self._remote if missing else self._here)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= TWO_COLUMNS_FROM_PX
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction is not self._columns.direction():
            self._columns.setDirection(direction)
            self._columns.setSpacing((4 if wide else 2) * theme.GRID)
            for number in range(self._columns.count()):
                self._columns.setStretch(number, int(wide))

    def _lay_out(self) -> None:
        self._here, self._remote, self._going = QWidget(), QWidget(), QWidget()
        hstack(
            self.place_icon,
            self.place,
            self.scratch,
            Stretch(),
            spacing=theme.GRID,
            parent=self._here,
        )
        hstack(self.download, (self.hint, 1), spacing=2 * theme.GRID, parent=self._remote)
        words = vstack(Stretch(), self.progress, self.bar, Stretch(), spacing=theme.GRID // 2)
        hstack((words, 1), self.cancel, parent=self._going)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for page in (self._here, self._remote, self._going):
            self.stack.addWidget(page)

        half = theme.GRID // 2
        left = vstack(self.title, self.names, self.large, self.note, Stretch(), spacing=half)
        heading = label(self.tr("Pretrained weights"), "section")
        right = vstack(heading, self.weights, self.stack, self._start, Stretch(), spacing=half)
        self._columns: QBoxLayout = hstack((left, 1), (right, 1), spacing=4 * theme.GRID)
        vstack(self.inputs, self.preprocessing, spacing=theme.GRID, parent=self._input)
        below_title = self.input_fold.layout()  # what was done is shown even when it is folded
        assert isinstance(below_title, QVBoxLayout)
        below_title.insertWidget(1, self.input_notes)
        # the columns take what they need
        vstack(
            self._columns,
            self.input_fold,
            Stretch(1),
            spacing=theme.GRID,
            margins=(0, 12, 0, 0),
            parent=self,
        )
