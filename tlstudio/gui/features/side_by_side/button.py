"""The button that puts networks side by side: well-known sets, or one of one's own."""

from __future__ import annotations

from functools import cached_property, partial

from PySide6.QtWidgets import QMenu

from tlstudio.core.networks.sets import NETWORK_SETS
from tlstudio.gui.features.side_by_side.search import NetworkSearch
from tlstudio.gui.kit.basics import IconButton, no_mnemonic
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.state.session import Session


class SideBySideButton(IconButton):
    """A button with a menu of sets."""

    def __init__(self, session: Session) -> None:
        super().__init__("", "side_by_side", "quiet")
        self.setText(self.tr("Side by side"))
        self.setAccessibleName(self.text())
        self.setToolTip(self.tr("Several networks beside each other, what differs marked"))
        explain(self, "side-by-side")
        self._session = session
        self._beside = session.beside
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    @cached_property
    def search(self) -> NetworkSearch:
        """Finds another network to put beside; made when it is first wanted."""
        search = NetworkSearch(self._session, self)
        search.chosen.connect(self._on_found)
        return search

    def _fill(self) -> None:
        """Offer the sets whose networks are all in the catalog."""
        menu = self.menu()
        menu.clear()
        network = self._session.network
        known = {spec.name for spec in network.models}
        for row in NETWORK_SETS:
            if known.issuperset(row.models):
                action = menu.addAction(no_mnemonic(core_text(row.title)))
                action.setCheckable(True)
                action.setChecked(row.models == self._beside.models)
                action.triggered.connect(partial(self._on_set_chosen, row.models))
        menu.addSeparator()
        title = network.title_of(network.config.model)
        more = menu.addAction(self.tr("{network} and another one…").format(network=title))
        more.triggered.connect(self._on_more)
        end = menu.addAction(self.tr("Only the chosen network"))
        end.setEnabled(bool(self._beside.models))
        end.triggered.connect(self._beside.end)

    def _on_set_chosen(self, models: tuple[str, ...], _checked: bool = False) -> None:
        self._beside.show(models)

    def _on_more(self) -> None:
        self.search.open_below(self)

    def _on_found(self, model: str) -> None:
        self._beside.show((self._session.network.config.model, model))
