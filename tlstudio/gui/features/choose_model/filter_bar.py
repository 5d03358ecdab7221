"""The bar that filters the catalog: its parts, a search, and further filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import Library, ModelFilter, ModelSpec
from tlstudio.core.networks.vgg_list import looks_like_vgg_list, vgg_list
from tlstudio.gui.features.choose_model.filter_chips import FilterChips, without_filters
from tlstudio.gui.features.choose_model.filter_popup import ModelFilterPopup
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, plain_tip
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.segmented import Segmented


class Scope(StrEnum):
    """Parts of the catalog, left to right."""

    SHORT = "short"
    TORCHVISION = "torchvision"
    TIMM = "timm"
    CLASSIC = "classic"
    ALL = "all"


LIBRARIES = {
    Scope.TORCHVISION: Library.TORCHVISION,
    Scope.TIMM: Library.TIMM,
    Scope.CLASSIC: Library.CLASSIC,
}


class ModelFilterBar(QWidget):
    """A search field, the parts of the catalog, and whatever else is filtered by.

    Each part shows how many models would be found there; `found` are those of the chosen part.
    A list such as ``64 M 128 M`` is a network of one's own, the first of `found`; `fault` says
    what is wrong in it.

    Signals:
        changed(ModelFilter): a person looks for something else.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: tuple[ModelSpec, ...] = ()
        self.filter = ModelFilter(recommended=True)
        self.found: tuple[ModelSpec, ...] = ()
        self.fault: ConfigError | None = None
        self.counts: Mapping[Scope, int] = dict.fromkeys(Scope, 0)
        self.search = QLineEdit(placeholderText=self.tr("Search, or a list: 64 M 128 M"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search models"))
        self.search.setToolTip(
            self.tr(
                "Words of a name, a family or a library; or a VGG of your own as a list, "
                "such as 64 M 128 M 256 256 M"
            )
        )
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(360)
        self.filters = IconButton(self.tr("Filters"), "filter", "", self._on_filters_clicked)
        self.popup = ModelFilterPopup(self)
        self.scopes = Segmented(self.tr("Part of the catalog"))
        self.chips = FilterChips()
        self._header = hstack((self.search, 1), self.filters, Stretch(), spacing=theme.GRID)
        left = Qt.AlignmentFlag.AlignLeft
        vstack(self._header, (self.scopes, left), self.chips, spacing=theme.GRID, parent=self)
        self._show()

        self.search.textChanged.connect(self._on_searched)
        self.scopes.chosen.connect(self.set_scope)
        self.popup.changed.connect(self.set_filter)
        self.chips.changed.connect(self.set_filter)

    @property
    def scope(self) -> Scope:
        """The part of the catalog that is shown."""
        if self.filter.recommended:
            return Scope.SHORT
        return next((s for s, lib in LIBRARIES.items() if lib is self.filter.library), Scope.ALL)

    @property
    def has_filters(self) -> bool:
        """Whether anything but words and a part of the catalog is asked for."""
        return without_filters(self.filter) != self.filter

    def add_right(self, widget: QWidget) -> None:
        """Put something at the right end of the first line."""
        self._header.addWidget(widget)

    def set_models(self, models: tuple[ModelSpec, ...]) -> None:
        """Show the counts of the whole catalog."""
        self._models = models
        if not self.filter.query and not self.has_filters:
            self._show()
            for button in self.scopes.buttons():  # smaller numbers later move nothing
                button.setMinimumWidth(button.sizeHint().width())
        else:
            self._show()

    def set_filter(self, wanted: ModelFilter) -> None:
        """Show `wanted` as the filter in force."""
        if wanted == self.filter:
            return
        self.filter = wanted
        if self.search.text().split() != wanted.query.split():
            self.search.blockSignals(True)
            self.search.setText(wanted.query)
            self.search.blockSignals(False)
        self._show()
        self.changed.emit(wanted)

    def set_scope(self, scope: object) -> None:
        """Look in another part of the catalog for the same."""
        library = LIBRARIES.get(Scope(str(scope)))
        self.set_filter(replace(self.filter, recommended=scope == Scope.SHORT, library=library))

    def clear(self) -> None:
        """Look for everything in this part of the catalog."""
        self.set_filter(replace(without_filters(self.filter), query=""))

    # -- inside ----------------------------------------------------------------------------------

    def _on_searched(self, text: str) -> None:
        self.set_filter(replace(self.filter, query=text))

    def _on_filters_clicked(self) -> None:
        everywhere = replace(self.filter, family="")
        self.popup.set_families(everywhere(self._models))
        self.popup.open_below(self.filters)

    def _show(self) -> None:
        everywhere = replace(self.filter, recommended=False, library=None)(self._models)
        here = ModelFilter(recommended=self.filter.recommended, library=self.filter.library)
        self.found = here(everywhere)
        self.counts = _counts(everywhere)
        self.fault = None
        if looks_like_vgg_list(self.filter.query):
            try:
                own = vgg_list(self.filter.query).spec
            except ConfigError as error:
                self.fault = error
            else:
                self.found = (own, *(spec for spec in self.found if spec.name != own.name))
                others = _counts(spec for spec in everywhere if spec.name != own.name)
                self.counts = {scope: count + 1 for scope, count in others.items()}
        titles = {
            Scope.SHORT: self.tr("Short list"),
            Scope.TORCHVISION: "torchvision",
            Scope.TIMM: "timm",
            Scope.CLASSIC: self.tr("Classics"),
            Scope.ALL: self.tr("All"),
        }
        self.scopes.set_options(
            [(scope, f"{titles[scope]}  {formats.count(self.counts[scope])}") for scope in Scope]
        )
        self.scopes.set_value(self.scope)
        tips = {
            Scope.SHORT: self.tr("One or two of each idea, small to middling: a good start"),
            Scope.TORCHVISION: self.tr("Networks of PyTorch's own library"),
            Scope.TIMM: self.tr("The largest collection of image classifiers"),
            Scope.CLASSIC: self.tr("Networks of famous papers that no library ships"),
            Scope.ALL: self.tr("The whole catalog"),
        }
        for scope, button in zip(Scope, self.scopes.buttons(), strict=True):
            if isinstance(button, QToolButton):
                button.setToolTip(plain_tip(tips[scope]))
        self.popup.set_filter(self.filter)
        self.chips.set_filter(self.filter)


def _counts(found: Iterable[ModelSpec]) -> dict[Scope, int]:
    """Count the models in each part of the catalog."""
    counts = dict.fromkeys(Scope, 0)
    scopes = {library: scope for scope, library in LIBRARIES.items()}
    for model in found:
        counts[scopes[model.library]] += 1
        counts[Scope.SHORT] += model.recommended
        counts[Scope.ALL] += 1
    return counts
