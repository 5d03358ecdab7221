"""The residual sum: how much of F(x) is added, in any block of a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import photo as photos
from tlstudio.gui.features.learn.jobs import residual as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.answer_bars import AnswerBars
from tlstudio.gui.features.learn.widgets.block_chain import BlockChain
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.pixel_picture import PixelPicture
from tlstudio.gui.features.learn.widgets.shades import shades
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.learn.jobs.residual import Block, ResidualSum

SCALES = tuple(step / 20 for step in range(41))  # 0 to 2
ANSWERS_PX = 216
NETWORK = "EfficientNet-Lite0"
PHOTO_PX = 128
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class ResidualLesson(LessonScreen):
    """Above the sum of a block in pictures, below all blocks, and at the right the answer."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self._scales: dict[str, float] = dict(self.kept("scales", {}))
        self.entering = PixelPicture(self.tr("x, what comes in"))
        self.change = PixelPicture(self.tr("F(x), what the block adds"))
        self.leaving = PixelPicture(self.tr("y, the sum"))
        self.scale = ValueSlider(self.tr("How much of F(x) is added, s"), SCALES, "{:.2f}".format)
        self.chain = BlockChain(self.tr("Blocks of the network"))
        self.reset = IconButton(self.tr("All as trained"), "undo", "quiet", self._on_reset)
        self.image = PixelPicture(self.tr("Photo"))
        self.image.setFixedSize(PHOTO_PX, PHOTO_PX)
        self.answers = AnswerBars(self.tr("What the network answers"))
        self.usual = label("", "hint", wrap=True)
        self._build()
        self.setFocusProxy(self.scale.slider)
        self.scale.changed.connect(self._on_scale)
        self.chain.chosen.connect(self._on_block)
        self.ask(jobs.residual_blocks, done=self._on_blocks)
        self.photo_changed()

    def photo_changed(self) -> None:
        self._ask()
        if self.photo is not None:
            self.ask(photos.photo_pixels, self.photo, PHOTO_PX, done=self.image.set_pixels)

    def show_answer(self, answer: ResidualSum) -> None:
        for picture, values in (
            (self.entering, answer.x),
            (self.change, answer.added),
            (self.leaving, answer.y),
        ):
            picture.set_pixels(shades(values, -answer.limit, answer.limit))
        self.answers.show_rows([(row.name, row.probability) for row in answer.answers])
        self.usual.setText(
            self.tr("As trained: {name}, {percent}").format(
                name=answer.usual.name, percent=formats.percent(answer.usual.probability)
            )
        )
        scale = self._scales.get(self.chain.current, 1)
        blocks = answer.paths.bit_length() - 1
        self.facts.show_parts(
            (
                "y = x + ",
                result(f"{scale:.2f}", "entry_1"),
                " · F(x)",
                soft("      " + self.tr("length of s · F(x) against x:") + " "),
                formats.percent(answer.share, 0),
                soft("      " + self.tr("paths:") + f" 2{str(blocks).translate(RAISED)} = "),
                result(formats.count(answer.paths), "entry_2"),
            )
        )

    def _build(self) -> None:
        grid = theme.GRID
        pictures = hstack(
            (_titled("x", self.entering), 1),
            (_titled("+  s · F(x)", self.change), 1),
            (_titled("=  y", self.leaving), 1),
            spacing=grid,
        )
        dragged = hstack((self.scale, 1), self.reset, spacing=3 * grid)
        chain = vstack(
            label(self.tr("Blocks of {network}").format(network=NETWORK), "section"),
            self.chain,
            spacing=grid,
        )
        left = vstack((pictures, 1), chain, dragged, spacing=2 * grid)
        right = QWidget()
        right.setFixedWidth(ANSWERS_PX)
        vstack(
            label(self.tr("Photo"), "section"),
            (self.image, Qt.AlignmentFlag.AlignLeft),
            grid,
            label(self.tr("The network answers"), "section"),
            self.answers,
            self.usual,
            Stretch(1),
            spacing=grid,
            parent=right,
        )
        self.stage.addLayout(left, 1)
        self.stage.addWidget(right)

    def _ask(self) -> None:
        if self.photo is not None and self.chain.current:
            self.ask(jobs.residual_sum, self.photo, self.chain.current, dict(self._scales))

    def _on_blocks(self, blocks: Sequence[Block]) -> None:
        first = next(block.path for block in blocks if block.has_shortcut)
        rows = [(block.path, block.has_shortcut) for block in blocks]
        self.chain.set_blocks(rows, self.kept("block", first))
        self._show_scales()
        self._ask()

    def _on_block(self, path: str) -> None:
        self.keep(block=path)
        self._show_scales()
        self._ask()

    def _on_scale(self, scale: float) -> None:
        self._scales[self.chain.current] = scale
        self._scales_changed()

    def _on_reset(self) -> None:
        self._scales.clear()
        self._scales_changed()

    def _scales_changed(self) -> None:
        self.keep(scales=dict(self._scales))
        self._show_scales()
        self._ask()

    def _show_scales(self) -> None:
        self.chain.set_scales(self._scales)
        self.scale.set_value(self._scales.get(self.chain.current, 1))
        self.reset.setEnabled(any(scale != 1 for scale in self._scales.values()))


def _titled(title: str, picture: QWidget) -> QVBoxLayout:
    centre = Qt.AlignmentFlag.AlignHCenter
    return vstack((label(title, "title"), centre), (picture, 1), spacing=theme.GRID // 2)
