"""What is written on a picture that the network sees: its classes, what was done, its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from tlstudio.gui.kit.language import core_text, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlstudio.gui.state.jobs import AugmentedView

_CONTEXT = "NetworkEyeView"


def classes_of(view: AugmentedView, classes: Sequence[str]) -> list[str]:
    """The class; of mixed images both, with their shares."""
    own = shown(classes[view.class_index]) if view.class_index >= 0 else view.ref.name
    partner = view.partner
    if partner is None:
        return [own]
    share = round(100 * partner.share)
    return [f"{own} {100 - share} %", f"+ {shown(classes[partner.class_index])} {share} %"]


def steps_of(view: AugmentedView) -> list[str]:
    """What was done to it, in order."""
    notes = (step.note for step in view.steps)
    return [core_text(note.sentence, **note.values) for note in notes if note is not None]


def numbers_text(view: AugmentedView) -> str:
    """The numbers of each channel, a line each."""
    names = ("R", "G", "B") if len(view.channels) > 1 else ("",)
    line = QCoreApplication.translate(_CONTEXT, "{channel} mean {mean}, from {low} to {high}")
    rows = zip(names, view.channels, strict=True)
    return "\n".join(
        line.format(
            channel=name, mean=number(row.mean), low=number(row.low), high=number(row.high)
        ).strip()
        for name, row in rows
    )


def number(value: float) -> str:
    """A number of the network's input."""
    return f"{value:.2f}".replace("-", "−")
