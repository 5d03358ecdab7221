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

# What Qt loads on Linux; the xcb ones are for a real screen.
packages=(
    libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0
    libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
)
if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
    missing=()
    for package in "${packages[@]}"; do
        # libglib2.0-0 is called libglib2.0-0t64 on newer systems; for the name that is not known,
        # dpkg-query fails
        state=$(dpkg-query -W -f='${Status}\n' "$package" "${package}t64" 2>/dev/null || true)
        [[ $state == *'ok installed'* ]] || missing+=("$package")
    done
    if ((${#missing[@]})); then
        as_root=()
        if [[ $(id -u) != 0 ]]; then as_root=(sudo); fi
        echo "Installing system libraries for Qt: ${missing[*]}"
        "${as_root[@]}" apt-get update -qq
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
            "${missing[@]}" >/dev/null
    fi
fi

[[ -x "$venv/bin/python" ]] || "$python" -m venv "$venv"
if [[ "${1:-}" == dev ]]; then
    "$venv/bin/python" -m pip install --quiet --editable '.[dev]'
else
    "$venv/bin/python" -m pip install --quiet .
fi
echo "TLStudio is installed in $venv."
