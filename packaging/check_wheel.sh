#!/usr/bin/env bash
# Build sdist and wheel from a clean clone of what is committed, install each in every usual way into an
# empty environment, and start it: window, terminal, one epoch on the sample data.
#
#   bash packaging/check_wheel.sh [wheel] [sdist] [pipx] [uv]      all four if none is named
#
# About 6 GB of packages are downloaded once, into the cache of uv (UV_CACHE_DIR), where they stay. The
# environments are made beside it, so that their files are links to the cache, and are deleted at the end.
# PYTHON names the interpreter (default: python3, 3.11 or newer). Pictures of the window go to OUT.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=${PYTHON:-python3}
out=${OUT:-$root/dist}
ways=("$@")
if ((${#ways[@]} == 0)); then ways=(wheel sdist pipx uv); fi

export UV_CACHE_DIR=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/uv}
mkdir -p "$UV_CACHE_DIR" "$out"
work=$(mktemp -d "$UV_CACHE_DIR/../tlstudio-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
unset PYTHONPATH VIRTUAL_ENV
export PATH="$work/tools/bin:$PATH" QT_QPA_PLATFORM=offscreen

"$python" -m venv "$work/tools"
"$work/tools/bin/python" -m pip install --quiet build uv pipx
git clone --quiet "$root" "$work/clone"
cd "$work"
"$work/tools/bin/python" -m build --installer uv --outdir "$work/built" "$work/clone" >"$work/build.log"
wheel=$(echo "$work"/built/*.whl)
sdist=$(echo "$work"/built/*.tar.gz)
ls -l "$wheel" "$sdist" | awk '{ printf "%.1f MB  %s\n", $5 / 1e6, $9 }'
interpreter=$(command -v "$python")

# install WAY -> sets `bin`, the folder of its programs
install() {
    case $1 in
    wheel | sdist)
        uv venv --quiet --python "$interpreter" "$work/$1"
        uv pip install --quiet --python "$work/$1" "${!1}"
        bin=$work/$1/bin
        ;;
    pipx)
        PIPX_HOME=$work/pipx PIPX_BIN_DIR=$work/pipx-bin PIPX_MAN_DIR=$work/pipx-man \
            pipx install --quiet --backend uv --python "$interpreter" "$wheel" >/dev/null
        bin=$work/pipx-bin
        ;;
    uv)
        UV_TOOL_DIR=$work/uv-tools UV_TOOL_BIN_DIR=$work/uv-bin \
            uv tool install --quiet --python "$interpreter" "$wheel"
        bin=$work/uv-bin
        ;;
    *)
        echo "unknown way: $1" >&2
        exit 2
        ;;
    esac
}

for way in "${ways[@]}"; do
    begin=$SECONDS
    install "$way"
    installed=$((SECONDS - begin))
    export TLSTUDIO_HOME=$work/home-$way
    # The programs that a person starts...
    "$bin/tlstudio-cli" --version
    "$bin/tlstudio" &
    window=$!
    sleep 8
    kill -0 "$window" || { echo "$way: the window ended by itself" >&2; exit 1; }
    kill "$window"
    wait "$window" || true
    # ...and what is inside, asked by the Python that they run with.
    inside=$(dirname "$(realpath "$bin/tlstudio-cli")")/python
    "$inside" -I "$root/packaging/check_installed.py" "$out/installed-$way.png"
    samples=$("$inside" -Ic 'from tlstudio.core.storage import resources_dir; print(resources_dir())')
    "$bin/tlstudio-cli" train "$samples/samples/autumn_table" --epochs 1 --out "$work/run-$way" | tail -1
    echo "$way: installed in $installed s, checked in $((SECONDS - begin - installed)) s"
done
