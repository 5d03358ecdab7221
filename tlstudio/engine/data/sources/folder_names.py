"""The meaning of folder names: which split a name says, and which names are of one class."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tlstudio.core.data.dataset import Split

_TRAIN, _VAL, _TEST = (Split.TRAIN,), (Split.VAL,), (Split.TEST,)

# The splits that a word can mean, the likelier one first.
SPLIT_WORDS: dict[str, tuple[Split, ...]] = {
    **dict.fromkeys(("train", "training", "trn"), _TRAIN),
    **dict.fromkeys(("학습", "훈련", "트레인", "트레이닝"), _TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "validate", "validating", "vld"), _VAL),
    **dict.fromkeys(("dev", "devel", "development"), _VAL),
    **dict.fromkeys(("검증", "밸리데이션", "발리데이션"), _VAL),
    **dict.fromkeys(("eval", "evaluate", "evaluation", "holdout"), (Split.VAL, Split.TEST)),
    **dict.fromkeys(("test", "testing", "tst"), _TEST),
    **dict.fromkeys(("시험", "테스트", "테스팅"), _TEST),
    "평가": (Split.TEST, Split.VAL),
}

# Those that would be found in too many other words; they count where the name is nothing else.
SHORT_WORDS = {"tr": _TRAIN, "va": _VAL, "vl": _VAL, "te": _TEST, "ts": _TEST}

# Words beside these that leave the meaning of a name as it is.
PLAIN_WORDS = frozenset(
    [
        "set",
        "sets",
        "split",
        "splits",
        "data",
        "dataset",
        "datasets",
        "db",
        "image",
        "images",
        "img",
        "imgs",
        "picture",
        "pictures",
        "pic",
        "pics",
        "photo",
        "photos",
        "file",
        "files",
        "folder",
        "dir",
        "seg",
        "cls",
        "class",
        "classes",
        "classification",
        "original",
        "orig",
        "resized",
        "crop",
        "cropped",
        "jpg",
        "jpeg",
        "png",
        "the",
        "of",
        "for",
        "and",
        "데이터",
        "데이터셋",
        "데이터세트",
        "자료",
        "셋",
        "세트",
        "집합",
        "이미지",
        "사진",
        "영상",
        "그림",
        "폴더",
        "파일",
        "용",
        "원천",
        "원본",
    ]
)

_KNOWN = sorted({*SPLIT_WORDS, *PLAIN_WORDS}, key=len, reverse=True)
_WORD = re.compile(r"[^\W\d_]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_BETWEEN = re.compile(r"(?<=[^\W_])[\s_-]+(?=[^\W_])")


@dataclass(frozen=True, slots=True)
class SplitName:
    """What a folder's name says of a split.

    Attributes:
        choices: the splits that it can mean, the likelier one first.
        rest: words that say something else, e.g. that of a dataset.
    """

    choices: tuple[Split, ...]
    rest: tuple[str, ...] = ()


def split_name(name: str) -> SplitName | None:
    """The split that a folder called `name` is of; None where it says none.

    Case, digits, signs between words and Unicode forms do not matter: ``seg_train``, ``Val ``,
    ``test2017``, ``trainset`` and ``학습용 데이터`` are understood.
    """
    words = _words(name)
    if len(words) == 1 and words[0] in SHORT_WORDS:
        return SplitName(SHORT_WORDS[words[0]])
    parts = [_parts(word) for word in words]
    if None in parts and (joined := _parts("".join(words))):  # hold-out
        parts = [joined]
    rest = tuple(word for word, known in zip(words, parts, strict=False) if known is None)
    found = [part for known in parts for part in known or () if part in SPLIT_WORDS]
    meanings = {SPLIT_WORDS[word] for word in found}
    if not meanings:
        return None
    if len(meanings) == 1:
        return SplitName(meanings.pop(), rest)
    if _TRAIN in meanings:  # "trainval" is for training
        return (
            None if any(Split.TEST in choices for choices in meanings) else SplitName(_TRAIN, rest)
        )
    return SplitName(_TEST, rest)


def is_plain(name: str) -> bool:
    """Whether a name says nothing of its own: ``images``, ``data``, ``사진``."""
    parts = [_parts(word) for word in _words(name)]
    return all(known is not None and PLAIN_WORDS.issuperset(known) for known in parts)


def stem_of(name: str) -> str:
    """A name without its numbers, so that those of a series are equal: ``shoot01``, ``shoot02``."""
    return " ".join(_words(name))


def class_key(name: str) -> str:
    """What is equal for two folder names of the same class.

    Case, Unicode forms, spaces around, and the sign between words do not matter. Single letters
    are told apart by their case: there are datasets of handwritten ones.
    """
    shown = class_title(name)
    return shown if len(shown) == 1 else _BETWEEN.sub(" ", _folded(shown))


def class_title(name: str) -> str:
    """The name of a class as it is written, in one Unicode form and without outer spaces.

    macOS and Linux spell the same Hangul differently. Line breaks and marks that turn the direction
    of writing would spoil what stands beside the name.
    """
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", name)).strip() or name


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _words(name: str) -> list[str]:
    return _WORD.findall(_folded(name))


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...] | None:
    """The known words that make up `word`; None where they do not."""
    if not word:
        return ()
    for known in _KNOWN:
        if word.startswith(known):
            rest = _parts(word[len(known) :])
            if rest is not None:
                return (known, *rest)
    return None
