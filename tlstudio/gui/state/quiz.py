"""The quiz: which questions are asked, and what was answered, which outlives the program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.lessons.quiz import Question, read_questions, studio_questions
from tlstudio.core.storage import atomic_write, data_dir, read_json
from tlstudio.gui.kit import language
from tlstudio.gui.state import jobs
from tlstudio.gui.state.session import FeatureState, Session

STUDIO = "studio"  # the questions that come with it
MAX_KEPT = 5000  # answers
OWN, OWN_TITLE = "own", "own title"  # beside them in the file


class QuizState(FeatureState):
    """The cards, one of which is shown.

    Attributes:
        questions: of the source that is asked from; empty while they are read.
        own: a teacher's file, which outlives the program as well; None where there is none.
        own_title: what it is called.
        is_own: whether the questions are those of `own`.
        at: the card that is shown.
        refused: the file that was chosen last, where it has faults; None where it was read.
        faults: why it was not taken.

    Signals:
        changed(): any of these, or an answer.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.questions: tuple[Question, ...] = ()
        self.own: Path | None = None
        self.own_title = ""
        self.is_own = False
        self.at = 0
        self.refused: Path | None = None
        self.faults: tuple[TLStudioError, ...] = ()
        self._source = STUDIO
        self._spoken = ""  # the language of the studio's questions
        self._answers: dict[str, bool] | None = None  # of all sources; None until they are read
        self._pool = session.disk_pool
        self._asked = self._read = 0  # sources so far: the disk may answer in another order
        self.show_studio()

    @property
    def question(self) -> Question | None:
        """The card that is shown."""
        return self.questions[self.at] if self.at < len(self.questions) else None

    def answer_to(self, number: int) -> bool | None:
        """What a person answered to a question; None while they have not."""
        return (self._answers or {}).get(f"{self._source}/{number}")

    def is_right(self, number: int) -> bool | None:
        """Whether that was right; None while it is not answered."""
        answer = self.answer_to(number)
        return None if answer is None else answer == self.questions[number].answer

    @property
    def score(self) -> tuple[int, int]:
        """How many were answered rightly, and how many at all."""
        told = [self.is_right(number) for number in range(len(self.questions))]
        return sum(right is True for right in told), sum(right is not None for right in told)

    def show_studio(self) -> None:
        """Ask from the questions of the studio, in the language of the window."""
        self._spoken = language.current()
        self._pool.submit(_studio, self._spoken, done=self._reader(), failed=self._on_failed)

    def follow_language(self) -> None:
        """Ask the studio's questions in the language of the window, where it is another now."""
        if not self.is_own and self._spoken != language.current():
            self.show_studio()

    def open(self, path: Path, title: str = "") -> None:
        """Ask from a teacher's file; its faults are told, and the questions before stay.

        Args:
            title: of the class that it is of; empty for the name of the file.
        """
        own = _Own(path, title or path.stem)
        failed = partial(self._on_own_failed, path)
        self._pool.submit(_own, own, done=self._reader(), failed=failed)

    def show(self, number: int) -> None:
        """Show another card."""
        if 0 <= number < len(self.questions) and number != self.at:
            self.at = number
            self.changed.emit()

    def answer(self, is_true: bool) -> None:
        """Answer the card that is shown, once."""
        if self._answers is not None and self.question and self.answer_to(self.at) is None:
            self._answers[f"{self._source}/{self.at}"] = is_true
            self._keep()
            self.changed.emit()

    def ask_again(self, *, only_wrong: bool) -> None:
        """Forget answers, and begin at the first card without one."""
        answers = self._answers or {}
        for number in range(len(self.questions)):
            if not only_wrong or self.is_right(number) is False:
                answers.pop(f"{self._source}/{number}", None)
        self._keep()
        self.at = self._first_open()
        self.changed.emit()

    @property
    def next_open(self) -> int | None:
        """The next card without an answer, from the one that is shown on; None without any."""
        count = len(self.questions)
        numbers = ((self.at + further) % count for further in range(count)) if count else ()
        return next((number for number in numbers if self.answer_to(number) is None), None)

    def _keep(self) -> None:
        """Write all answers; the pool of runs writes in the order asked for."""
        kept: dict[str, bool | str] = dict([*(self._answers or {}).items()][-MAX_KEPT:])
        if self.own is not None:
            kept |= {OWN: str(self.own), OWN_TITLE: self.own_title}
        failed = self._session.notifications.error
        self._session.runs_pool.submit(_write, kept, failed=failed).must_end = True

    def _first_open(self) -> int:
        open_ones = (n for n in range(len(self.questions)) if self.answer_to(n) is None)
        return next(open_ones, 0)

    def _reader(self) -> Callable[[_Read], None]:
        self._asked += 1
        return partial(self._on_read, self._asked)

    def _on_read(self, number: int, read: _Read) -> None:
        if number < self._read:  # what was asked for later is there already
            return
        self._read = number
        self.refused, self.faults = None, ()
        if read.own is not None and (read.is_own or self.own is None):
            self.own, self.own_title = read.own.path, read.own.title
        is_other = not self.questions or read.source != self._source
        self.questions, self._source = read.questions, read.source
        self.is_own = read.is_own
        if self._answers is None:
            self._answers = read.answers
        if read.is_own:
            self._keep()  # which file it is
        if is_other:  # not the same ones in another language
            self.at = self._first_open()
        self.changed.emit()

    def _on_own_failed(self, path: Path, error: TLStudioError) -> None:
        self.refused, self.faults = path, tuple(error.problems)
        self._on_failed(error)
        self.changed.emit()

    def _on_failed(self, error: TLStudioError) -> None:
        for problem in error.problems[:3]:
            self._session.notifications.error(problem)


@dataclass(frozen=True, slots=True)
class _Own:
    path: Path
    title: str


@dataclass(frozen=True, slots=True)
class _Read:
    """Questions with what they are known by, and what is kept on the disk.

    Attributes:
        own: a teacher's file, the last one where the questions are not its own.
    """

    questions: tuple[Question, ...]
    source: str
    own: _Own | None
    is_own: bool
    answers: dict[str, bool]


def _file() -> Path:
    return data_dir() / "quiz.json"


def _studio(spoken: str) -> _Read:
    kept = _kept()
    path, title = kept.get(OWN), kept.get(OWN_TITLE)
    is_told = isinstance(path, str) and isinstance(title, str)  # its drive may not answer now
    own = _Own(Path(str(path)), str(title)) if is_told else None
    return _Read(studio_questions(spoken), STUDIO, own, False, _answers(kept))


def _own(own: _Own) -> _Read:
    """A teacher's; another text is another quiz, wherever it lies."""
    questions = read_questions(own.path, jobs.has_model)
    text = "\n".join(f"{one.statement}\0{one.answer}" for one in questions)
    source = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return _Read(questions, source, own, True, _answers(_kept()))


def _kept() -> Mapping[str, object]:
    told = read_json(_file())
    return told if isinstance(told, dict) else {}


def _answers(kept: Mapping[str, object]) -> dict[str, bool]:
    return {key: value for key, value in kept.items() if isinstance(value, bool)}


def _write(kept: Mapping[str, bool | str]) -> None:
    atomic_write(_file(), json.dumps(kept, indent=0))
