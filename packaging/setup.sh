#!/usr/bin/env bash
# Install TLStudio from this checkout into a virtual environment of its own.
#
#   bash packaging/setup.sh            what is needed to use it
#   bash packaging/setup.sh dev        and to test it: pytest, ruff, mypy, import-linter
#
# VENV names the virtual environment (default: .venv beside pyproject.toml), PYTHON the interpreter
# (default: python3, 3.11 or newer). On Debian and Ubuntu the system libraries that Qt needs are
# installed where they are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv=${VENV:-.venv}
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "TLStudio needs Python 3.11 or newer. Set PYTHON=/path/to/python3.11 and try again." >&2
    exit 2
fi

source packaging/linux/system_packages.sh
install_missing "${qt_packages[@]}"

[[ -x "$venv/bin/python" ]] || "$python" -m venv "$venv"
if [[ "${1:-}" == dev ]]; then
    "$venv/bin/python" -m pip install --quiet --editable '.[dev]'
else
    "$venv/bin/python" -m pip install --quiet .
fi
"$venv/bin/python" packaging/web_runtime.py ||
    echo "Exports as web pages will need a download of 33 MB once; everything else works." >&2
echo "TLStudio is installed in $venv."
