"""What Windows is told of the program: the version resource and the installer's script."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.inno import faults, parse
from tests.packaging.scripts import PACKAGING, load
from tlstudio import __version__
from tlstudio.core import storage

SCRIPT = PACKAGING / "windows" / "tlstudio.iss"


def calls(tree: ast.AST, name: str) -> list[list[Any]]:
    """The arguments of all calls of `name`, in order."""
    return [
        [ast.literal_eval(argument) for argument in node.args]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


@pytest.mark.parametrize("program", ["tlstudio", "tlstudio-cli"])
def test_the_resource_says_name_and_version_in_both_languages(program: str, tmp_path: Path) -> None:
    script = load("windows/version_resource.py")
    path = script.write_version_resource(tmp_path / "build" / "version.txt", program)
    tree = ast.parse(path.read_text(encoding="utf-8"), mode="eval")
    strings = calls(tree, "StringStruct")
    for name, value in (
        ("ProductName", "TLStudio"),
        ("FileVersion", __version__),
        ("OriginalFilename", f"{program}.exe"),
    ):
        assert strings.count([name, value]) == 2, "once a language"
    assert calls(tree, "VarStruct") == [["Translation", [0x0409, 1200, 0x0412, 1200]]]
    fixed = next(node for node in ast.walk(tree) if isinstance(node, ast.keyword))
    assert fixed.arg == "ffi" and f"filevers={script.numbers(__version__)}" in ast.unparse(fixed)


@pytest.mark.parametrize(
    ("version", "four"),
    [
        ("0.1.0", (0, 1, 0, 0)),
        ("2", (2, 0, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
        ("1.0rc2", (1, 0, 0, 0)),
    ],
)
def test_versions_are_four_numbers(version: str, four: tuple[int, ...]) -> None:
    assert load("windows/version_resource.py").numbers(version) == four


def test_the_script_of_the_installer_has_no_fault_that_is_looked_for() -> None:
    assert faults(SCRIPT) == []


def test_the_installer_asks_for_no_administrator_and_speaks_both_languages() -> None:
    script = parse(SCRIPT.read_text(encoding="utf-8"))
    assert script.directives["PrivilegesRequired"] == "lowest"
    rows = [(section, parameters) for section, _, parameters in script.entries]
    assert {row["Name"] for section, row in rows if section == "Languages"} == {"en", "ko"}
    assert any(row["Name"].startswith("{autoprograms}") for s, row in rows if s == "Icons")
    keys = [row for section, row in rows if section == "Registry"]
    assert {key["Root"] for key in keys} == {"HKA"}, "of the user, unless installed for all"
    assert all(r"\.json" not in key["Subkey"] or key["ValueName"] for key in keys), "not the usual"
    commands = [key["ValueData"] for key in keys if key["Subkey"].endswith("command")]
    assert commands and set(commands) == {'"{app}\\{#Program}" "%1"'}


def test_uninstalling_keeps_what_the_user_made_unless_asked() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    code = parse(text).code
    assert "MB_DEFBUTTON2" in code and "UninstallSilent" in code
    assert "localappdata" not in text.partition("[Code]")[0], "no section deletes it"
    assert f"{{localappdata}}\\{storage.APP_NAME}'" in code, "where platformdirs has it"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("WizardStyle=", "WizzardStyle=", "unknown directive WizzardStyle"),
        ("AppId=", ";", "lacks AppId"),
        ("[Icons]", "[Icon]", "unknown section Icon"),
        ("Flags: unchecked", "Flags: uncheked", "unknown flag uncheked"),
        ("; DestDir: ", "; Dest: ", "DestDir is missing"),
        ("{autoprograms}", "{autoprogram}", "unknown constant {autoprogram}"),
        ("{#RunType}", "{#Runs}", "{#Runs} is not defined"),
        ("ko.RemoveRuns=", ";", "no message RemoveRuns in ko"),
        ("Tasks: folders", "Tasks: folder", "folder is none of the Tasks"),
        ("tlstudio.ico", "studio.ico", "SetupIconFile: there is no"),
        ('Name: "en"; ', 'Name: "en; ', "cannot be read"),
        ("\nend;", "\n", "blocks begin"),
        ("'{localappdata}", "{localappdata}", "is not closed"),
    ],
)
def test_faults_of_a_script_are_seen(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert old in text
    folder = tmp_path / "packaging" / "windows"
    folder.mkdir(parents=True)
    (tmp_path / "LICENSE").touch()
    icon = tmp_path / "packaging" / "icons" / "tlstudio.ico"
    icon.parent.mkdir()
    icon.touch()
    path = folder / SCRIPT.name
    path.write_text(text, encoding="utf-8")
    assert faults(path) == []
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(fault in line for line in faults(path))
