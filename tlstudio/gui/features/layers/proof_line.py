"""A line that says whether the frozen tensors of the last run are unchanged, bit for bit."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconLabel, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import hstack

DIGITS = 8  # of a digest, where there is no room for all
NAMES = 12  # of tensors in a tooltip


class ProofLine(QWidget):
    """Shows a `FreezeProof`, its details in the tooltip; hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = IconLabel("proven", token="right")
        self.text = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.text.setProperty("role", "hint")
        hstack(self.icon, (self.text, 1), spacing=theme.GRID // 2, parent=self)
        self.show_proof(None)

    def show_proof(self, proof: FreezeProof | None) -> None:
        """Show what became of the frozen tensors of the last run."""
        self.setVisible(proof is not None)
        if proof is None:
            return
        tensors = proof.parameters + proof.buffers
        set_property(self.text, "tone", "" if proof.holds else "wrong")
        if not proof.holds:
            self.icon.set_icon("disproven", "wrong")
            text = self.tr(
                "%n frozen tensor(s) changed: a fault of the studio", "", len(proof.changed)
            )
            names = "\n".join(proof.changed[:NAMES])
            if len(proof.changed) > NAMES:
                names += "\n…"
            self.text.set_text(text, f"{text}\n{names}")
        elif proof.released and not tensors:
            self.icon.set_icon("proven", "right")
            text = self.tr("%n frozen tensor(s) unchanged until they trained", "", proof.released)
            self.text.set_text(text, text)
        elif not tensors:
            self.icon.set_icon("trainable", "text_soft")
            self.text.set_text(self.tr("Nothing stayed frozen in the last run."))
        else:
            self.icon.set_icon("proven", "right")
            short = proof.digest[:DIGITS]
            text = self.tr("%n frozen tensor(s) unchanged, bit for bit", "", tensors)
            self.text.set_text(f"{text} (SHA-256 {short}…)", self._details(proof))

    def _details(self, proof: FreezeProof) -> str:
        return self.tr(
            "What was frozen stayed frozen in the last run: {parameters} parameter tensors and "
            "{buffers} buffers (such as the running statistics of BatchNorm) have the same hash "
            "before and after.\nSHA-256 of all of them:\n{digest}"
        ).format(
            parameters=formats.count(proof.parameters),
            buffers=formats.count(proof.buffers),
            digest=proof.digest,
        )
