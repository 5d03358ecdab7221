"""A mark that says whether the frozen tensors of the last run are unchanged, bit for bit."""

from __future__ import annotations

from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.basics import IconLabel, plain_tip
from tlstudio.gui.kit.help_mark import explain

NAMES = 12  # of tensors in a tooltip


class ProofMark(IconLabel):
    """Shows a `FreezeProof` as an icon, and in words in its tooltip; hidden without one."""

    def __init__(self) -> None:
        super().__init__("proven", token="right")
        self.fault = ""  # in a sentence; empty as long as the proof holds
        self.show_proof(None)

    def show_proof(self, proof: FreezeProof | None) -> None:
        """Show what became of the frozen tensors of the last run."""
        self.setVisible(proof is not None)
        self.fault = ""
        explain(self, "proof" if proof is None or proof.holds else "proof.fails")
        if proof is None:
            return
        tensors = proof.parameters + proof.buffers
        if not proof.holds:
            self.set_icon("disproven", "wrong")
            self.fault = text = self.tr(
                "%n frozen tensor(s) changed: a fault of the studio", "", len(proof.changed)
            )
            more = ("…",) if len(proof.changed) > NAMES else ()
            text = "\n".join((text, *proof.changed[:NAMES], *more))
        elif proof.released and not tensors:
            self.set_icon("proven", "right")
            text = self.tr("%n frozen tensor(s) unchanged until they trained", "", proof.released)
        elif not tensors:
            self.set_icon("trainable", "text_soft")
            text = self.tr("Nothing stayed frozen in the last run.")
        else:
            self.set_icon("proven", "right")
            text = self.tr("%n frozen tensor(s) unchanged, bit for bit", "", tensors)
            text += "\n" + self._details(proof)
        self.setToolTip(plain_tip(text))
        self.setAccessibleName(text)

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
