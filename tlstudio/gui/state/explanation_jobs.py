"""The engine's explanations of answers, for worker threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.engine.models.classifier import Classifier
    from tlstudio.engine.understanding.explainer import Explainer as Explainer


def open_explainer(classifier: Classifier) -> Explainer:
    """Return what explains the answers of a classifier. One thread after another may use it."""
    from tlstudio.engine.understanding.explainer import Explainer

    return Explainer(classifier)
