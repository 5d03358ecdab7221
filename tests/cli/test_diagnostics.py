"""`tlstudio diagnostics`."""

from __future__ import annotations

import json

import pytest

from tlstudio.cli.main import main


def test_the_command_prints_it_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["diagnostics", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    titles = [group["title"] for group in told["groups"]]
    assert titles[:3] == ["Versions", "Computing", "Machine"]
    assert main(["diagnostics"]) == 0
    assert capsys.readouterr().out.startswith("## Versions\nTLStudio: ")
