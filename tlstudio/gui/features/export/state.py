"""What is exported, pushed, pulled and served; goes on while the dialogs are closed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.export.formats import EXPORT_FORMATS, Exported, ExportOptions, ExportProgressed
from tlstudio.core.hub import HubProgressed, Pulled, Pushed, PushOptions
from tlstudio.core.serving import ServingProgressed, ServingStarted
from tlstudio.gui.features.export import jobs
from tlstudio.gui.features.export.subject import ExportSubject
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.work import WorkState


class ExportState(WorkState):
    """The exports of the subject.

    Attributes:
        subject: whose exports these are; None before anybody asked for one.
        options: of each format, by its id.
        format: the id of the one that is written, or was last.
        done: the last export of each format, by its id.
        exported: what is written, or was last: a person may look at another one meanwhile.
        last: what came of it; None before that, and where nothing did.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.exported: ExportSubject | None = None
        self.last: Exported | None = None
        self.subject: ExportSubject | None = None
        self.options = {row.id: ExportOptions(row.id) for row in EXPORT_FORMATS}
        self.format = ""
        self.done: dict[str, Exported] = {}

    def show(self, subject: ExportSubject) -> None:
        """Another network is to be handed on; what is being written goes on."""
        if subject != self.subject:
            self.subject = subject
            self.done.clear()
            if self.is_own and self.last is not None:
                self.done[self.format] = self.last
            self.changed.emit()

    @property
    def is_own(self) -> bool:
        """Whether the last export was of the subject."""
        return self.exported is not None and self.exported == self.subject

    def start(
        self,
        options: ExportOptions,
        out: Path,
        *,
        may_replace: bool = False,
        may_download: bool = False,
    ) -> None:
        """Begin to write an export; one at a time."""
        if self.subject is None or self.active:
            return
        self.format, self.exported, self.last = options.format, self.subject, None
        self.done.pop(options.format, None)
        self._begin(partial(jobs.export, self.subject, options, out, may_replace, may_download))

    def take(self, event: ExportProgressed | Exported) -> None:
        if isinstance(event, ExportProgressed):
            self.progress = event
        elif event.receipt.format == self.format:
            self.last = event
            if self.is_own:
                self.done[self.format] = event


class HubState(WorkState):
    """The login, and what goes to the hub.

    Attributes:
        is_logged_in: None until that is known.
        pushed: what went there last; `pushed_from` is what it was.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.is_logged_in: bool | None = None
        self.pushed: Pushed | None = None
        self._subject: ExportSubject | None = None
        self._logs_in = False

    def look(self) -> None:
        """Find out whether a person is logged in."""
        self._session.network_pool.submit(jobs.has_token, done=self._on_looked)

    def log_in(self, token: str) -> None:
        """Check a token; it is kept nowhere but by the hub's library."""
        if not self.active:
            self._logs_in = True
            self._begin(partial(jobs.log_in, token))

    def push(self, subject: ExportSubject, options: PushOptions) -> None:
        """Begin to hand a network on."""
        if not self.active:
            self._logs_in, self.pushed, self._subject = False, None, subject
            self._begin(partial(jobs.push, subject, options))

    def pushed_of(self, subject: ExportSubject | None) -> Pushed | None:
        """What went to the hub, if it was this."""
        return self.pushed if subject == self._subject else None

    def take(self, event: HubProgressed | Pushed | None) -> None:
        if isinstance(event, HubProgressed):
            self.progress = event
        elif isinstance(event, Pushed):
            self.pushed = event

    def end(self) -> None:
        if self._logs_in:
            self.look()

    def _on_looked(self, is_logged_in: bool) -> None:
        self.is_logged_in = is_logged_in
        self.changed.emit()


class PullState(WorkState):
    """What comes from the hub.

    Signals:
        pulled(Pulled): it is here.
    """

    pulled = Signal(object)

    def pull(self, repository: str) -> None:
        """Begin to fetch weights."""
        if not self.active:
            self._begin(partial(jobs.pull, repository))

    def take(self, event: HubProgressed | Pulled) -> None:
        if isinstance(event, HubProgressed):
            self.progress = event
        else:
            self.pulled.emit(event)


class ServingState(WorkState):
    """The server on this computer.

    Attributes:
        title: of what it serves.
        address: where; empty while it does not listen.
        answered: photos so far.
        refused: requests so far.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.title = ""
        self.address = ""
        self.answered = self.refused = 0

    def start(self, subject: ExportSubject, port: int) -> None:
        """Begin to serve; one at a time."""
        if not self.active:
            self.title, self.answered, self.refused = subject.title, 0, 0
            self._begin(partial(jobs.serve, subject, port))

    def take(self, event: ServingStarted | ServingProgressed) -> None:
        if isinstance(event, ServingStarted):
            self.address = event.address
        else:
            self.answered, self.refused = event.answered, event.refused

    def end(self) -> None:
        self.address = ""
