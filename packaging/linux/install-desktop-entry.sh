#!/bin/sh
# Add TLStudio to the current user's application menu: the desktop entry, the icons, and the type of its runs,
# so that the file `run.json` of a run opens in it.
#
#   install-desktop-entry.sh [PATH-TO-tlstudio]
#   install-desktop-entry.sh --uninstall
#
# Without a path it is the `tlstudio` that this script came with; in a source checkout that of the active
# virtual environment, else the first one on PATH.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
icons=$root/resources/icons
if [ ! -d "$icons" ]; then # in the program's own folder
    icons=$(CDPATH='' cd -- "$here/.." && pwd)/_internal/resources/icons
fi
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/tlstudio.desktop
kind=$data/mime/packages/tlstudio.xml
sizes="16 32 48 64 128 256 512"

refresh() {
    if command -v update-desktop-database >/dev/null 2>&1; then
        update-desktop-database -q "$data/applications" || true
    fi
    if command -v update-mime-database >/dev/null 2>&1; then
        update-mime-database "$data/mime" || true
    fi
    if command -v gtk-update-icon-cache >/dev/null 2>&1; then
        gtk-update-icon-cache -q -t "$data/icons/hicolor" 2>/dev/null || true
    fi
}

case ${1:-} in
-h | --help)
    sed -n '2,9s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
--uninstall)
    rm -f "$entry" "$kind" "$data/icons/hicolor/scalable/apps/tlstudio.svg"
    for n in $sizes; do
        rm -f "$data/icons/hicolor/${n}x$n/apps/tlstudio.png"
    done
    refresh
    echo "Removed TLStudio from the application menu."
    exit 0
    ;;
esac

if [ -n "${1:-}" ]; then
    exe=$1
elif [ -x "$here/../tlstudio" ]; then
    exe=$here/../tlstudio
elif [ -n "${VIRTUAL_ENV:-}" ] && [ -x "$VIRTUAL_ENV/bin/tlstudio" ]; then
    exe=$VIRTUAL_ENV/bin/tlstudio
else
    exe=$(command -v tlstudio) || {
        echo "tlstudio was not found: install it first, or give its path as the argument." >&2
        exit 1
    }
fi
if [ ! -f "$exe" ] || [ ! -x "$exe" ]; then
    echo "not an executable file: $exe" >&2
    exit 1
fi
exe=$(CDPATH='' cd -- "$(dirname -- "$exe")" && pwd)/$(basename -- "$exe")

# TryExec holds a plain path; Exec quotes it and escapes its special characters. A literal % is written %% in
# Exec, and a backslash counts twice there: once for the quoting, once for the string value.
try=$(printf '%s' "$exe" | sed 's/\\/\\\\/g')
quoted=$(printf '%s' "$exe" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')

mkdir -p "$data/applications"
TLSTUDIO_EXEC="\"$quoted\" %f" TLSTUDIO_TRY=$try awk '
    /^Exec=/    { print "Exec=" ENVIRON["TLSTUDIO_EXEC"]; next }
    /^TryExec=/ { print "TryExec=" ENVIRON["TLSTUDIO_TRY"]; next }
    { print }
' "$here/tlstudio.desktop" >"$entry.new"
mv -f "$entry.new" "$entry"
chmod 644 "$entry"

mkdir -p "$data/mime/packages"
cp "$here/tlstudio-mime.xml" "$kind"
for n in $sizes; do
    dir=$data/icons/hicolor/${n}x$n/apps
    mkdir -p "$dir"
    cp "$icons/tlstudio-$n.png" "$dir/tlstudio.png"
done
mkdir -p "$data/icons/hicolor/scalable/apps"
cp "$icons/tlstudio.svg" "$data/icons/hicolor/scalable/apps/tlstudio.svg"
refresh
echo "TLStudio is in the application menu ($entry)."
