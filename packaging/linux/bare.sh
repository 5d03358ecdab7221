#!/usr/bin/env bash
# Install the Debian package on a bare Debian without Python, and start it there:
#
#   bash packaging/linux/bare.sh dist/tlstudio_VERSION-1_ARCH.deb [FOLDER]
#
# FOLDER (default: a new one, removed at the end) is where debootstrap puts the system; one that is there is used
# again. Checks that no Python is there, that no library is missing, that a network is trained on the terminal,
# and that the window stays open. Needs root, debootstrap and the network.
set -euo pipefail
package=$(realpath "${1:?which package?}")
system=${2:-$(mktemp -d)}

if [[ $(id -u) != 0 ]] || ! command -v debootstrap >/dev/null; then
    echo "Needs root and debootstrap." >&2
    exit 2
fi
if [[ -z ${2:-} ]]; then trap 'rm -rf "$system"' EXIT; fi
if [[ ! -x $system/usr/bin/apt-get ]]; then
    debootstrap --variant=minbase bookworm "$system" >/dev/null
fi
cp "$package" "$system/tlstudio.deb"

cat >"$system/check.sh" <<'EOF'
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends --reinstall /tlstudio.deb >/dev/null 2>&1
if command -v python3; then echo "there is a Python"; exit 1; fi
program=/usr/lib/tlstudio
missing=$(find $program -name '*.so*' -type f | LD_LIBRARY_PATH=$program/_internal xargs -n 1 ldd 2>/dev/null |
    sed -n 's/ => not found//p' | sort | uniq -c)
if [ -n "$missing" ]; then echo "Missing libraries:"; echo "$missing"; fi
tlstudio-cli --version
tlstudio-cli train $program/_internal/resources/samples/autumn_table --epochs 1 --out /tmp/run | tail -1
status=0
QT_QPA_PLATFORM=offscreen timeout 10 tlstudio || status=$?
if [ $status != 124 ]; then echo "the window ended with $status"; exit 1; fi
echo "Installed and started on $(. /etc/os-release && echo "$PRETTY_NAME"), $(dpkg -l | grep -c '^ii') packages."
EOF
unshare --mount --pid --fork --propagation private sh -eu -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh /check.sh' sh "$system"
