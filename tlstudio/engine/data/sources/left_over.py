"""What a reading of a folder leaves over: images without a place in it, links, and why not at all.

Nothing is left out in silence: each image below the folder is a sample, or is named with a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP, Sentence
from tlstudio.engine.data.archive_scan import ArchiveScan, container_of
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.files import FACTS, FolderImages, FolderScan, is_folder, name_of
from tlstudio.engine.data.kinds import QUIET, reason_of
from tlstudio.engine.data.sources.folder_layout import FoundLayout, Listing, quoted
from tlstudio.engine.data.sources.folder_names import class_key, is_plain, split_name
from tlstudio.engine.data.sources.indexing import one_class
from tlstudio.engine.data.sources.split_folders import SPLITS, lying_loose

UNLABELLED = QT_TRANSLATE_NOOP("core", "It lies in no folder that says its class.")
BESIDE = QT_TRANSLATE_NOOP("core", "It lies beside the class folders, not in one.")
NOT_PART = QT_TRANSLATE_NOOP("core", "Its folder is not part of the dataset.")
MASK = QT_TRANSLATE_NOOP("core", "It lies in a folder of masks or annotations.")

_SENTENCES: dict[str, str] = {
    UNLABELLED: QT_TRANSLATE_NOOP(
        "core", "Images without a class folder, which are not used: {count} in {names}."
    ),
    BESIDE: QT_TRANSLATE_NOOP(
        "core", "Images beside the class folders, which are not used: {count} in {names}."
    ),
    NOT_PART: QT_TRANSLATE_NOOP(
        "core", "Images that are not part of the dataset, and not used: {count} in {names}."
    ),
    MASK: QT_TRANSLATE_NOOP(
        "core", "Images in folders of masks or annotations, which are not used: {count} in {names}."
    ),
}
_MANY_NEIGHBOURS = 200  # folders: beyond that, what lies around a folder is not looked at


@dataclass(frozen=True)
class Unused:
    """Images that no split has, and what to say of them and of folders that were left alone."""

    files: tuple[ExcludedFile, ...]
    warnings: tuple[Note, ...]


def other_files(scan: FolderScan, root: Path) -> Unused:
    """Find the files below `root` that are no images, or of a kind that is not read."""
    container = container_of(root)
    files = []
    for folder in scan.folders_below(root):
        inner = folder.relative_to(root).as_posix()
        start = "" if inner == "." else f"{inner}/"
        files += [
            ExcludedFile(ImageRef(container, start + name), reason_of(name))
            for name in scan.others_in(folder)
        ]
    counts = Counter(file.reason for file in files)
    loud = {reason: count for reason, count in counts.items() if reason not in QUIET}
    sentence = QT_TRANSLATE_NOOP("core", "Files that are not used: {count}. {reason}")
    notes = [
        Note(sentence, {"count": count, "reason": Sentence(reason)})
        for reason, count in loud.items()
    ]
    return Unused(tuple(files), tuple(notes))


def unused_images(scan: FolderScan, root: Path, place: Path, chosen: FoundLayout) -> Unused:
    """Find the images below `root` that have no part in the chosen layout.

    Args:
        place: the folder in which the layout was found.
    """
    used = {scan.identity(block.folder) for block in chosen.listing.blocks}
    around = {parent for block in chosen.listing.blocks for parent in block.folder.parents}
    loose = lying_loose(scan, place) if chosen.id == SPLITS else []
    container = container_of(root)
    files: list[ExcludedFile] = []
    counts: dict[str, dict[str, int]] = {reason: {} for reason in _SENTENCES}
    for block in scan.images_below(root, with_masks=True):
        if scan.identity(block.folder) in used:
            continue
        split = next((f for f in loose if block.folder.is_relative_to(f)), None)
        mask = _mask_folder(scan, root, block.folder)
        if mask is not None:
            reason, name = MASK, mask.name
        elif split is not None:
            reason, name = UNLABELLED, split.name
        elif block.folder in around:
            reason, name = BESIDE, name_of(block.folder)
        else:
            reason, name = NOT_PART, _outermost(block, around)
        counts[reason][name] = counts[reason].get(name, 0) + len(block.names)
        files += [ExcludedFile(image, reason) for image in block.images_in(container, root)]
    notes = [
        Note(_SENTENCES[reason], {"count": sum(found.values()), "names": quoted(found)})
        for reason, found in counts.items()
        if found
    ]
    return Unused(tuple(files), (*notes, *_left_alone(scan)))


def _mask_folder(scan: FolderScan, root: Path, folder: Path) -> Path | None:
    """The folder of masks that `folder` is, or lies in."""
    while folder != root:
        if folder in scan.masks_in(folder.parent):
            return folder
        folder = folder.parent
    return None


def _outermost(block: FolderImages, around: set[Path]) -> str:
    """The folder of `block` that lies beside those of the dataset."""
    folder = block.folder
    while folder.parent not in around and folder.parent != folder:
        folder = folder.parent
    return folder.name


def _left_alone(scan: FolderScan) -> list[Note]:
    junk, output = scan.left_alone()
    rows = (
        (QT_TRANSLATE_NOOP("core", "Folders of the system, left alone: {count} ({names})."), junk),
        (QT_TRANSLATE_NOOP("core", "Folders that TLStudio wrote: {count} ({names})."), output),
        (
            QT_TRANSLATE_NOOP(
                "core", "Links that lead in circles, not followed: {count} ({names})."
            ),
            list(scan.loops),
        ),
        (
            QT_TRANSLATE_NOOP(
                "core", "Folders that cannot be read, whose images are missing: {count} ({names})."
            ),
            list(scan.unreadable),
        ),
    )
    return [
        Note(
            sentence,
            {"count": len(folders), "names": quoted(sorted({f.name for f in folders}))},
        )
        for sentence, folders in rows
        if folders
    ]


_IN_TWO_CLASSES = QT_TRANSLATE_NOOP(
    "core", "Links put the same file into two classes: {count}, for example {names}."
)
_IN_TWO_SPLITS = QT_TRANSLATE_NOOP(
    "core", "Links put the same file into two splits: {count}, for example {names}."
)
_TWICE = QT_TRANSLATE_NOOP(
    "core", "Links put the same file into its class twice: {count}, for example {names}."
)


def link_warnings(listing: Listing) -> list[Note]:
    """Tell of files that are in the dataset more than once, through links."""
    rows = [
        (split, name, block)
        for split, by_class in listing.files.items()
        for name, blocks in by_class.items()
        for block in blocks
    ]
    if not rows:
        return []
    # What tells a file apart: its inode, and its size and time for it is one of several drives.
    facts = np.concatenate([np.asarray(block.facts).reshape(-1, FACTS) for _, _, block in rows])
    facts = facts[:, (3, 0, 1)]
    owners = np.repeat(np.arange(len(rows)), [len(block.names) for _, _, block in rows])
    inodes, counts = np.unique(facts[:, 0], return_counts=True)
    candidates = np.isin(facts[:, 0], inodes[(counts > 1) & (inodes > 0)])
    found: dict[tuple[int, ...], list[int]] = {}
    for position in np.flatnonzero(candidates).tolist():
        found.setdefault(tuple(facts[position].tolist()), []).append(position)
    starts = np.cumsum([0, *(len(block.names) for _, _, block in rows)])
    told: dict[str, list[str]] = {}
    for positions in found.values():
        if len(positions) < 2:
            continue
        of = [rows[owners[position]] for position in positions]
        if len({name for _, name, _ in of}) > 1:
            sentence = _IN_TWO_CLASSES
        else:
            sentence = _IN_TWO_SPLITS if len({split for split, _, _ in of}) > 1 else _TWICE
        block, start = of[0][2], starts[owners[positions[0]]]
        told.setdefault(sentence, []).append(block.names[positions[0] - start])
    return [
        Note(sentence, {"count": len(names), "names": quoted(names[:1])})
        for sentence, names in told.items()
    ]


def special_members(scan: FolderScan) -> list[Note]:
    """Tell of what an archive holds beside files and folders."""
    if not isinstance(scan, ArchiveScan) or not scan.left_out:
        return []
    sentence = QT_TRANSLATE_NOOP(
        "core", "Links and special files in the archive, which are not used: {count}."
    )
    return [Note(sentence, {"count": scan.left_out})]


def not_a_dataset(scan: FolderScan, root: Path) -> DatasetError:
    """Say what is missing, and where a dataset is instead, if there is one nearby."""
    place, first = root, scan.holding_images(root)
    while len(inside := scan.holding_images(place)) == 1 and not scan.has_loose_images(place):
        place = inside[0]
    hint = QT_TRANSLATE_NOOP(
        "core",
        "Make one folder per class with its images inside, or “train” and “val” folders that hold "
        "such class folders.",
    )
    if first and (inside or not is_plain(place.name)):
        return one_class(first[0].name, hint)
    if not scan.has_loose_images(place):
        return _no_images(scan, root, hint)
    around = _dataset_around(root.resolve()) if place == root and is_folder(root) else None
    return DatasetError(
        QT_TRANSLATE_NOOP(
            "core", "The images in “{name}” lie loose, without a folder for each class."
        ),
        hint,
        name=name_of(place),
        **({} if around is None else {"instead": around}),
    )


def _no_images(scan: FolderScan, root: Path, hint: str) -> DatasetError:
    """There may be something else that is of use, or a reason why it is not."""
    sentence = QT_TRANSLATE_NOOP("core", "There are no images in “{name}” to learn from.")
    archives = [name for name in scan.others_in(root) if is_archive(Path(name))]
    if archives:
        hint = QT_TRANSLATE_NOOP("core", "Open the archive “{inner}” in it, or unpack it.")
        inner = archives[0]
        return DatasetError(sentence, hint, name=name_of(root), inner=inner, instead=root / inner)
    if special := special_members(scan):
        return DatasetError(sentence, special[0].sentence, name=name_of(root), **special[0].values)
    reasons = Counter(file.reason for file in other_files(scan, root).files)
    loud = [(count, reason) for reason, count in reasons.items() if reason not in QUIET]
    if loud:
        count, hint = max(loud)
        sentence = QT_TRANSLATE_NOOP(
            "core", "There are no images in “{name}” to learn from; other files: {count}."
        )
        return DatasetError(sentence, hint, name=name_of(root), count=count)
    return DatasetError(sentence, hint, name=name_of(root))


def split_beside(root: Path) -> list[Note]:
    """Tell of the other splits beside a folder that was opened by itself and is called as one."""
    own, around = split_name(root.name), root.parent
    if own is None or own.rest or not is_folder(root):
        return []
    scan = FolderScan()
    others = [
        folder.name
        for folder in _neighbours(scan, around)
        if (name := split_name(folder.name)) is not None
        and name.choices != own.choices
        and not name.rest
        and _has_classes(scan, folder)
    ]
    if not others:
        return []
    sentence = QT_TRANSLATE_NOOP(
        "core", "“{name}” was opened by itself, without {names} beside it: open “{around}” for all."
    )
    return [Note(sentence, {"name": root.name, "names": quoted(others), "around": around.name})]


def _dataset_around(folder: Path) -> Path | None:
    """The dataset that `folder` seems to be a class of, from a glance at its neighbours."""
    scan, parent = FolderScan(), folder.parent
    if not _has_classes(scan, parent):
        return None
    split = split_name(parent.name)
    beside = (f for f in _neighbours(scan, parent.parent) if f != parent)
    if split is not None and not split.rest:
        for other in beside:
            name = split_name(other.name)
            if name is not None and not name.rest and _has_classes(scan, other):
                return parent.parent
    return parent


def _has_classes(scan: FolderScan, folder: Path) -> bool:
    found = _neighbours(scan, folder)
    return len({class_key(f.name) for f in found if scan.has_loose_images(f)}) > 1


def _neighbours(scan: FolderScan, folder: Path) -> Iterable[Path]:
    found = scan.folders_in(folder)
    return found if len(found) <= _MANY_NEIGHBOURS else ()
