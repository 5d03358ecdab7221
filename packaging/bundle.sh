#!/usr/bin/env bash
# Build the program that starts by double-click: dist/TLStudio/ with Python, torch for the CPU, weights,
# samples and licences inside.
#
#   bash packaging/bundle.sh              build, and say where every megabyte goes
#   bash packaging/bundle.sh --smoke      and test it on a screen of its own (Linux)
#
# PYTHON names the interpreter (default: python3, 3.11 or newer). The packages go into build/bundle-venv,
# never into an environment of yours. TORCH_INDEX names the index of a pair of torch and torchvision that
# belong together; on Linux the default is a CPU build of torch that pip finds, else PyTorch's own index.
# The last line is what it takes: megabytes on disk, and seconds to the window.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-python3}
venv=build/bundle-venv
bundle=dist/TLStudio
cpu_index=https://download.pytorch.org/whl/cpu
local_torch=2.13.0 local_torchvision=0.28.0

say() { echo "[$SECONDS s] $*"; }

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "TLStudio needs Python 3.11 or newer. Set PYTHON=/path/to/python3.11 and try again." >&2
    exit 2
fi

# What Qt's plugins are linked against is collected from the system.
source packaging/linux/system_packages.sh
packages=("${qt_packages[@]}" binutils libwayland-client0 libwayland-cursor0)
if [[ "${1:-}" == --smoke ]]; then
    packages+=(xvfb openbox xdotool dbus at-spi2-core)
fi
install_missing "${packages[@]}"

[[ -d $venv ]] || "$python" -m venv "$venv"
bin=$venv/bin
[[ -d $bin ]] || bin=$venv/Scripts
pip=("$bin/python" -m pip install --quiet --disable-pip-version-check)

say "Installing torch for the CPU"
if [[ -n "${TORCH_INDEX:-}" ]]; then
    "${pip[@]}" --index-url "$TORCH_INDEX" torch torchvision
elif [[ $(uname -s) != Linux ]]; then
    "${pip[@]}" torch torchvision # PyPI's are for the CPU there
elif "${pip[@]}" "torch==$local_torch+cpu" 2>/dev/null; then
    # What it needs it has; its own library may be for CUDA, and is left out then.
    "${pip[@]}" --no-deps "torchvision==$local_torchvision"
else
    "${pip[@]}" --index-url "$cpu_index" torch torchvision
fi
say "Installing TLStudio"
"$bin/python" -m pip freeze | grep -E '^torch(vision)?==' >build/torch.txt # not another one
"${pip[@]}" --constraint build/torch.txt --editable '.[bundle]'

"$bin/python" packaging/web_runtime.py ||
    echo "The bundle will download 33 MB for its first web page." >&2

say "Building"
"$bin/python" -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller \
    packaging/pyinstaller/tlstudio.spec

if [[ $(uname -s) == Linux ]]; then
    # A fifth of torch is names for debuggers. Libraries that were edited after they were linked would be
    # broken by it, Qt's come without names.
    find "$bundle/_internal" -type f \( -name '*.so' -o -name '*.so.*' -o -name torch_shm_manager \) \
        -not -path '*.libs/*' -not -path '*/PySide6/*' -exec strip --strip-unneeded {} +
fi
if [[ $(uname -s) != MINGW* && $(uname -s) != MSYS* ]]; then
    ln -sf tlstudio "$bundle/tlstudio-cli"
fi
"$bundle/tlstudio-cli" --version

"$bin/python" packaging/pyinstaller/sizes.py "$bundle" | tee build/sizes.md
seconds=unknown
if command -v Xvfb >/dev/null; then
    seconds=$("$bin/python" packaging/pyinstaller/start_time.py "$bundle/tlstudio")
fi
if [[ "${1:-}" == --smoke ]]; then
    say "Testing"
    "$bin/python" packaging/smoke.py "$bundle/tlstudio"
fi
say "$bundle is built."
echo "$("$bin/python" packaging/pyinstaller/sizes.py "$bundle" --total) MB on disk, $seconds s to the window"
