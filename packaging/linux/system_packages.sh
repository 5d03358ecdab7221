# What Debian and Ubuntu must have installed; sourced by packaging/setup.sh and packaging/bundle.sh.

# What Qt loads on Linux; the xcb ones are for a real screen.
qt_packages=(
    libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0
    libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
)

# Install those of the named packages that are missing; does nothing on other systems.
install_missing() {
    command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 0
    local package state missing=() as_root=()
    for package in "$@"; do
        # libglib2.0-0 is called libglib2.0-0t64 on newer systems; for the name that is not known,
        # dpkg-query fails
        state=$(dpkg-query -W -f='${Status}\n' "$package" "${package}t64" 2>/dev/null || true)
        [[ $state == *'ok installed'* ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if [[ $(id -u) != 0 ]]; then as_root=(sudo); fi
    echo "Installing system libraries: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
}
