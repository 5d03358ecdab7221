"""Looks for faults in an Inno Setup script, since its compiler runs on Windows only.

What it checks: sections, directives, parameters and flags are among those that Inno Setup 6
documents (as far as a script of ours may need them); required parameters are there and quotes are
closed; constants, defines, tasks, languages and custom messages that are used exist, the messages
in every language; files beside the script that are named exist; in [Code], strings and comments
are closed, and every `begin` has its `end`.

What it does not check: whether the code compiles, the types and names in it, whether values suit
their directives, and what the installer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

DIRECTIVES = {
    *("AllowNoIcons", "AppComments", "AppContact", "AppId", "AppName", "AppPublisher"),
    *("AppPublisherURL", "AppSupportURL", "AppUpdatesURL", "AppVerName", "AppVersion"),
    *("ArchitecturesAllowed", "ArchitecturesInstallIn64BitMode", "ChangesAssociations"),
    *("CloseApplications", "Compression", "DefaultDirName", "DefaultGroupName"),
    *("DisableDirPage", "DisableProgramGroupPage", "DisableWelcomePage", "InfoBeforeFile"),
    *("LicenseFile", "LZMAUseSeparateProcess", "MinVersion", "OutputBaseFilename", "OutputDir"),
    *("PrivilegesRequired", "PrivilegesRequiredOverridesAllowed", "RestartApplications"),
    *("SetupIconFile", "SetupLogging", "ShowLanguageDialog", "SignTool", "SolidCompression"),
    *("UninstallDisplayIcon", "UninstallDisplayName", "UsePreviousAppDir"),
    *("VersionInfoVersion", "WizardStyle"),
}
NEEDED = {"AppId", "AppName", "AppVersion", "DefaultDirName"}
ANYWHERE = {"Languages", "Tasks", "Components", "Check", "MinVersion", "Flags"}
# of each section: parameters that it must have, those that it may have, and its flags
ENTRIES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "Languages": ({"Name", "MessagesFile"}, set(), set()),
    "Tasks": ({"Name", "Description"}, {"GroupDescription"}, {"unchecked", "checkedonce"}),
    "InstallDelete": ({"Type", "Name"}, set(), set()),
    "UninstallDelete": ({"Type", "Name"}, set(), set()),
    "Files": (
        {"Source", "DestDir"},
        {"DestName", "Excludes"},
        {"ignoreversion", "recursesubdirs", "createallsubdirs", "uninsneveruninstall"},
    ),
    "Icons": (
        {"Name", "Filename"},
        {"Parameters", "WorkingDir", "IconFilename", "Comment", "AppUserModelID"},
        {"uninsneveruninstall"},
    ),
    "Registry": (
        {"Root", "Subkey"},
        {"ValueType", "ValueName", "ValueData"},
        {"uninsdeletekey", "uninsdeletekeyifempty", "uninsdeletevalue"},
    ),
    "Run": (
        {"Filename"},
        {"Description", "Parameters", "WorkingDir"},
        {"nowait", "postinstall", "skipifsilent", "unchecked"},
    ),
}
DELETE_TYPES = {"files", "filesandordirs", "dirifempty"}
ROOTS = {"HKA", "HKCU", "HKLM"}
CONSTANTS = {
    *("app", "autopf", "autoprograms", "autodesktop", "localappdata", "userappdata"),
    *("tmp", "sys", "win", "cm"),
}
OWN_MESSAGES = {"CreateDesktopIcon", "AdditionalIcons", "LaunchProgram"}

_SECTION = re.compile(r"\[(\w+)\]$")
_PARAMETER = re.compile(r'\s*(\w+):\s*("(?:[^"]|"")*"|[^";]*)\s*(?:;|$)')
_CONSTANT = re.compile(r"\{(?!#)([^{}]*(?:\{#\w+\})?)\}")
_DEFINED = re.compile(r"\{#(\w+)\}")


@dataclass
class Script:
    """A script taken apart.

    Attributes:
        defines: names that a `#define` gives or an `#ifndef` asks for.
        directives: of [Setup].
        entries: section, line number and parameters.
        messages: of [CustomMessages], by (language, name).
        code: of [Code], with the number of its first line.
        faults: lines that are nothing known.
    """

    defines: set[str] = field(default_factory=set)
    directives: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    messages: dict[tuple[str, str], str] = field(default_factory=dict)
    code: str = ""
    faults: list[str] = field(default_factory=list)


def parse(text: str) -> Script:
    """Take a script apart."""
    script, section = Script(), ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        found = _SECTION.match(stripped)
        if found:
            section = found[1]
            if section not in {"Setup", "CustomMessages", "Messages", "Code", *ENTRIES}:
                script.faults.append(f"{number}: unknown section {section}")
        elif section == "Code":
            script.code += f"{line}\n"
        elif stripped.startswith("#"):
            word, *rest = stripped.split()
            if word in ("#define", "#ifndef"):
                script.defines.add(rest[0])
            elif word not in ("#error", "#endif", "#ifdef"):
                script.faults.append(f"{number}: unknown instruction {word}")
        elif stripped and not stripped.startswith(";"):
            _take_line(script, section, number, stripped)
    return script


def _take_line(script: Script, section: str, number: int, line: str) -> None:
    name, is_assigned, value = line.partition("=")
    if section == "Setup":
        script.directives[name] = value
        if not is_assigned or name not in DIRECTIVES:
            script.faults.append(f"{number}: unknown directive {name}")
    elif section in ("CustomMessages", "Messages"):
        language, _, message = name.rpartition(".")
        script.messages[language, message] = value
    else:
        parameters, place = {}, 0
        while place < len(line):
            found = _PARAMETER.match(line, place)
            if found is None:
                script.faults.append(f"{number}: cannot be read from “{line[place:]}” on")
                return
            value = found[2].strip()
            parameters[found[1]] = value[1:-1].replace('""', '"') if value[:1] == '"' else value
            place = found.end()
        script.entries.append((section, number, parameters))


def faults(path: Path) -> list[str]:
    """What is wrong with the script in `path`."""
    text = path.read_text(encoding="utf-8")
    script = parse(text)
    return [
        *script.faults,
        *(f"[Setup] lacks {name}" for name in sorted(NEEDED - script.directives.keys())),
        *_wrong_entries(script),
        *_wrong_names(script, text),
        *_missing_files(script, path.parent),
        *_wrong_code(script.code),
    ]


def _wrong_entries(script: Script) -> Iterator[str]:
    names: dict[str, set[str]] = {"Tasks": set(), "Languages": set()}
    for section, _, parameters in script.entries:
        names.get(section, set()).add(parameters.get("Name", ""))
    for section, number, parameters in script.entries:
        if section not in ENTRIES:
            continue
        needed, possible, flags = ENTRIES[section]
        for name in sorted(needed - parameters.keys()):
            yield f"{number}: {name} is missing"
        for name in sorted(parameters.keys() - needed - possible - ANYWHERE):
            yield f"{number}: unknown parameter {name}"
        for flag in sorted(set(parameters.get("Flags", "").split()) - flags):
            yield f"{number}: unknown flag {flag}"
        for kind, known in names.items():
            used = set(parameters.get(kind, "").replace(" or ", " ").split())
            for name in sorted(used - known):
                yield f"{number}: {name} is none of the {kind}"
        if parameters.get("Type", "files") not in DELETE_TYPES:
            yield f"{number}: unknown type {parameters['Type']}"
        if parameters.get("Root", "HKA") not in ROOTS:
            yield f"{number}: unknown root {parameters['Root']}"


def _wrong_names(script: Script, text: str) -> Iterator[str]:
    """Constants, defines and messages that nobody defines."""
    for name in sorted(set(_DEFINED.findall(text)) - script.defines):
        yield f"{{#{name}}} is not defined"
    languages = [p["Name"] for section, _, p in script.entries if section == "Languages"]
    values = [*script.directives.values(), *re.findall(r"ExpandConstant\('([^']*)'\)", script.code)]
    values += [value for _, _, parameters in script.entries for value in parameters.values()]
    used = set(re.findall(r"CustomMessage\('(\w+)'\)", script.code))
    for constant in (c for value in values for c in _CONSTANT.findall(value.replace("{{", ""))):
        name, _, message = constant.partition(":")
        if name not in CONSTANTS:
            yield f"unknown constant {{{constant}}}"
        used |= {message.partition(",")[0]} - {""}
    for message in sorted(used - OWN_MESSAGES):
        for language in languages:
            if not script.messages.get((language, message)):
                yield f"no message {message} in {language}"
    for language, message in sorted(script.messages):
        if language and language not in languages:
            yield f"message {message} in the unknown language {language}"


def _missing_files(script: Script, folder: Path) -> Iterator[str]:
    for name in ("LicenseFile", "SetupIconFile", "InfoBeforeFile"):
        value = script.directives.get(name)
        if value and not folder.joinpath(*PureWindowsPath(value).parts).is_file():
            yield f"{name}: there is no {value}"


def _wrong_code(code: str) -> Iterator[str]:
    plain = re.sub(r"\{[^}]*\}|\(\*.*?\*\)|//[^\n]*|'(?:[^'\n]|'')*'", " ", code, flags=re.DOTALL)
    for sign in "{}'":
        if sign in plain:
            yield f"[Code]: {sign} is not closed or opened"
    words = re.findall(r"\w+", plain.lower())
    begins = sum(words.count(word) for word in ("begin", "case", "try", "record"))
    if begins != words.count("end"):
        yield f"[Code]: {begins} blocks begin and {words.count('end')} end"
    if plain.count("(") != plain.count(")"):
        yield "[Code]: parentheses do not match"
