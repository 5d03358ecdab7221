"""Sentences about measuring a network's stages, for the layer tree and the Advice view."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.needs import EVIDENCE
from tlstudio.gui.kit import formats
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.session import Session


class EvidenceTexts(QObject):
    """Says what is missing, what measuring does and how far it is."""

    def missing(self, session: Session) -> str:
        """Why there is no evidence yet: what to do first, or that it only has to be measured."""
        why_not = reason_text(session, EVIDENCE)
        return why_not or self.tr("Not measured for this dataset yet.")

    def what_it_does(self) -> str:
        """Explain what “Measure” does."""
        return self.tr(
            "Looks at up to 1,000 training images with the pretrained network and tries at each "
            "stage how well the classes can be told apart there. Nothing is trained."
        )

    def how_long(self) -> str:
        """Say how long measuring takes."""
        return self.tr("It takes about as long as a few epochs of training.")

    def progress(self, evidence: EvidenceState) -> str:
        """Describe the progress of measuring, and the time left."""
        progress = evidence.progress
        if progress is None or not progress.stage:
            text = self.tr("Looking at images…")
        else:
            text = self.tr("Probing {stage}…").format(stage=progress.stage)
        left = evidence.remaining_s
        if left is not None:
            text += " " + self.tr("about {time} left").format(time=formats.estimate(left))
        return text
