"""Why something cannot start, in the language of the window, and where that can be mended."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from tlstudio.core.needs import Need, why_missing
from tlstudio.gui.kit.language import error_hint, error_text
from tlstudio.gui.state.session import Session, Step

translate = QCoreApplication.translate

REMEDIES = {  # of what waiting does not bring
    Need.DATASET: Step.DATA,
    Need.VAL_IMAGES: Step.DATA,
    Need.WEIGHTS: Step.MODEL,
    Need.PRETRAINING: Step.MODEL,
    Need.PRETRAINED_WEIGHTS: Step.MODEL,
    Need.PLAN: Step.MODEL,
    Need.FIELDS: Step.MODEL,
}
BESIDE = {
    Need.PLAN: (Step.TRAIN,),
    Need.FIELDS: (Step.TRAIN,),
}  # pages that show what mends it as well


def reason(session: Session, needs: Iterable[Need]) -> tuple[str, str]:
    """The sentence for the first of `needs` that is missing, and its hint; empty for none."""
    need = session.missing(needs)
    if need is None:
        return "", ""
    error = why_missing(need, session.facts)
    return error_text(error), error_hint(error)


def reason_text(session: Session, needs: Iterable[Need]) -> str:
    """Sentence and hint as one text; empty if nothing is missing."""
    return " ".join(reason(session, needs)).strip()


def mend(session: Session, needs: Iterable[Need]) -> None:
    """Show a person where the first of `needs` that is missing can be mended."""
    need = session.missing(needs)
    if need is None:
        return
    if need in REMEDIES and session.step not in BESIDE.get(need, ()):
        session.go_to(REMEDIES[need])
    session.mending_wanted.emit(need)
    if need is Need.FIELDS:
        session.network.show_field(next(iter(session.network.field_problems)))


def remedy_title(session: Session, needs: Iterable[Need]) -> str:
    """What a button for `mend` says; empty where nothing is missing, or waiting is enough."""
    need = session.missing(needs)
    if need is Need.FIELDS:
        return translate("reasons", "Show the field")
    match REMEDIES.get(need) if need is not None else None:
        case Step.DATA:
            return translate("reasons", "Go to Data")
        case Step.MODEL:
            return translate("reasons", "Go to Model")
        case _:
            return ""
