"""Quiz cards: statements that are true or false, the reason, and the view that shows it.

Questions lie in plain text files, those of the studio as well as a teacher's own. A line that
begins with ``#`` is a comment; every question has a few lines, and blank ones may stand between::

    Q: Two 3x3 convolutions see as much of an image as one of 5x5.
    A: true
    Why: The second one adds 2 pixels to the 3 of the first.
    See: lesson/receptive_field

``Why`` and ``See`` may be left out. A line without such a word goes on with the one before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from tlstudio.core.config import make_config
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.lessons.paper_ids import PAPER_IDS
from tlstudio.core.lessons.table import LESSONS, find_lesson
from tlstudio.core.lessons.target import PLACES, Target
from tlstudio.core.lessons.target import faults as target_faults
from tlstudio.core.storage import resources_dir
from tlstudio.core.text_files import read_text_file
from tlstudio.core.texts import QT_TRANSLATE_NOOP, readable

MAX_BYTES = 1 << 20
MAX_QUESTIONS = 1000
MAX_CHARACTERS = 2000  # of one line with those that go on with it
_MAX_FAULTS = 100  # told of one file

_WORDS = {
    "q": "statement",
    "question": "statement",
    "문제": "statement",
    "질문": "statement",
    "a": "answer",
    "answer": "answer",
    "답": "answer",
    "정답": "answer",
    "why": "why",
    "이유": "why",
    "해설": "why",
    "see": "see",
    "보기": "see",
}
_COLON = re.compile("[:：]")  # Korean keyboards have both
_ANSWERS = {
    **dict.fromkeys(("true", "yes", "t", "o", "참", "예", "맞음"), True),
    **dict.fromkeys(("false", "no", "f", "x", "거짓", "아니요", "틀림"), False),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One card.

    Attributes:
        statement: true or false as a whole.
        answer: whether it is true.
        why: the reason, a sentence or two; may be empty.
        target: what shows it; None where nothing does.
    """

    statement: str
    answer: bool
    why: str = ""
    target: Target | None = None


def studio_questions(language: str) -> tuple[Question, ...]:
    """The questions that come with the studio; in English where a language has none."""
    folder = resources_dir() / "quiz"
    file = folder / f"questions.{language}.txt"
    return read_questions(file if file.is_file() else folder / "questions.en.txt")


def read_questions(
    path: Path, has_model: Callable[[str], bool] | None = None
) -> tuple[Question, ...]:
    """Read a file of questions.

    Args:
        has_model: whether the catalog has a network; None to believe what the file says.

    Raises:
        StorageError: it cannot be read, is too large, or is no text.
        ConfigError: it holds no questions, or faults; holds every one of them, with its line.
    """
    return parse_questions(read_text_file(path, MAX_BYTES), path.name, has_model)


def parse_questions(
    text: str, name: str, has_model: Callable[[str], bool] | None = None
) -> tuple[Question, ...]:
    """Read questions from a text; see `read_questions`.

    Args:
        name: of the file, for sentences.
    """
    faults: list[TLStudioError] = []
    questions: list[Question] = []
    for draft in _drafts(text, name, faults):
        question = draft.question(name, faults, has_model)
        if question is not None:
            questions.append(question)
    if not faults and not questions:
        faults.append(ConfigError(_NONE, _FORMAT, name=name))
    if len(questions) > MAX_QUESTIONS:
        faults.append(ConfigError(_TOO_MANY, name=name, most=MAX_QUESTIONS))
    if faults:
        raise ConfigError.of(faults)
    return tuple(questions)


def target_of(text: str) -> Target | None:
    """What ``See:`` leads to; None where there is no such place.

    ``lesson/padding``, ``paper/alexnet``, or a page or view of the window, perhaps with networks
    and settings: ``data``, ``train/advice``, ``model/picture: vgg16``,
    ``model/layers: resnet18, strategy=fine_tuning``.
    """
    place, _, what = (part.strip() for part in text.partition(":"))
    kind, _, name = place.partition("/")
    if kind in ("lesson", "paper"):
        is_known = find_lesson(name) is not None if kind == "lesson" else name in PAPER_IDS
        made = Target(lesson=name) if kind == "lesson" else Target(paper=name)
        return made if name and is_known and not what else None
    if kind not in PLACES or (name and name not in PLACES[kind]):
        return None
    values: dict[str, str] = {}
    models: list[str] = []
    for word in filter(None, (part.strip() for part in what.split(","))):
        setting, is_setting, value = word.partition("=")
        if is_setting:
            values[setting.strip()] = value.strip()
        else:
            models.append(word)
    target = Target(
        step=kind,
        tab=name,
        models=tuple(models),
        strategy=values.pop("strategy", ""),
        dataset=values.pop("dataset", ""),
        changes=tuple((setting, _value(value)) for setting, value in values.items()),
    )
    return target if not any(target_faults(target, models, ())) and _can_be_set(target) else None


