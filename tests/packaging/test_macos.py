"""What macOS is told of the application: Info.plist and entitlements."""

from __future__ import annotations

import plistlib
import re

from tests.packaging.scripts import load
from tlstudio import __version__


def test_the_info_of_the_application_can_be_written_and_is_complete() -> None:
    info = load("macos/info.py")
    values = plistlib.loads(plistlib.dumps(info.info_plist()))
    assert values == info.info_plist()
    assert values["CFBundleShortVersionString"] == __version__
    assert values["CFBundleIdentifier"] == info.BUNDLE_ID
    assert re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", info.BUNDLE_ID)
    assert values["CFBundleLocalizations"] == ["en", "ko"]
    assert info.ICON.read_bytes()[:4] == b"icns"


def test_folders_and_runs_open_but_no_one_loses_their_usual_program() -> None:
    types = load("macos/info.py").info_plist()["CFBundleDocumentTypes"]
    contents = {content for row in types for content in row["LSItemContentTypes"]}
    assert contents == {"public.folder", "public.json"}
    assert {row["LSHandlerRank"] for row in types} == {"Alternate"}
    assert {row["CFBundleTypeRole"] for row in types} == {"Viewer"}


def test_entitlements_are_known_ones_that_are_granted() -> None:
    values = plistlib.loads(load("macos/info.py").ENTITLEMENTS.read_bytes())
    assert values and all(value is True for value in values.values())
    assert all(key.startswith("com.apple.security.cs.") for key in values), "no sandbox to leave"
