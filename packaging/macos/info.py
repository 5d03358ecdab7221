"""What macOS is told of the application: its Info.plist beyond what PyInstaller writes.

    python packaging/macos/info.py        prints it

`packaging/pyinstaller` hands it to BUNDLE. Not built where TLStudio is developed: tests check its
form only (tests/packaging/test_macos.py).
"""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import Any

from tlstudio import __version__

BUNDLE_ID = "io.github.tlstudio.TLStudio"
CLASS_PACK = f"{BUNDLE_ID}.classpack"
ENTITLEMENTS = Path(__file__).with_name("entitlements.plist")
ICON = Path(__file__).resolve().parents[1] / "icons" / "tlstudio.icns"
WHY_FILES = "To open the images, runs and weights that you choose there."
ASKED_PLACES = (
    *("DesktopFolder", "DocumentsFolder", "DownloadsFolder"),
    *("RemovableVolumes", "NetworkVolumes"),
)


def info_plist(version: str = __version__) -> dict[str, Any]:
    """The keys and values for PyInstaller's BUNDLE(info_plist=...)."""
    return {
        "CFBundleName": "TLStudio",
        "CFBundleDisplayName": "TLStudio",
        "CFBundleIdentifier": BUNDLE_ID,
        "CFBundleVersion": version,
        "CFBundleShortVersionString": version,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "ko"],
        "CFBundleAllowMixedLocalizations": True,
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": "13.0",  # of Qt 6.10; torch asks for less
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,  # dark, too
        "NSSupportsAutomaticGraphicsSwitching": True,
        "NSHumanReadableCopyright": "© The TLStudio founders. Apache-2.0",
        # Asked by macOS the first time that the studio looks into one of these folders.
        **{f"NS{place}UsageDescription": WHY_FILES for place in ASKED_PLACES},
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Folder of images, or run of TLStudio",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",  # Finder stays what opens folders
                "LSItemContentTypes": ["public.folder"],
            },
            {
                "CFBundleTypeName": "Run of TLStudio",  # a file run.json
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.json"],
            },
            {
                "CFBundleTypeName": "Class pack of TLStudio",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [CLASS_PACK],
            },
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": CLASS_PACK,
                "UTTypeDescription": "Class pack of TLStudio",
                "UTTypeConformsTo": ["public.data"],  # an archive would be offered for unpacking
                "UTTypeTagSpecification": {"public.filename-extension": ["tlspack"]},
            }
        ],
    }


if __name__ == "__main__":
    plistlib.dump(info_plist(), sys.stdout.buffer)
