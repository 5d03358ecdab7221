"""The internet as the preferences have it: through which proxies, or not at all. Needs no torch."""

from __future__ import annotations

import os
import sys
import threading
import urllib.request
from urllib.parse import urlparse

from tlstudio.core.errors import WeightsError
from tlstudio.core.preferences import PreferencesConfig, in_force
from tlstudio.core.texts import QT_TRANSLATE_NOOP

PROXIES = ("http_proxy", "https_proxy", "no_proxy")

_lock = threading.Lock()
_before: dict[str, str | None] = {}  # what the environment said before the preferences did


def use_preferences(address: str) -> None:
    """Let everything that asks a server from now on do so as the preferences say.

    urllib, torch.hub and the library of the Hugging Face hub all look for proxies in the
    environment. To be called before each download, so that a change holds from the next one on.

    Args:
        address: what is about to be asked, for the sentence.

    Raises:
        WeightsError: downloads are switched off.
    """
    preferences = in_force()
    if preferences.downloads == "off":
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "Downloads are switched off in the preferences."),
            QT_TRANSLATE_NOOP(
                "core",
                "Allow them there (Edit > Preferences, Internet), or download it elsewhere and "
                "import the file: {address}",
            ),
            address=address,
            host=urlparse(address).hostname or address,
        )
    with _lock:
        if _put_proxies(preferences):
            _forget_connections()


def _put_proxies(preferences: PreferencesConfig) -> bool:
    """Whether the environment was changed. Where a preference is empty, it is as it was before."""
    is_changed = False
    for name in PROXIES:
        value: str = getattr(preferences, name)
        for key in (name, name.upper()):
            if value:
                _before.setdefault(key, os.environ.get(key))
                wanted: str | None = value
            elif key in _before:
                wanted = _before.pop(key)
            else:
                continue
            if wanted != os.environ.get(key):
                is_changed = True
                if wanted is None:
                    del os.environ[key]
                else:
                    os.environ[key] = wanted
    return is_changed


def _forget_connections() -> None:
    """What keeps connections or proxies of the time when it was made: urllib, the hub's library."""
    urllib.request.install_opener(None)  # the next call makes another
    hub = sys.modules.get("huggingface_hub")
    if hub is not None and hasattr(hub, "close_session"):
        hub.close_session()
