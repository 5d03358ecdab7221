"""Folders of masks and annotations, told by their names from the folders of images beside them."""

from __future__ import annotations

import re
import unicodedata

_MASKS = (
    "mask masks annotation annotations annot annots label labels labelled labeled trimap trimaps"
    " segmentation segmentations segmentationclass segmentationobject groundtruth ground truth gt"
    " bbox bboxes boxes heatmap heatmaps saliency"
    " 마스크 라벨 라벨링 라벨링데이터 라벨데이터 레이블 레이블링 주석 어노테이션"
)
_IMAGES = (
    "image images img imgs jpegimages photo photos picture pictures pic pics jpg jpeg png rgb"
    " original originals input inputs data dataset set"
    " train training val valid validation dev test testing"
    " 이미지 사진 영상 원본 원천 원천데이터 학습 훈련 검증 시험 평가 데이터"
)
_MASK_WORDS, _IMAGE_WORDS = frozenset(_MASKS.split()), frozenset(_IMAGES.split())
_WORD = re.compile(r"[^\W\d_]+")


def is_for_masks(name: str) -> bool:
    """Whether a folder of this name may hold masks: ``masks``, ``train_labels``."""
    words = _words(name)
    return not _MASK_WORDS.isdisjoint(words) and words <= _MASK_WORDS | _IMAGE_WORDS


def is_for_images(name: str) -> bool:
    """Whether a name says that images are in the folder, and nothing of a class: ``images``."""
    words = _words(name)
    return bool(words) and words <= _IMAGE_WORDS


def _words(name: str) -> set[str]:
    return set(_WORD.findall(unicodedata.normalize("NFC", name).casefold()))
