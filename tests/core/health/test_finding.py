"""Findings as values: stored, told in sentences, and gone once they are dealt with."""

from __future__ import annotations

import pickle
import string
from dataclasses import replace
from pathlib import Path

import pytest

from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split, SplitConfig
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.health.finding import Finding, HealthReport, SkippedCheck, ordered
from tlstudio.core.health.kinds import FINDING_KINDS
from tlstudio.core.health.remedies import ACCEPT, REMEDIES, applied, remedies_for
from tlstudio.core.notes import Note

ROOT = Path("/data")


def image(key: str) -> ImageRef:
    return ImageRef(FolderContainer(ROOT), key)


def sample(key: str) -> Sample:
    split, name, _ = key.split("/")
    return Sample(image(key), ("ants", "bees").index(name), Split(split))


KEYS = (
    *("train/ants/1.jpg", "train/ants/2.jpg", "train/bees/3.jpg"),
    *("val/ants/4.jpg", "val/bees/5.jpg"),
)
INDEX = DatasetIndex(
    ROOT,
    "data",
    Layout.SPLIT_FOLDERS,
    ("ants", "bees"),
    tuple(sample(key) for key in KEYS),
)
LEAK = Finding.of("leaks", INDEX, map(image, (KEYS[0], KEYS[1], KEYS[3])), {"count": 3})
COPIES = Finding.of("exact_copies", INDEX, map(image, KEYS[:2]), {"count": 2})
LABEL = Finding.of(
    "labels", INDEX, [image(KEYS[2])], {"class_name": "bees", "suggested": "ants"}, 0.9
)
SIZES = Finding.of("imbalance", INDEX, (), {"class_name": "ants"}, about="ants")
TWO = Finding.of("two_classes", INDEX, map(image, (KEYS[1], KEYS[2])), {"count": 2})
REPORT = HealthReport(
    INDEX.fingerprint,
    ordered((SIZES, COPIES, LABEL, LEAK, TWO)),
    checked=5,
    skipped=(SkippedCheck("strangers", Note("why {count}", {"count": 3})),),
    stamp="s",
)


def after(finding: Finding, remedy: str, index: DatasetIndex = INDEX) -> DatasetIndex:
    """The dataset with a remedy applied to a finding."""
    return index.edited(applied(REMEDIES[remedy], [finding], index, index.manifest))


def kinds(index: DatasetIndex) -> list[str]:
    return list(REPORT.open_in(index).by_kind)


def test_a_report_is_stored_and_read_again() -> None:
    assert HealthReport.from_values(REPORT.to_values(INDEX), INDEX) == REPORT
    assert pickle.loads(pickle.dumps(REPORT)) == REPORT
    with pytest.raises(ValueError, match="not a report"):
        HealthReport.from_values({"findings": [1]}, INDEX)


def test_the_same_fault_has_the_same_id_and_another_one_another() -> None:
    again = Finding.of("exact_copies", INDEX, map(image, KEYS[1::-1]), {"count": 9}, 7.0)
    assert again.id == COPIES.id
    assert len({finding.id for finding in REPORT.findings}) == 5


def test_findings_are_in_the_order_of_the_table() -> None:
    assert list(REPORT.by_kind) == [
        *("leaks", "two_classes", "labels", "exact_copies", "imbalance")
    ]
    assert REPORT.serious == ("leaks", "two_classes")


@pytest.mark.parametrize(
    ("finding", "remedy", "left_out"),
    [
        (LEAK, "leave_out_of_training", {KEYS[0], KEYS[1]}),
        (LEAK, "keep_one", {KEYS[1], KEYS[3]}),
        (COPIES, "keep_one", {KEYS[1]}),
        (LABEL, "leave_out", {KEYS[2]}),
    ],
)
def test_leaving_out_settles_a_finding(finding: Finding, remedy: str, left_out: set[str]) -> None:
    edited = after(finding, remedy)
    assert set(edited.manifest.left_out) == left_out
    assert finding.kind not in kinds(edited)


def test_moving_settles_a_doubt_about_the_class() -> None:
    edited = after(LABEL, "move")
    assert edited.manifest.moved == {KEYS[2]: "ants"}
    assert "labels" not in kinds(edited)
    assert after(TWO, "move").manifest.moved == dict.fromkeys(KEYS[1:3], "ants")


def test_copies_that_are_kept_together_are_one_group() -> None:
    groups = after(LEAK, "keep_together").manifest.groups
    assert set(groups) == {KEYS[0], KEYS[1], KEYS[3]}
    assert len(set(groups.values())) == 1


@pytest.mark.parametrize("finding", REPORT.findings, ids=lambda finding: finding.kind)
def test_what_is_accepted_is_not_shown_again(finding: Finding) -> None:
    edited = after(finding, "accept")
    assert finding.kind not in kinds(edited)
    assert len(kinds(edited)) == 4


def test_a_dataset_that_says_its_split_keeps_nothing_together() -> None:
    assert [remedy.id for remedy in remedies_for(COPIES, INDEX)] == ["keep_one", "accept"]
    ours = replace(INDEX, split_config=SplitConfig())
    assert remedies_for(COPIES, ours) == remedies_for(COPIES)


def test_copies_that_lie_in_one_split_by_now_are_no_leak() -> None:
    samples = tuple(replace(s, split=Split.TRAIN) for s in INDEX.samples)
    assert "leaks" not in kinds(replace(INDEX, samples=samples))


def test_a_group_shrinks_with_its_images() -> None:
    edited = INDEX.edited(INDEX.manifest.leaving_out([KEYS[0]]))
    assert [i.key for i in REPORT.open_in(edited).by_kind["leaks"][0].images] == [KEYS[1], KEYS[3]]


@pytest.mark.parametrize("kind", FINDING_KINDS.values(), ids=lambda kind: kind.id)
def test_every_kind_has_sentences_and_remedies_that_there_are(kind) -> None:
    assert kind.title
    assert kind.reason.endswith(".")
    finding = Finding("", kind.id, ())
    assert [remedy.id for remedy in remedies_for(finding)] == [*kind.remedies, ACCEPT.id]
    fields = [name for _, name, *_ in string.Formatter().parse(kind.line) if name]
    assert str(Note(kind.line, dict.fromkeys(fields, 1)))
