"""The lesson on depthwise separable convolution: the sizes to drag, and what both ways cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.gui.features.learn.jobs import depthwise as jobs
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.features.learn.widgets.formula_line import result, soft
from tlstudio.gui.features.learn.widgets.map_sheets import BEHIND, MOST_SHEETS, Sheets, paint_kernel
from tlstudio.gui.features.learn.widgets.value_slider import ValueSlider
from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnails import image_from_array
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    import numpy as np

    from tlstudio.gui.features.learn.jobs.depthwise import DepthwiseCosts, DepthwiseMaps

KERNELS = (1, 3, 5, 7)
MAPS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
SIDES = (7, 14, 28, 56, 112)
PAPER = {"kernel": 3, "maps_in": 512, "maps_out": 512, "side": 14}  # MobileNets, Table 3
SLIDERS_PX = 176
BAR_PX, NUMBER_PX = 14, 22
CAPTION_PX = 20
ORDINARY, DEPTHWISE, POINTWISE = "entry_1", "entry_2", "entry_3"


class DepthwiseLesson(LessonScreen):
    """Four sliders, both convolutions drawn with the photo's own maps, and bars to one scale."""

    has_photo = True

    def __init__(self, session: Session, lesson: Lesson, parent: QWidget | None = None) -> None:
        super().__init__(session, lesson, parent)
        self.sliders = {
            "kernel": ValueSlider(self.tr("Kernel side Dk"), KERNELS),
            "maps_in": ValueSlider(self.tr("Maps in M"), MAPS),
            "maps_out": ValueSlider(self.tr("Maps out N"), MAPS),
            "side": ValueSlider(self.tr("Map side Df"), SIDES),
        }
        self.picture = ConvolutionsPicture()
        self.paper = IconButton(self.tr("A layer of MobileNet"), "undo", "quiet", self._on_paper)
        self.counted = label("", "hint", wrap=True)
        self._counted_mark = IconLabel("right", 16, "right")
        top = Qt.AlignmentFlag.AlignTop
        side = QWidget()
        side.setFixedWidth(SLIDERS_PX)
        vstack(
            *self.sliders.values(),
            (self.paper, Qt.AlignmentFlag.AlignLeft),
            Stretch(1),
            hstack((self._counted_mark, top), (self.counted, 1), spacing=theme.GRID),
            spacing=2 * theme.GRID,
            parent=side,
        )
        self.stage.addWidget(side)
        self.stage.addWidget(self.picture, 1)
        for name, slider in self.sliders.items():
            slider.set_value(self.kept(name, PAPER[name]))
            slider.changed.connect(self._on_dragged)
        self._ask()
        self.photo_changed()

    @property
    def sizes(self) -> Sizes:
        """What the sliders say."""
        return Sizes(**{name: int(slider.value) for name, slider in self.sliders.items()})

    def photo_changed(self) -> None:
        if self.photo is not None:
            self.ask(jobs.depthwise_maps, self.photo, done=self._on_maps)

    def show_answer(self, answer: DepthwiseCosts) -> None:
        sizes = self.sizes
        self.picture.show_costs(sizes, answer)
        counted = answer.ordinary.multiply_adds, answer.separable.multiply_adds
        agrees = counted == (sizes.ordinary, sizes.separable)
        self._counted_mark.set_icon("right" if agrees else "wrong", "right" if agrees else "wrong")
        self.counted.setText(
            self.tr("Counted on torch's layers: the formulas give the same.")
            if agrees
            else self.tr("torch's layers cost something else.")
        )
        times = 1 / answer.ratio
        self.facts.show_parts(
            (
                soft("1/N + 1/Dk² = "),
                f"1/{sizes.maps_out} + 1/{sizes.kernel**2}",
                soft(" = "),
                f"{answer.ratio:.3f}",
                soft("  →  "),
                result(
                    self.tr("{times}× fewer multiply-adds").format(times=f"{times:.1f}")
                    if times >= 1
                    else self.tr("{times}× more multiply-adds").format(times=f"{answer.ratio:.1f}")
                ),
            )
        )

    def _on_dragged(self) -> None:
        self.keep(**{name: slider.value for name, slider in self.sliders.items()})
        self._ask()

    def _on_paper(self) -> None:
        for name, slider in self.sliders.items():
            slider.set_value(PAPER[name])
        self._on_dragged()

    def _ask(self) -> None:
        sizes = self.sizes
        self.ask(jobs.depthwise_costs, sizes.kernel, sizes.maps_in, sizes.maps_out, sizes.side)

    def _on_maps(self, maps: DepthwiseMaps) -> None:
        self.picture.show_maps(maps)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a convolution, and what the formulas say that it costs in multiply-adds."""

    kernel: int
    maps_in: int
    maps_out: int
    side: int

    @property
    def ordinary(self) -> int:
        return self.kernel**2 * self.maps_in * self.maps_out * self.side**2

    @property
    def separable(self) -> int:
        return (self.kernel**2 * self.maps_in + self.maps_in * self.maps_out) * self.side**2


class ConvolutionsPicture(QWidget):
    """Above the ordinary convolution, below the two halves of the separable one, each with a bar.

    All bars have one scale: the dearer of both ways fills its line.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: Sizes | None = None
        self._costs: DepthwiseCosts | None = None
        self._maps: DepthwiseMaps | None = None
        self.setAccessibleName(self.tr("Ordinary and depthwise separable convolution"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_costs(self, sizes: Sizes, costs: DepthwiseCosts) -> None:
        """Draw these sizes, and bars of what they cost."""
        self._sizes, self._costs = sizes, costs
        self.setAccessibleDescription(
            self.tr("ordinary {ordinary}, separable {separable} multiply-adds").format(
                ordinary=formats.count(costs.ordinary.multiply_adds),
                separable=formats.count(costs.separable.multiply_adds),
            )
        )
        self.update()

    def show_maps(self, maps: DepthwiseMaps) -> None:
        """Draw these maps on the sheets."""
        self._maps = maps
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, 368)

    def minimumSizeHint(self) -> QSize:
        return QSize(424, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._sizes is None or self._costs is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = (self.height() - 2 * theme.GRID) / 2
        self._paint_ordinary(painter, QRectF(0, 0, self.width(), half))
        below = QRectF(0, half + 2 * theme.GRID, self.width(), half)
        self._paint_separable(painter, below)

    def _paint_ordinary(self, painter: QPainter, area: QRectF) -> None:
        sizes, costs, colour = self._sizes, self._costs, _colour(ORDINARY)
        assert sizes is not None and costs is not None
        formula = f"Dk²·M·N·Df²  =  {sizes.kernel}²·{sizes.maps_in}·{sizes.maps_out}·{sizes.side}²"
        self._paint_head(painter, area, self.tr("Ordinary convolution"), ((formula, ORDINARY),))
        bar = self._paint_bar(painter, area, ((costs.ordinary.multiply_adds, ORDINARY),))
        room = QRectF(area.left(), area.top() + 24, area.width(), bar.top() - area.top() - 32)
        x, y = _columns(room), _middle(room)
        entering, leaving = self._sheets(sizes.maps_in, room), self._sheets(sizes.maps_out, room)
        kernel = QPointF(x[2], y)
        entering.paint(painter, QPointF(x[0], y), self._face("before"))
        share = sizes.kernel / sizes.side
        entering.paint_window(painter, QPointF(x[0], y), share, colour, through=True)
        paint_kernel(painter, kernel, sizes.kernel, sizes.maps_in, colour, _cell(room))
        leaving.paint(painter, QPointF(x[4], y), self._face("mixed"))
        self._paint_arrows(painter, y, ((x[0] + 72, x[2] - 64), (x[2] + 64, x[4] - 72)))
        self._paint_captions(
            painter,
            room,
            (
                (x[0], f"M = {sizes.maps_in}"),
                (
                    x[2],
                    self.tr("{count} kernels of {kernel}").format(
                        count=sizes.maps_out,
                        kernel=f"{sizes.kernel}×{sizes.kernel}×{sizes.maps_in}",
                    ),
                ),
                (x[4], f"N = {sizes.maps_out}"),
            ),
        )

    def _paint_separable(self, painter: QPainter, area: QRectF) -> None:
        sizes, costs = self._sizes, self._costs
        assert sizes is not None and costs is not None
        parts = (
            (f"Dk²·M·Df² + M·N·Df²  =  {sizes.kernel}²·{sizes.maps_in}·{sizes.side}²", DEPTHWISE),
            (f"  +  {sizes.maps_in}·{sizes.maps_out}·{sizes.side}²", POINTWISE),
        )
        self._paint_head(painter, area, self.tr("Depthwise separable"), parts)
        shares = (
            (costs.depthwise.multiply_adds, DEPTHWISE),
            (costs.pointwise.multiply_adds, POINTWISE),
        )
        bar = self._paint_bar(painter, area, shares)
        room = QRectF(area.left(), area.top() + 24, area.width(), bar.top() - area.top() - 32)
        x, y = _columns(room), _middle(room)
        entering, leaving = self._sheets(sizes.maps_in, room), self._sheets(sizes.maps_out, room)
        entering.paint(painter, QPointF(x[0], y), self._face("before"))
        share = sizes.kernel / sizes.side
        colour, mixing = _colour(DEPTHWISE), _colour(POINTWISE)
        entering.paint_window(painter, QPointF(x[0], y), share, colour, through=False)
        paint_kernel(painter, QPointF(x[1], y), sizes.kernel, 1, colour, _cell(room))
        entering.paint(painter, QPointF(x[2], y), self._face("filtered"))
        entering.paint_window(painter, QPointF(x[2], y), 1 / sizes.side, mixing, through=True)
        paint_kernel(painter, QPointF(x[3], y), 1, sizes.maps_in, mixing, _cell(room))
        leaving.paint(painter, QPointF(x[4], y), self._face("mixed"))
        self._paint_steps(painter, room, ((x[1], self.tr("filters")), (x[3], self.tr("mixes"))))
        self._paint_captions(
            painter,
            room,
            (
                (x[0], f"M = {sizes.maps_in}"),
                (x[1], f"{sizes.maps_in} × ({sizes.kernel}×{sizes.kernel}×1)"),
                (x[2], f"M = {sizes.maps_in}"),
                (x[3], f"{sizes.maps_out} × (1×1×{sizes.maps_in})"),
                (x[4], f"N = {sizes.maps_out}"),
            ),
        )

    def _sheets(self, count: int, room: QRectF) -> Sheets:
        """Maps of the present side; the largest have all the room there is."""
        assert self._sizes is not None
        return Sheets(count, _largest(room) * (0.52 + 0.12 * SIDES.index(self._sizes.side)))

    def _below(self, room: QRectF) -> float:
        """Where the tallest of the stacks and kernels may end, however many maps there are."""
        assert self._sizes is not None
        side = max(self._sheets(1, room).side_px, self._sizes.kernel * _cell(room))
        return min(_middle(room) + side / 2 + 2 * MOST_SHEETS, room.bottom() - CAPTION_PX)

    def _face(self, name: str) -> QImage | None:
        """The first map of that name, in as many pixels as the maps have."""
        if self._maps is None or self._sizes is None:
            return None
        pixels: np.ndarray[Any, Any] = getattr(self._maps, name)[0]
        image = image_from_array(pixels[:, :, None].repeat(3, axis=2))
        side = self._sizes.side
        fill = Qt.AspectRatioMode.IgnoreAspectRatio
        return image.scaled(side, side, fill, Qt.TransformationMode.SmoothTransformation)

    def _paint_head(
        self,
        painter: QPainter,
        area: QRectF,
        title: str,
        formula: tuple[tuple[str, str], ...],
    ) -> None:
        set_font(painter, 15, strong=True)
        painter.setPen(QColor(theme.current().text))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        line = QRectF(area.left(), area.top(), area.width(), 24)
        painter.drawText(line, left, title)
        room = area.width() - painter.fontMetrics().horizontalAdvance(title) - 2 * theme.GRID
        set_font(painter, 15)
        formula = (*formula, ("  " + self.tr("multiply-adds"), "text_soft"))
        whole = painter.fontMetrics().horizontalAdvance("".join(text for text, _ in formula))
        if whole > room:  # smaller letters rather than fewer
            set_font(painter, max(9, int(15 * room / whole)))
        widths = [painter.fontMetrics().horizontalAdvance(text) for text, _ in formula]
        x = area.right() - sum(widths)
        for (text, colour), width in zip(formula, widths, strict=True):
            painter.setPen(_colour(colour))
            painter.drawText(QRectF(x, area.top(), width + 4, 24), left, text)
            x += width

    def _paint_bar(
        self, painter: QPainter, area: QRectF, parts: tuple[tuple[int, str], ...]
    ) -> QRectF:
        """Paint the bar at the foot of `area` and its number; returns where it may reach."""
        assert self._costs is not None
        costs = self._costs
        most = max(costs.ordinary.multiply_adds, costs.separable.multiply_adds)
        set_font(painter, NUMBER_PX, strong=True)
        number = painter.fontMetrics().horizontalAdvance(formats.count(10**12 - 1)) + theme.GRID
        bar = QRectF(area.left(), area.bottom() - 26, area.width() - number, BAR_PX)
        bar.moveTop(area.bottom() - (26 + BAR_PX) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().raised))
        painter.drawRect(bar)
        x = bar.left()
        for value, colour in parts:
            width = bar.width() * value / most
            painter.fillRect(QRectF(x, bar.top(), max(1.0, width), bar.height()), _colour(colour))
            x += width
        painter.setPen(QColor(theme.current().text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        whole = formats.count(sum(value for value, _ in parts))
        painter.drawText(QRectF(bar.right(), area.bottom() - 26, number, 26), right, whole)
        return bar

    def _paint_arrows(
        self, painter: QPainter, y: float, arrows: tuple[tuple[float, float], ...]
    ) -> None:
        painter.setPen(QPen(QColor(theme.current().text_faint), 1.5))
        for start, end in arrows:
            painter.drawLine(QPointF(start, y), QPointF(end, y))
            for turn in (-4, 4):
                painter.drawLine(QPointF(end, y), QPointF(end - 6, y + turn))

    def _paint_steps(
        self, painter: QPainter, room: QRectF, steps: tuple[tuple[float, str], ...]
    ) -> None:
        """What the kernels below do."""
        set_font(painter, 15)
        for (x, text), colour in zip(steps, (DEPTHWISE, POINTWISE), strict=True):
            painter.setPen(_colour(colour))
            above = max(room.top(), 2 * _middle(room) - self._below(room) - 24)
            place = QRectF(x - 64, above, 128, 20)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_captions(
        self, painter: QPainter, room: QRectF, captions: tuple[tuple[float, str], ...]
    ) -> None:
        set_font(painter, theme.TEXT_PX)
        painter.setPen(QColor(theme.current().text_soft))
        for x, text in captions:
            place = QRectF(x - 120, self._below(room) + 4, 240, CAPTION_PX)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _columns(room: QRectF) -> tuple[float, ...]:
    """The middles of five columns."""
    margin = (_largest(room) + BEHIND.x() * (MOST_SHEETS - 1)) / 2
    first, last = room.left() + margin, room.right() - margin
    return tuple(first + (last - first) * number / 4 for number in range(5))


def _largest(room: QRectF) -> float:
    """The side of the largest sheet."""
    return min(room.height() - CAPTION_PX - 4 * MOST_SHEETS, 0.15 * room.width())


def _cell(room: QRectF) -> float:
    """The side of a kernel's weight."""
    return round(max(8.0, 0.115 * _largest(room)))


def _middle(room: QRectF) -> float:
    """The height of what stands in it, with room for words below."""
    return room.center().y() - CAPTION_PX / 2


def _colour(name: str) -> QColor:
    return QColor(getattr(theme.current(), name))
