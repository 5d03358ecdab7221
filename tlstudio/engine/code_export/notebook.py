"""A notebook of sections, in the format that Jupyter reads (nbformat 4.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tlstudio.engine.code_export.sections import Section, markdown


def notebook_of(title: str, about: Sequence[str], imports: str, sections: Sequence[Section]) -> str:
    """JSON of a notebook: a heading and a cell for each section."""
    cells = [
        _cell("markdown", f"# {markdown(title)}\n\n" + _paragraphs(about)),
        _cell("code", imports),
    ]
    for section in sections:
        cells += [_cell("markdown", f"## {section.title}"), _cell("code", section.code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str) -> dict[str, object]:
    lines = text.rstrip("\n").splitlines(keepends=True)
    cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": lines}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell


def _paragraphs(lines: Sequence[str]) -> str:
    """Return each line as its own Markdown line: two spaces at its end break it."""
    return "  \n".join(lines)
