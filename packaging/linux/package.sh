#!/usr/bin/env bash
# Make what Linux users download out of dist/TLStudio, which packaging/bundle.sh builds:
#
#   bash packaging/linux/package.sh       dist/TLStudio-VERSION-linux-ARCH.tar.zst, dist/tlstudio_VERSION-1_ARCH.deb
#
# The archive is unpacked anywhere and started there; its linux/install-desktop-entry.sh adds it to the menu.
# The package installs for everybody. Needs zstd, dpkg-deb and objdump; desktop-file-validate, appstreamcli and
# lintian check the result where they are installed, and --check refuses to go without them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

bundle=dist/TLStudio
checks=(desktop-file-validate appstreamcli lintian)
id=io.github.tlstudio.TLStudio

if [[ ! -x $bundle/tlstudio ]]; then
    echo "There is no $bundle/tlstudio: run packaging/bundle.sh first." >&2
    exit 2
fi
needed=(zstd dpkg-deb objdump)
if [[ ${1:-} == --check ]]; then needed+=("${checks[@]}"); fi
for tool in "${needed[@]}"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing." >&2 && exit 2; }
done

version=$("$bundle/tlstudio-cli" --version | awk '{ print $2 }')
architecture=$(dpkg --print-architecture)
# Files are as old as what they are made of, so that the same commit gives the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022

# $1: a folder for what desktops read, in the layout of /usr/share
share() {
    install -D -m 644 "$here/tlstudio.desktop" "$1/applications/tlstudio.desktop"
    install -D -m 644 "$here/tlstudio-mime.xml" "$1/mime/packages/tlstudio.xml"
    install -D -m 644 "$here/$id.metainfo.xml" "$1/metainfo/$id.metainfo.xml"
    for size in 16 32 48 64 128 256 512; do
        install -D -m 644 "resources/icons/tlstudio-$size.png" "$1/icons/hicolor/${size}x$size/apps/tlstudio.png"
    done
    install -D -m 644 resources/icons/tlstudio.svg "$1/icons/hicolor/scalable/apps/tlstudio.svg"
}

echo "The archive"
archive=dist/TLStudio-$version-linux-$(uname -m).tar.zst
mkdir "$stage/linux"
install -m 755 "$here/install-desktop-entry.sh" "$stage/linux/"
install -m 644 "$here/tlstudio.desktop" "$here/tlstudio-mime.xml" "$stage/linux/"
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go-w \
    --directory dist TLStudio --directory "$stage" --transform 's,^linux,TLStudio/linux,' linux |
    zstd -q -10 -T0 -f -o "$archive"

echo "The package"
root=$stage/root
mkdir -p "$root/usr/lib" "$root/usr/bin" "$root/usr/share/doc/tlstudio" "$root/DEBIAN"
cp -a "$bundle" "$root/usr/lib/tlstudio"
find "$root" -name .gitignore -delete
find "$root" -type d -exec chmod 755 {} +
find "$root/usr/lib" -type f -name '*.so*' -exec chmod 644 {} +
for program in tlstudio tlstudio-cli; do
    ln -s "../lib/tlstudio/$program" "$root/usr/bin/$program"
done
share "$root/usr/share"
{
    echo "TLStudio: Copyright 2026 The TLStudio founders"
    echo "The parts that it is made of, their licences and texts are in"
    echo "/usr/lib/tlstudio/_internal/resources/licences and under Help > Licences."
    echo
    echo "License: Apache-2.0"
    echo " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0."
} >"$root/usr/share/doc/tlstudio/copyright"
gzip -9n <CHANGELOG.md >"$root/usr/share/doc/tlstudio/changelog.gz"
{
    echo "tlstudio ($version-1) unstable; urgency=medium"
    echo
    echo "  * What is new is in changelog.gz."
    echo
    echo " -- $(sed -n 's/^Maintainer: //p' "$here/control.in")  $(date -R -u -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$root/usr/share/doc/tlstudio/changelog.Debian.gz"
mkdir -p "$root/usr/share/man/man1"
gzip -9n <"$here/tlstudio.1" >"$root/usr/share/man/man1/tlstudio.1.gz"
ln -s tlstudio.1.gz "$root/usr/share/man/man1/tlstudio-cli.1.gz"
install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/tlstudio"
# The oldest C library that has all that any of the files asks for.
glibc=$(find "$bundle" -type f \( -name '*.so*' -o -perm -u+x \) -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_2\.[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -1)
size_kb=$(du -sk --apparent-size "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE_KB@/$size_kb/" \
    -e "s/@GLIBC@/$glibc/" "$here/control.in" >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
package=dist/tlstudio_$version-1_$architecture.deb
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$package" >/dev/null

echo "Checks"
failed=0
check() {
    if ! command -v "$1" >/dev/null; then
        echo "  $1 is not installed: not checked"
    elif "$@" >"$stage/told" 2>&1; then
        echo "  $1: passed"
    else
        echo "  $1: failed" && cat "$stage/told"
        failed=1
    fi
}
check desktop-file-validate "$here/tlstudio.desktop"
check appstreamcli validate --no-net "$here/$id.metainfo.xml"
check appstreamcli validate-tree --no-net "$root"
check lintian --allow-root --fail-on error,warning "$package"
du -m "$archive" "$package" | awk '{ print $1 " MB  " $2 }'
exit $failed