def _can_be_set(target: Target) -> bool:
    try:
        make_config(target.settings)
    except ConfigError:
        return False
    return True


_FORMAT = QT_TRANSLATE_NOOP(
    "core", "A question has the lines “Q: …” and “A: true” or “A: false”; “Why: …” may follow."
)
_NONE = QT_TRANSLATE_NOOP("core", "“{name}” holds no questions.")
_TOO_MANY = QT_TRANSLATE_NOOP("core", "“{name}” holds more than {most} questions.")
_STRAY = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: it belongs to no question.")
_TWICE = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: the question has this line already.")
_EMPTY = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: the question says nothing.")
_NO_ANSWER = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: the question has no answer.")
_NOT_AN_ANSWER = QT_TRANSLATE_NOOP(
    "core", "“{name}”, line {line}: the answer must be true or false, not “{value}”."
)
_TOO_LONG = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: it is longer than {most} characters.")
_NO_PLACE = QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: “{value}” leads nowhere.")
_PLACES = QT_TRANSLATE_NOOP(
    "core",
    "Places are such as paper/vgg, train/advice, model/picture: vgg16, and lesson/ with one of "
    "{lessons}.",
)


@dataclass(slots=True)
class _Draft:
    """The lines of one question, and where each began."""

    line: int
    parts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def question(
        self,
        name: str,
        faults: list[TLStudioError],
        has_model: Callable[[str], bool] | None,
    ) -> Question | None:
        def fault(sentence: str, part: str = "statement", hint: str = _FORMAT) -> None:
            told = {
                "value": self.parts.get(part, "")[:60],
                "line": self.lines.get(part, self.line),
                "most": MAX_CHARACTERS,
                "lessons": ", ".join(lesson.id for lesson in LESSONS),
            }
            faults.append(ConfigError(sentence, hint, name=name, **told))

        before = len(faults)
        told = normalize("NFC", self.parts.get("answer", "")).casefold().rstrip(".")
        see = self.parts.get("see", "")
        target = target_of(see) if see else None
        for part, text in self.parts.items():
            if len(text) > MAX_CHARACTERS:
                fault(_TOO_LONG, part)
        if not self.parts["statement"]:
            fault(_EMPTY)
        if not told:
            fault(_NO_ANSWER)
        elif told not in _ANSWERS:
            fault(_NOT_AN_ANSWER, "answer")
        models = target.models if target is not None and has_model is not None else ()
        if see and (target is None or not all(map(has_model or bool, models))):
            fault(_NO_PLACE, "see", _PLACES)
        if len(faults) > before:
            return None
        return Question(self.parts["statement"], _ANSWERS[told], self.parts.get("why", ""), target)


def _drafts(text: str, name: str, faults: list[TLStudioError]) -> Iterator[_Draft]:
    draft: _Draft | None = None
    part = ""
    for number, line in enumerate(text.splitlines(), 1):
        line = readable(line).strip()
        if not line or line.startswith("#"):
            continue
        word, *rest = _COLON.split(line, 1)
        found = _WORDS.get(normalize("NFC", word).strip().casefold()) if rest else None
        if found == "statement":
            if draft is not None:
                yield draft
            draft = _Draft(number)
        if draft is None:
            faults.append(ConfigError(_STRAY, _FORMAT, name=name, line=number))
            return  # else every line of another file would be told of
        if len(faults) >= _MAX_FAULTS:
            return
        if found is None:
            if len(draft.parts[part]) <= MAX_CHARACTERS:  # it is told of, however much follows
                draft.parts[part] = f"{draft.parts[part]} {line}".strip()
        elif found in draft.parts:
            faults.append(ConfigError(_TWICE, _FORMAT, name=name, line=number))
        else:
            part = found
            draft.parts[part], draft.lines[part] = rest[0].strip(), number
    if draft is not None:
        yield draft


def _value(text: str) -> object:
    """A setting as JSON has it, or else as it was typed."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
