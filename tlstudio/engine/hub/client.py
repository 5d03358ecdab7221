"""The hub's own library as the preferences have it, its errors as sentences, and the login.

The access token is that of the person's own login. It is asked for where there is none, handed to
the hub's library, which keeps it where all programs of the hub look for it, and is never in a file,
a log or an error of ours.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from tlstudio.core.errors import HubError, HubNameTakenError, TLStudioError
from tlstudio.core.hub import TOKENS_PAGE
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.downloads import web
from tlstudio.engine.network import use_preferences

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")

_log = logging.getLogger(__name__)

# What the hub's library trips over where an answer is not as it expects: it checks none.
_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

_NETWORK_HINT = QT_TRANSLATE_NOOP(
    "core", "Check the network, and the proxy in the preferences; then try again."
)


def open_hub() -> HfApi:
    """The hub's library, with the preferences' proxies.

    Honours ``HF_ENDPOINT``, ``HF_HUB_OFFLINE``, ``HF_TOKEN`` and the login of ``hf auth login``.

    Raises:
        WeightsError: the preferences allow no downloads.
    """
    from huggingface_hub import HfApi, constants

    use_preferences(constants.ENDPOINT)
    # No telemetry; the library would fetch a list for it, keep it for a day, and fail on a bad one.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it would speak to the terminal
    return HfApi(library_name="tlstudio")


def has_token() -> bool:
    """Whether the person is logged in, as far as this machine knows."""
    from huggingface_hub import get_token

    return get_token() is not None


def log_in(token: str, stop: StopToken | None = None) -> None:
    """Check a token and keep it where the hub's library keeps it.

    Raises:
        HubError: it is none, or the hub does not know it.
        WeightsError: the preferences allow no downloads.
    """
    from huggingface_hub import login

    open_hub()
    token = token.strip()
    is_odd = not token.isascii() or any(mark.isspace() for mark in token)
    if not token or is_odd or token.startswith("api_org"):  # an organization's cannot log in
        raise wrong_token()
    with told_plainly("", stop):
        web.given_up_on_stop(lambda: login(token, add_to_git_credential=False), stop)


def asked(call: Callable[[], T], repository: str, stop: StopToken | None) -> T:
    """What the hub answers.

    Args:
        repository: for sentences.
        stop: nothing is waited for any more.

    Raises:
        HubError: it refuses, cannot be reached, or it was stopped.
    """
    with told_plainly(repository, stop):
        answer = web.given_up_on_stop(call, stop)
    if stop is not None and stop.stopped:
        raise stopped()
    return answer


@contextlib.contextmanager
def told_plainly(repository: str, stop: StopToken | None) -> Iterator[None]:
    """Turn the errors of the hub's library into sentences."""
    try:
        yield
    except TLStudioError:
        raise
    except Exception as error:  # the library's own, and those of its connections
        # its words may quote what was sent: they go no further
        raise _translated(error, repository, stop) from None


def wrong_token() -> HubError:
    """The token is of no use."""
    return HubError(
        QT_TRANSLATE_NOOP("core", "The Hugging Face hub does not take this access token."),
        QT_TRANSLATE_NOOP("core", "Make one that may write at {page} and log in again."),
        page=TOKENS_PAGE,
    )


def no_token() -> HubError:
    """The person is not logged in."""
    return HubError(
        QT_TRANSLATE_NOOP("core", "You are not logged in to the Hugging Face hub."),
        QT_TRANSLATE_NOOP("core", "Make an access token that may write at {page} and log in."),
        page=TOKENS_PAGE,
    )


def stopped() -> HubError:
    """A person ended it."""
    return HubError(
        QT_TRANSLATE_NOOP("core", "It was stopped."),
        QT_TRANSLATE_NOOP("core", "On the hub everything is as it was before."),
    )


def name_taken(repository: str) -> HubNameTakenError:
    """There is a repository of this name, and it is not to be changed."""
    return HubNameTakenError(
        QT_TRANSLATE_NOOP("core", "There is a repository “{name}” already."),
        QT_TRANSLATE_NOOP("core", "Choose another name, or let this be its new version."),
        name=repository,
    )


def no_repository(repository: str) -> HubError:
    """There is none, or none that the person may see."""
    return HubError(
        QT_TRANSLATE_NOOP("core", "The hub has no repository “{name}” that you may see."),
        QT_TRANSLATE_NOOP("core", "Check the name; log in if it is private."),
        name=repository,
    )


def _translated(error: Exception, repository: str, stop: StopToken | None) -> HubError:
    from huggingface_hub import constants, errors

    host = web.host_of(constants.ENDPOINT)
    if stop is not None and stop.stopped:
        return stopped()
    if isinstance(error, errors.OfflineModeIsEnabled):
        return HubError(
            QT_TRANSLATE_NOOP("core", "The hub is switched off by HF_HUB_OFFLINE."),
            QT_TRANSLATE_NOOP("core", "Start the studio without it."),
        )
    if isinstance(error, errors.GatedRepoError):
        return HubError(
            QT_TRANSLATE_NOOP("core", "“{name}” wants its terms accepted first."),
            QT_TRANSLATE_NOOP("core", "Do that on its page in the browser, and log in here."),
            name=repository,
        )
    if isinstance(error, errors.RepositoryNotFoundError):
        return no_repository(repository)
    for cause in _causes(error):  # `login` hides what the hub said in words of its own
        if isinstance(cause, errors.HfHubHTTPError):
            return _refusal(cause.response.status_code, repository, host)
    return _no_connection(error, host)


def _refusal(status: int, repository: str, host: str) -> HubError:
    if status == 401:
        return wrong_token()
    if status == 403:
        return HubError(
            QT_TRANSLATE_NOOP("core", "Your access token may not write to “{name}”."),
            QT_TRANSLATE_NOOP(
                "core", "Choose a repository of your own, or make a token that may write at {page}"
            ),
            name=repository,
            page=TOKENS_PAGE,
        )
    if status == 404:
        return no_repository(repository)
    if status in (408, 425, 429) or status >= 500:
        return HubError(
            QT_TRANSLATE_NOOP("core", "{host} is busy ({status})."),
            QT_TRANSLATE_NOOP("core", "Try again in a few minutes."),
            host=host,
            status=status,
        )
    return HubError(
        QT_TRANSLATE_NOOP("core", "{host} refuses it ({status})."),
        QT_TRANSLATE_NOOP("core", "Its page in the browser may say why."),
        host=host,
        status=status,
    )


def _no_connection(error: Exception, host: str) -> HubError:
    """What is wrong with the way to the hub.

    Raises:
        Exception: `error` itself, where it has nothing to do with that.
    """
    for cause in _causes(error):
        kind = type(cause)
        is_http = kind.__module__.startswith("httpx")  # which we do not use ourselves
        if (is_http and kind.__name__.endswith("Timeout")) or isinstance(cause, TimeoutError):
            told: TLStudioError = web.no_answer(host)
        elif isinstance(cause, OSError):
            told = web.connection_error(cause, host, "")
        elif is_http:
            told = web.no_network(host)
        elif isinstance(cause, _SENSELESS):
            _log.warning("an answer of %s: %s", host, type(cause).__name__)
            return HubError(
                QT_TRANSLATE_NOOP("core", "{host} gave an answer that makes no sense."),
                QT_TRANSLATE_NOOP("core", "A proxy or a login page may answer in its place."),
                host=host,
            )
        else:
            continue
        return HubError(told.sentence, _NETWORK_HINT, **told.values)
    raise error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The first cause first: it knows best."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return reversed(chain)
