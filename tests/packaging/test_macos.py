"""What macOS is told of the application: Info.plist and entitlements."""

from __future__ import annotations

import plistlib
import re

from tests.packaging.scripts import load
from tlstudio import __version__
from tlstudio.core.classroom import SUFFIX


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
    info = load("macos/info.py")
    types = info.info_plist()["CFBundleDocumentTypes"]
    ranks = {
        content: row["LSHandlerRank"] for row in types for content in row["LSItemContentTypes"]
    }
    own = {info.CLASS_PACK: "Owner"}
    assert ranks == {"public.folder": "Alternate", "public.json": "Alternate", **own}
    [declared] = info.info_plist()["UTExportedTypeDeclarations"]
    assert declared["UTTypeIdentifier"] == info.CLASS_PACK
    assert declared["UTTypeTagSpecification"] == {"public.filename-extension": [SUFFIX[1:]]}
    assert {row["CFBundleTypeRole"] for row in types} == {"Viewer"}


def test_entitlements_are_known_ones_that_are_granted() -> None:
    values = plistlib.loads(load("macos/info.py").ENTITLEMENTS.read_bytes())
    assert values and all(value is True for value in values.values())
    assert all(key.startswith("com.apple.security.cs.") for key in values), "no sandbox to leave"
