"""The chosen network, as lessons on transfer learning show it."""

from __future__ import annotations

from tlstudio.core.lessons.cases import CLASSES
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.state.session import Session


def tree_of(session: Session) -> LayerTree | None:
    """Its layers with a head for the classes of the open dataset, or else for a few; None for none.

    Without a dataset the studio shows the original head, which no transfer ever trains.
    """
    tree = session.network.tree
    if tree is None or session.datasets.index is not None:
        return tree
    return tree.with_classes(CLASSES)
