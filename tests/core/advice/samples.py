"""Evidence and facts made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from tlstudio.core.advice import AdviceFacts
from tlstudio.core.advice.evidence import EvidenceRecord, StageEvidence
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.networks.layers import LayerNode, LayerTree


def answers(right: int, images: int = 100) -> str:
    return "1" * right + "0" * (images - right)


def row(path: str, right: int, *, images: int = 100, text: str = "") -> StageEvidence:
    return StageEvidence(path, 8, 100, text or answers(right, images), 0.5, 0.01)


def record(
    *,
    pixels: int,
    stages: Sequence[int],
    head: int,
    images: int = 100,
    train_images: int = 0,
    handedness: float = 0.5,
) -> EvidenceRecord:
    """Depths ``s0``, ``s1``, ... and ``head``, with so many right answers."""
    return EvidenceRecord(
        key="k",
        model="tiny",
        weights="w",
        image_px=32,
        classes=4,
        images=images,
        train_images=train_images or images,
        folds=5,
        chance=0.25,
        pixels=row("", pixels, images=images),
        stages=tuple(row(f"s{n}", right, images=images) for n, right in enumerate(stages)),
        head=row("head", head, images=images),
        handedness=handedness,
    )


def tree(stages: int = 4) -> LayerTree:
    """``s0`` to ``s<n - 1>``, each of two layers, and the ``head``."""

    def layer(path: str, order: int, is_head: bool = False) -> LayerNode:
        return LayerNode(path, "Conv2d", (), 50, 50, order, is_head)

    blocks = tuple(
        LayerNode(
            *(f"s{n}", "Sequential", (), 0, 100, 2 * n),
            children=(layer(f"s{n}.0", 2 * n), layer(f"s{n}.1", 2 * n + 1)),
        )
        for n in range(stages)
    )
    head = layer("head", 2 * stages, True)
    children = (*blocks, head)
    root = LayerNode("", "Net", (), 0, 100 * stages + 50, 0, children=children)
    return LayerTree("tiny", 4, root, "head")


def facts(
    counts: Sequence[int] = (25, 25, 25, 25),
    evidence: EvidenceRecord | None = None,
    *,
    val_images: int = 500,
    has_weights: bool = True,
    side_px: int = 400,
    stages: int = 4,
) -> AdviceFacts:
    return AdviceFacts(
        config=RunConfig(),
        tree=tree(stages),
        class_names=tuple(f"class {n}" for n in range(len(counts))),
        train_counts=tuple(counts),
        val_images=val_images,
        has_weights=has_weights,
        images=ImagesGlance(side_px, False),
        evidence=evidence,
    )
