"""The images of a comparison: fixed, broken, never right, always right, and what each run says."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from tlstudio.core.runs.comparison import CHANGE_TITLES, Change, ComparedImage, RunComparison
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconLabel, label, plain_tip
from tlstudio.gui.kit.chart.run_curves import entry_spec
from tlstudio.gui.kit.chart.series import LegendKey
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.predictions.items import answer_text
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.thumbnail_grid import GridItem, Mark, ThumbnailGrid
from tlstudio.gui.kit.thumbnails import ThumbnailCache

SIDE_PX = 320
ALL = "all"
THUMB_PX = 112


class ComparisonImages(QWidget):
    """A filter and a gallery; beside it the chosen image with the answer of every run."""

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: RunComparison | None = None
        self._base = 0
        self._images: tuple[ComparedImage, ...] = ()
        self.filter = Segmented(self.tr("Which images"))
        self.target = ChoiceField()
        self.target.setAccessibleName(self.tr("From the run that is compared with, to"))
        self._to = label(self.tr("in"), "hint")
        self.about = label("", "hint", wrap=True)
        self.grid = ThumbnailGrid(cache)
        self.grid.set_thumb_size(THUMB_PX)
        self.grid.setAccessibleName(self.tr("Images of the comparison"))
        self.side = _ImageSide(cache)
        top = hstack(
            self.filter, theme.GRID, self._to, (self.target, 1), Stretch(1), spacing=theme.GRID
        )
        body = hstack((self.grid, 1), self.side, spacing=2 * theme.GRID)
        vstack(top, self.about, (body, 1), spacing=theme.GRID, parent=self)
        self.filter.chosen.connect(self._show)
        self.target.currentTextChanged.connect(self._show_whole)
        self.target.chosen.connect(self._on_target_chosen)
        self.grid.current_changed.connect(self._on_current_changed)

    @property
    def images(self) -> tuple[ComparedImage, ...]:
        """Those that are shown."""
        return self._images

    def set_comparison(self, comparison: RunComparison, base: int) -> None:
        """Show what became of the images from the run at place `base`."""
        is_new = comparison is not self._comparison
        self._comparison, self._base = comparison, base
        target = self.target.value
        others = [place for place in range(len(comparison.runs)) if place != base]
        self.target.set_choices((str(place), comparison.names[place]) for place in others)
        if is_new or target not in map(str, others):
            target = str(others[0])
        self.target.set_value(target)
        for widget in (self._to, self.target):
            widget.setVisible(len(others) > 1)
        self._show_filter()
        if is_new:
            self.filter.set_value(Change.FIXED)
        self._show()

    def select(self, change: Change | None) -> None:
        """Show the images of a kind; None shows all."""
        self.filter.set_value(ALL if change is None else change)
        self._show()

    @property
    def _target(self) -> int:
        return int(self.target.value or 0)

    def _show_filter(self) -> None:
        comparison = self._comparison
        assert comparison is not None
        options: list[tuple[object, str]] = [
            (
                change,
                f"{core_text(CHANGE_TITLES[change])} {formats.count(count)}",
            )
            for change in Change
            for count in [len(comparison.select(change, self._base, self._target))]
        ]
        every = self.tr("All")
        every = f"{every} {formats.count(len(comparison.images))}"
        self.filter.set_options([*options, (ALL, every)])

    def _show(self, *_: object) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        value = self.filter.value
        change = value if isinstance(value, Change) else None
        self._images = comparison.select(change, self._base, self._target)
        self.grid.set_items([self._item(image) for image in self._images if any(image.answers)])
        self.grid.set_empty_text(self.tr("No such image."))
        self.about.setText(self._about(change, comparison))
        self.about.setVisible(bool(self.about.text()))
        if self.grid.current_index < 0 and self._images:
            self.grid.set_current_index(0)
        self._on_current_changed(self.grid.current_index)

    def _about(self, change: Change | None, comparison: RunComparison) -> str:
        if not comparison.images:
            return self.tr("What these runs said of each validation image is not kept.")
        first, second = comparison.names[self._base], comparison.names[self._target]
        texts = {
            Change.FIXED: self.tr("Wrong in “{first}”, right in “{second}”."),
            Change.BROKEN: self.tr("Right in “{first}”, wrong in “{second}”."),
            Change.NEVER: self.tr(
                "Wrong in every run. Where all say the same and are sure of it, the label "
                "is likely to be wrong: those come first."
            ),
            Change.ALWAYS: self.tr("Right in every run."),
            None: "",
        }
        return texts[change].format(first=first, second=second)

    def _item(self, image: ComparedImage) -> GridItem:
        answers = [answer for answer in image.answers if answer is not None]
        rights = image.is_right
        told = sum(right is True for right in rights)
        said = self.tr("{right} of {runs} right").format(right=told, runs=len(answers))
        mark = Mark.RIGHT if told == len(answers) else Mark.WRONG if not told else Mark.NONE
        return GridItem(answers[0].image, image.true_class, said, mark, image.key)

    def _show_whole(self, name: str) -> None:
        self.target.setToolTip(plain_tip(name))  # a long one is cut off

    def _on_target_chosen(self, _: str) -> None:
        self._show_filter()
        self._show()

    def _on_current_changed(self, index: int) -> None:
        if self._comparison is not None:
            image = self._images[index] if 0 <= index < len(self._images) else None
            self.side.set_image(self._comparison, image)


class _ImageSide(QWidget):
    """The chosen image, its true class, and a row for each run."""

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(SIDE_PX)
        self.photo = ImageViewer(cache, framed=True)
        self.name = ElidedLabel()
        self.truth = label("", "section")
        self._answers = QWidget()
        self._grid = QGridLayout(self._answers)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GRID)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._cells: list[QWidget] = []
        self.texts: list[str] = []
        vstack(
            (self.photo, 1),
            self.name,
            self.truth,
            self._answers,
            spacing=theme.GRID // 2,
            parent=self,
        )

    def set_image(self, comparison: RunComparison, image: ComparedImage | None) -> None:
        """Show what each run says of an image; None shows nothing."""
        for widget in self._cells:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cells, self.texts = [], []
        answers = image.answers if image is not None else ()
        known = [answer for answer in answers if answer is not None]
        if image is None or not known:
            self.photo.show_text("")
            self.name.set_text("")
            self.truth.setText("")
            return
        self.photo.show_image(known[0].image)
        self.name.set_text(known[0].image.name, str(known[0].image))
        self.truth.setText(self.tr("It is: {name}").format(name=image.true_class))
        for place, answer in enumerate(answers):
            run = comparison.runs[place]
            text = formats.NONE if answer is None else answer_text(answer, run.record.classes)
            self.texts.append(text)
            is_right = answer is not None and bool(answer.is_right)
            mark = IconLabel(*(("right", 14, "right") if is_right else ("wrong", 14, "wrong")))
            mark.setAccessibleName(self.tr("right") if is_right else self.tr("wrong"))
            mark.setVisible(answer is not None)
            name = ElidedLabel(run.name)  # names of a race differ in the middle or at the end
            said = ElidedLabel(text)
            row = (LegendKey(entry_spec(place)), name, mark, said)
            for column, widget in enumerate(row):
                self._grid.addWidget(widget, place, column)
            self._grid.setRowMinimumHeight(place, 24)
            self._cells += row
