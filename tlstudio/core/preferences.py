"""The preferences of a person: one table of fields, from which form, file and validation follow.

They hold for the window and the terminal alike. The file keeps only what differs from the
defaults; see `core.storage.told_preferences` for what is read before there is time for this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from tlstudio.core.config.configuration import Configuration, validated
from tlstudio.core.config.fields import FieldText, field_specs
from tlstudio.core.errors import ConfigError
from tlstudio.core.storage import broken_path, preferences_path, read_json, told_preferences
from tlstudio.core.texts import QT_TRANSLATE_NOOP

GB = 1_000_000_000
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


class PreferencesGroup(StrEnum):
    """The pages of the dialog, in order."""

    GENERAL = "general"
    FOLDERS = "folders"
    SPACE = "space"
    COMPUTER = "computer"
    NETWORK = "network"
    PRIVACY = "privacy"  # nothing to set: what is remembered, and how to forget it


PREFERENCES_TITLES: dict[StrEnum, str] = {
    PreferencesGroup.GENERAL: QT_TRANSLATE_NOOP("core", "General"),
    PreferencesGroup.FOLDERS: QT_TRANSLATE_NOOP("core", "Folders"),
    PreferencesGroup.SPACE: QT_TRANSLATE_NOOP("core", "Space"),
    PreferencesGroup.COMPUTER: QT_TRANSLATE_NOOP("core", "Computer"),
    PreferencesGroup.NETWORK: QT_TRANSLATE_NOOP("core", "Internet"),
    PreferencesGroup.PRIVACY: QT_TRANSLATE_NOOP("core", "Privacy"),
}


def _folder(text: str) -> str:
    if text and not Path(text).is_absolute():
        raise ValueError("not a whole path")
    return text


def _proxy(text: str) -> str:
    """An address with its scheme; ``http`` where none is said."""
    text = text.strip()
    if not text:
        return text
    address = text if "://" in text else f"http://{text}"
    parts = urlsplit(address)
    if parts.scheme not in PROXY_SCHEMES or not parts.hostname or " " in address:
        raise ValueError("not an address")
    _ = parts.port  # raises where it is no number
    return address


def _hosts(text: str) -> str:
    return ",".join(filter(None, (host.strip() for host in text.replace(";", ",").split(","))))


Folder = Annotated[str, AfterValidator(_folder)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Hosts = Annotated[str, AfterValidator(_hosts)]


class PreferencesConfig(Configuration):
    """What a person prefers, on every dataset and in every run. Frozen."""

    help_section = "preferences"

    language: Annotated[
        Literal["system", "en", "ko"],
        FieldText(
            QT_TRANSLATE_NOOP("core", "Language"),
            QT_TRANSLATE_NOOP("core", "Of the window, at once; the terminal speaks English."),
            group=PreferencesGroup.GENERAL,
            choices={
                "system": QT_TRANSLATE_NOOP("core", "As the system"),
                "en": "English",
                "ko": "한국어",
            },
        ),
    ] = "system"
    scheme: Annotated[
        Literal["system", "light", "dark", "contrast"],
        FieldText(
            QT_TRANSLATE_NOOP("core", "Appearance"),
            QT_TRANSLATE_NOOP("core", "Light or dark; as the system follows it by day and night."),
            group=PreferencesGroup.GENERAL,
            choices={
                "system": QT_TRANSLATE_NOOP("core", "As the system"),
                "light": QT_TRANSLATE_NOOP("core", "Light"),
                "dark": QT_TRANSLATE_NOOP("core", "Dark"),
                "contrast": QT_TRANSLATE_NOOP("core", "High contrast"),
            },
        ),
    ] = "system"
    size: Annotated[
        Literal["100", "125", "150", "200"],
        FieldText(
            QT_TRANSLATE_NOOP("core", "Size"),
            QT_TRANSLATE_NOOP(
                "core",
                "Of text and all else in the window, beyond what the system asks for; from the "
                "next start.",
            ),
            group=PreferencesGroup.GENERAL,
            choices={
                "100": QT_TRANSLATE_NOOP("core", "As the system"),
                "125": "125 %",
                "150": "150 %",
                "200": "200 %",
            },
        ),
    ] = "100"
    detail: Annotated[
        Literal["full", "simple"],
        FieldText(
            QT_TRANSLATE_NOOP("core", "What is shown"),
            QT_TRANSLATE_NOOP(
                "core",
                "Simple leaves layers and what only experts need out of sight; what was set there "
                "goes on to hold.",
            ),
            group=PreferencesGroup.GENERAL,
            choices={
                "full": QT_TRANSLATE_NOOP("core", "Everything"),
                "simple": QT_TRANSLATE_NOOP("core", "Simple"),
            },
        ),
    ] = "full"

    runs_folder: Annotated[
        Folder,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Runs"),
            QT_TRANSLATE_NOOP(
                "core", "Where every run is kept with its settings, curves and weights."
            ),
            group=PreferencesGroup.FOLDERS,
            takes="folder",
        ),
    ] = ""
    cache_folder: Annotated[
        Folder,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Features"),
            QT_TRANSLATE_NOOP(
                "core",
                "Where kept features lie, and all else that can be made again; best on a quick "
                "disk.",
            ),
            group=PreferencesGroup.FOLDERS,
            takes="folder",
        ),
    ] = ""
    weights_folder: Annotated[
        Folder,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Pretrained weights"),
            QT_TRANSLATE_NOOP(
                "core",
                "Where downloads of torchvision and timm go. The usual folders are those of torch "
                "and of the Hugging Face hub, which other programs use, too.",
            ),
            group=PreferencesGroup.FOLDERS,
            takes="folder",
        ),
    ] = ""

    features_limit_gb: Annotated[
        float,
        Field(gt=0, le=100_000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Space for features"),
            QT_TRANSLATE_NOOP(
                "core", "Those that were used longest ago give way once kept features take more."
            ),
            unit="GB",
            group=PreferencesGroup.SPACE,
            is_log=True,
        ),
    ] = 8.0
    images_limit_gb: Annotated[
        float,
        Field(ge=0, le=100_000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Space for decoded images"),
            QT_TRANSLATE_NOOP(
                "core",
                "For images that memory has no room for, only while a run goes on; never more than "
                "a quarter of what is free.",
            ),
            unit="GB",
            group=PreferencesGroup.SPACE,
            is_log=True,
        ),
    ] = 8.0
    runs_limit_gb: Annotated[
        float,
        Field(gt=0, le=100_000),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Space for runs"),
            QT_TRANSLATE_NOOP(
                "core",
                "Once runs take more, old ones without a star are offered for deletion. None is "
                "deleted by itself.",
            ),
            unit="GB",
            group=PreferencesGroup.SPACE,
            is_log=True,
        ),
    ] = 10.0

    device: Annotated[
        str,
        Field(pattern=r"^(auto|cpu|mps|cuda(:\d+)?)$"),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Usual device"),
            QT_TRANSLATE_NOOP(
                "core",
                "What “Automatic” means in the settings of a run. Where it is missing, the fastest "
                "device that there is computes.",
            ),
            group=PreferencesGroup.COMPUTER,
        ),
    ] = "auto"
    threads: Annotated[
        int,
        Field(ge=0, le=1024),
        FieldText(
            QT_TRANSLATE_NOOP("core", "Threads"),
            QT_TRANSLATE_NOOP(
                "core",
                "How many threads the processor computes with, from the next run on; 0 takes as "
                "many as there are cores. Fewer leave room for other programs.",
            ),
            group=PreferencesGroup.COMPUTER,
        ),
    ] = 0

    downloads: Annotated[
        Literal["allowed", "off"],
        FieldText(
            QT_TRANSLATE_NOOP("core", "Downloads"),
            QT_TRANSLATE_NOOP(
                "core",
                "Pretrained weights are downloaded only when you ask for them. Switched off, "
                "nothing is, and files can still be imported.",
            ),
            group=PreferencesGroup.NETWORK,
            choices={
                "allowed": QT_TRANSLATE_NOOP("core", "Allowed"),
                "off": QT_TRANSLATE_NOOP("core", "Switched off"),
            },
        ),
    ] = "allowed"
    http_proxy: Annotated[
        Proxy,
        FieldText(
            QT_TRANSLATE_NOOP("core", "HTTP proxy"),
            QT_TRANSLATE_NOOP(
                "core",
                "An address such as http://proxy:3128. Left empty, what the system says holds.",
            ),
            group=PreferencesGroup.NETWORK,
            takes="line",
            only_if=("downloads", ("allowed",)),
        ),
    ] = ""
    https_proxy: Annotated[
        Proxy,
        FieldText(
            QT_TRANSLATE_NOOP("core", "HTTPS proxy"),
            QT_TRANSLATE_NOOP(
                "core",
                "Pretrained weights come by HTTPS. A name and password in the address are kept in "
                "a file that only you can read.",
            ),
            group=PreferencesGroup.NETWORK,
            takes="line",
            only_if=("downloads", ("allowed",)),
        ),
    ] = ""
    no_proxy: Annotated[
        Hosts,
        FieldText(
            QT_TRANSLATE_NOOP("core", "Without a proxy"),
            QT_TRANSLATE_NOOP("core", "Servers that are asked directly, with commas between them."),
            group=PreferencesGroup.NETWORK,
            takes="line",
            only_if=("downloads", ("allowed",)),
        ),
    ] = ""

    @property
    def features_limit_bytes(self) -> int:
        """The space that kept features may take."""
        return round(self.features_limit_gb * GB)

    @property
    def images_limit_bytes(self) -> int:
        """The space that decoded images may take on the disk."""
        return round(self.images_limit_gb * GB)


PREFERENCES = field_specs(PreferencesConfig)
PREFERENCE_BY_NAME = {spec.name: spec for spec in PREFERENCES}

_known: tuple[Mapping[str, object], PreferencesConfig] | None = None


def in_force() -> PreferencesConfig:
    """The preferences that hold now, for the window and the terminal alike.

    Read again whenever the file has changed; values that are of no use count as the defaults.
    """
    global _known
    told = told_preferences()
    if _known is None or _known[0] is not told:
        _known = (told, checked(told)[0])
    return _known[1]


def faults(path: Path | None = None) -> tuple[ConfigError, ...]:
    """What is wrong in the file of preferences, a sentence each; none where there is no file.

    Args:
        path: the file; that of the studio by default.
    """
    path = path or preferences_path()
    if path.exists() and not isinstance(read_json(path), dict):
        return (
            ConfigError(
                QT_TRANSLATE_NOOP("core", "The file of your preferences cannot be read."),
                QT_TRANSLATE_NOOP(
                    "core", "The usual ones hold; the file is kept beside the next as “{name}”."
                ),
                name=broken_path(path).name,
            ),
        )
    return checked(told_preferences(path))[1]


def checked(told: Mapping[str, object]) -> tuple[PreferencesConfig, tuple[ConfigError, ...]]:
    """The preferences in a file as far as they are of use, and why the others are not.

    Names that this version does not know may be those of a newer one, and are passed over.
    """
    known = {name: value for name, value in told.items() if name in PREFERENCE_BY_NAME}
    try:
        return validated(PreferencesConfig, known), ()
    except ConfigError as error:
        problems = error.problems
    wrong = {str(problem.values["name"]) for problem in problems}
    usable = {name: value for name, value in known.items() if name not in wrong}
    sentences = tuple(
        ConfigError(
            QT_TRANSLATE_NOOP("core", "A preference is not valid: {title}."),
            QT_TRANSLATE_NOOP("core", "Its usual value holds instead of “{value}”."),
            title=PREFERENCE_BY_NAME[name].text.title,
            value=str(known[name]),
        )
        for name in sorted(wrong)
    )
    return validated(PreferencesConfig, usable), sentences
