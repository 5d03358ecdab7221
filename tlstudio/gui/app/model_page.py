"""The Model page: one network, seen from several sides."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tlstudio.core.networks.inputs import INPUT_SETTINGS
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.app.parts import TabSpec, shown_tabs
from tlstudio.gui.features.side_by_side.button import SideBySideButton
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.later import later
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Dialog, Session, Step

SIDE_PX, NARROW_SIDE_PX, GAP_PX = 3 * theme.GRID, theme.GRID, 2 * theme.GRID
MODEL_FIELDS = (
    "model",
    "weights",
    "start_from",
    *INPUT_SETTINGS,
)  # where a model is chosen
LOW_PX = 420  # a lower page has no room for margins above and below
NAME_AT_LEAST_PX = 120  # for the chosen model


class ModelTab(StrEnum):
    """The views of the page."""

    CHOOSE = "choose"
    COMPARE = "compare"
    RANK = "rank"
    LAYERS = "layers"
    PICTURE = "picture"
    FEATURES = "features"


VIEWS = (  # left to right
    TabSpec(
        ModelTab.CHOOSE,
        QT_TRANSLATE_NOOP("ModelPage", "Choose"),
        later("tlstudio.gui.features.choose_model.view", "ChooseView"),
    ),
    TabSpec(
        ModelTab.COMPARE,
        QT_TRANSLATE_NOOP("ModelPage", "Compare"),
        later("tlstudio.gui.features.compare.view", "CompareView"),
    ),
    TabSpec(
        ModelTab.RANK,
        QT_TRANSLATE_NOOP("ModelPage", "Rank"),
        later("tlstudio.gui.features.rank.view", "RankView"),
    ),
    TabSpec(
        ModelTab.LAYERS,
        QT_TRANSLATE_NOOP("ModelPage", "Layers"),
        later("tlstudio.gui.features.layers.view", "LayersView"),
        is_expert=True,
    ),
    TabSpec(
        ModelTab.PICTURE,
        QT_TRANSLATE_NOOP("ModelPage", "Picture"),
        later("tlstudio.gui.features.picture.view", "PictureView"),
        is_expert=True,
    ),
    TabSpec(
        ModelTab.FEATURES,
        QT_TRANSLATE_NOOP("ModelPage", "What it sees"),
        later("tlstudio.gui.features.feature_maps.view", "FeaturesView"),
    ),
)
BESIDE_TABS = (ModelTab.LAYERS, ModelTab.PICTURE)  # they show several networks side by side
SideBySideBar = later("tlstudio.gui.features.side_by_side.bar", "SideBySideBar")
_SPECS = {spec.view: spec for spec in VIEWS}


class ModelPage(QWidget):
    """A row of views above the one that is shown; a view is built when it is first wanted."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._built: dict[ModelTab, QWidget] = {}
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = Segmented(self.tr("View"))
        self.tabs.chosen.connect(self.show_tab)
        self.weights = IconButton(self.tr("Weights…"), "on_machine", "quiet", self._on_weights)
        self.weights.setAccessibleName(self.weights.text())
        self.weights.setToolTip(self.tr("See, download, import and remove pretrained weights"))
        self._stack = ScrolledPages()
        self.chosen = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.chosen.setProperty("role", "hint")
        self._title = label(self.tr("Model"), "title")
        self.beside = SideBySideButton(session)
        self._sums: QWidget | None = None
        self._header = hstack(
            self._title, (self.chosen, 100), Stretch(), self.beside, self.weights, self.tabs
        )
        self._least_px = 0
        self._column = vstack(
            self._header, (self._stack, 1), spacing=2 * theme.GRID, margins=None, parent=self
        )
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        session.network.models_changed.connect(self._show_chosen)
        session.network.settings_changed.connect(self._show_chosen)
        session.network.field_requested.connect(self._on_field_requested)
        session.beside.changed.connect(self._show_chosen)
        self._show_chosen()
        session.simple_changed.connect(self._show_tabs)
        self._show_tabs()

    def minimumSizeHint(self) -> QSize:
        """Without all that gives way, whether it is shown now or not."""
        sides = 2 * NARROW_SIDE_PX
        width = max(self._least_px, self._stack.minimumSizeHint().width() + sides)
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The titles of the views are whole; where there is little room all else gives way."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        buttons = [b for b in (self.beside, self.weights) if not b.isHidden()]
        longer_px = {}
        for button in buttons:
            button.setText(button.accessibleName())
            longer_px[button] = button.sizeHint().width()
            button.setText("")
            longer_px[button] -= button.sizeHint().width()
        short_px = sum(b.sizeHint().width() for b in buttons) + (len(buttons) - 1) * GAP_PX
        long_px = short_px + sum(longer_px.values())
        title_px, tabs_px = self._title.sizeHint().width(), self.tabs.sizeHint().width()
        self._least_px = tabs_px + short_px + 2 * NARROW_SIDE_PX + theme.GRID
        gaps = 3 * GAP_PX + 2 * SIDE_PX
        left = self.width() - gaps - tabs_px - title_px
        room = left - short_px
        for button in buttons:
            if room >= longer_px[button]:
                button.setText(button.accessibleName())
                room -= longer_px[button]
        self.chosen.setVisible(left >= long_px + NAME_AT_LEAST_PX)
        is_narrow = left < short_px  # the rail says Model as well
        self._title.setVisible(not is_narrow)
        self._header.setSpacing(theme.GRID // 2 if is_narrow else GAP_PX)
        side = NARROW_SIDE_PX if is_narrow else SIDE_PX
        above = NARROW_SIDE_PX if self.height() < LOW_PX else SIDE_PX
        self._column.setContentsMargins(side, above, side, above)
        self._column.setSpacing(min(above, 2 * theme.GRID))

    def view(self, view: ModelTab) -> QWidget:
        """Return a view, built if it has not been yet."""
        if view not in self._built:
            self._built[view] = _SPECS[view].make(self._session, self._stack.holder)
            self._stack.addWidget(self._built[view])
        return self._built[view]

    def _show_tabs(self) -> None:
        """Offer the views, and show the one that was shown, or the first if it is left out."""
        shown = shown_tabs(VIEWS, self._session)
        self.tabs.set_options([(spec.view, self.tr(spec.title)) for spec in shown])
        view = ModelTab(self._session.model_tab or ModelTab.CHOOSE)
        self.show_tab(view if view in [spec.view for spec in shown] else ModelTab.CHOOSE)

    def show_tab(self, view: ModelTab) -> None:
        """Bring one view to the front; one that the simple view leaves out brings the others."""
        self._session.model_tab = view
        if _SPECS[view].is_expert:
            self._session.set_simple(False)
        self.tabs.set_value(view)
        self._stack.setCurrentWidget(self.view(view))
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Show whose layers, picture and maps these are."""
        network, beside = self._session.network, self._session.beside.models
        takes_sets = self._session.model_tab in BESIDE_TABS
        is_set = takes_sets and bool(beside)
        self.beside.setVisible(takes_sets)
        if is_set and self._sums is None:
            self._sums = SideBySideBar(self._session)
            self._column.insertWidget(1, self._sums)
        if self._sums is not None:
            self._sums.setVisible(is_set)
        title = network.spec.title if network.spec is not None else ""
        titles = [network.title_of(model) for model in beside] if is_set else [title]
        self.chosen.set_text(", ".join(titles))
        self._fit()

    def _on_field_requested(self, name: str) -> None:
        if name in MODEL_FIELDS:
            self._session.go_to(Step.MODEL)
            self.show_tab(ModelTab.CHOOSE)

    def _on_weights(self) -> None:
        self._session.open_dialog(Dialog.WEIGHTS)
