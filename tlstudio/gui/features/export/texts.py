"""What the export dialog says: options, progress, and the rows of a receipt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import EXPORT_PART_TITLES, ExportOption, ExportProgressed
from tlstudio.core.export.receipt import TOLERANCE, Receipt
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text

translate = QCoreApplication.translate

# The options that are ticked: a title, and what it means.
OPTION_TEXTS = {
    ExportOption.INT8: (
        QT_TRANSLATE_NOOP("ExportDialog", "8-bit integers"),
        QT_TRANSLATE_NOOP(
            "ExportDialog",
            "A quarter of the size, quicker on phones and many processors, a little less exact. "
            "The receipt says how much.",
        ),
    ),
    ExportOption.PREPROCESSING: (
        QT_TRANSLATE_NOOP("ExportDialog", "Preprocessing inside"),
        QT_TRANSLATE_NOOP(
            "ExportDialog",
            "It takes pixels of 0 to 255 as they are, already cropped; whoever uses it needs to "
            "know no mean and no deviation.",
        ),
    ),
}

_DIGITS = 16  # of a SHA-256, to compare by eye


def progress_text(progress: ExportProgressed) -> str:
    """What is being done, and how far it is."""
    part = core_text(EXPORT_PART_TITLES[progress.part])
    if not progress.total:
        return f"{part}…"
    return f"{part}: {formats.count(progress.done)} / {formats.count(progress.total)}"


def receipt_facts(receipt: Receipt, dataset: str) -> list[tuple[str, str]]:
    """The receipt as (title, value), what matters most first.

    Args:
        dataset: what a person calls the dataset; empty where images were random.
    """
    facts = [(translate("ExportDialog", "Compared on"), _compared(receipt, dataset))]
    facts.append((translate("ExportDialog", "Same answer"), _of(receipt.same, receipt.images)))
    if receipt.same_known is not None:
        title = translate("ExportDialog", "Same “none of these”")
        facts.append((title, _of(receipt.same_known, receipt.images)))
    difference = f"{receipt.largest_difference:.1e}"
    if not receipt.int8:
        difference = translate("ExportDialog", "{value} (at most {most} may be)").format(
            value=difference, most=f"{TOLERANCE:.0e}"
        )
    facts.append((translate("ExportDialog", "Largest difference of a probability"), difference))
    if receipt.largest_distance_difference is not None:
        title = translate("ExportDialog", "Largest difference of a distance")
        facts.append((title, f"{receipt.largest_distance_difference:.1e}"))
    for title, share in (
        (translate("ExportDialog", "Accuracy of the original"), receipt.accuracy_before),
        (translate("ExportDialog", "Accuracy of the export"), receipt.accuracy_after),
    ):
        if share is not None:
            facts.append((title, _accuracy(share)))
    versions = ", ".join(
        f"{name} {version}" for name, version in receipt.versions.items() if name != receipt.runtime
    )
    facts += [
        (
            translate("ExportDialog", "Opened by"),
            translate("ExportDialog", "{runtime}, in a process of its own").format(
                runtime=receipt.runtime_name
            ),
        ),
        (translate("ExportDialog", "Versions"), versions),
        (translate("ExportDialog", "Processor"), ", ".join(receipt.cpu_flags)),
        ("SHA-256", receipt.sha256[:_DIGITS] + "…" if receipt.sha256 else ""),
    ]
    facts += [(translate("ExportDialog", "Note"), core_text(note)) for note in receipt.notes]
    return [(title, value) for title, value in facts if value]


def _compared(receipt: Receipt, dataset: str) -> str:
    count = formats.count(receipt.images)
    if not dataset:
        return translate(
            "ExportDialog", "{count} images of random pixels: the dataset is not at hand"
        ).format(count=count)
    return translate("ExportDialog", "{count} validation images of {name}").format(
        count=count, name=dataset
    )


def _of(part: int, whole: int) -> str:
    return translate("ExportDialog", "{part} of {whole}").format(
        part=formats.count(part), whole=formats.count(whole)
    )


def _accuracy(share: Share) -> str:
    value = formats.percent(share.value)
    if share.interval is None:
        return value
    low, high = (f"{100 * end:.0f}" for end in (share.interval.low, share.interval.high))
    told = translate("ExportDialog", "{value} ({low}–{high})").format(
        value=value, low=low, high=high
    )
    return f"{told}, {_of(share.right, share.images)}"
