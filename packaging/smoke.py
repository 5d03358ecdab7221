"""Test the built program from outside: on a screen of its own, by clicks and keys.

    python packaging/smoke.py                        dist/TLStudio/tlstudio
    python packaging/smoke.py PROGRAM [--keep DIR]   another one; pictures and logs stay in DIR

A person's first hour: start, open the sample dataset, train, look at the results, save the weights,
choose Korean, quit; then the commands of the terminal, an update of the program, and starts that
cannot succeed. The user's folders are moved to a new place, and every other file that is written
is found: the program sees the disk through a layer that keeps all changes (needs root, or a system
that lets users make mounts of their own). No font of the system is seen.

Prints a line for each check with its figure. Exit code: 0 all passed, 1 something failed, 2 a tool
is missing. Needs Linux, `pip install jeepney`, and xvfb, openbox, xdotool, dbus-daemon and
at-spi2-core of Debian.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

try:
    from smoke_screen import Picture, Screen, Thing, end, missing_tools, wait_until
except ModuleNotFoundError as error:
    sys.exit(f"{error.name} is missing: pip install {error.name}")

ROOT = Path(__file__).resolve().parent.parent
STARTS = 3
WARM_S = 1.0
LIMIT_S = 600.0  # of the whole, so that nobody waits for ever
PAINTED_COLOURS = 100  # a window without its text and icons has a handful
RAIL_NAME_PX = 20  # at the lower edge of a button of the rail
# what screen and buses leave behind
OURS = ("tmp/.X", "tmp/dbus-", "tmp/openbox")
TOLD_ALOUD = {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}  # as if there were a screen reader
NO_FONTS = '<?xml version="1.0"?><fontconfig><cachedir>{}</cachedir></fontconfig>\n'

# All that is changed on the disk lands in $work/changed, but for what belongs to the user.
BEHIND_A_LAYER = """
set -eu
work=$1; shift
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/changed,workdir=$work/layer" "$work/root"
for folder in proc sys dev; do mount --rbind "/$folder" "$work/root/$folder"; done
mkdir -p "$work/root$work/user"
mount --bind "$work/user" "$work/root$work/user"
exec chroot "$work/root" "$@"
"""


@dataclass
class Report:
    """The checks so far; each is printed as soon as it is known."""

    failed: list[str] = field(default_factory=list)
    passed: int = 0

    def check(self, title: str, is_met: object, figure: str = "") -> None:
        if is_met:
            self.passed += 1
        else:
            self.failed.append(title)
        self._print("PASS" if is_met else "FAIL", title, figure)

    def skip(self, title: str, why: str) -> None:
        self._print("SKIP", title, why)

    def _print(self, mark: str, title: str, figure: str) -> None:
        print(f"[{mark}] {title:<58} {figure}".rstrip(), flush=True)


class Program:
    """The program that is tested, as a desktop starts it."""

    def __init__(self, path: Path, screen: Screen, kept: Path) -> None:
        self.path = path
        self.folder = path.parent
        self.is_bundle = (self.folder / "_internal").is_dir()
        self.log = kept / "program.log"
        self._kept = kept
        self._screen = screen

    @contextlib.contextmanager
    def running(self, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start it; what is left of it at the end of the block is ended."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [self.path, *arguments],
                env={**self._screen.environment, **variables},
                cwd=self._screen.environment["HOME"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        except Exception:
            self._screen.picture().save(self._kept / f"failed-{process.pid}.png")
            raise
        finally:
            if process.poll() is None:
                end(process)

    def wait_for_paint(self, process: subprocess.Popen[bytes], begin_s: float) -> float:
        """Seconds from `begin_s` until its window is painted."""

        def is_painted() -> bool:
            if process.poll() is not None:
                raise RuntimeError(f"it ended with {process.returncode}; see {self.log.name}")
            return self._screen.colours() > PAINTED_COLOURS

        wait_until(is_painted, "a painted window", every_s=0.005)
        return time.monotonic() - begin_s

    def quit(self, process: subprocess.Popen[bytes]) -> int:
        """Press Ctrl+Q; returns the exit code."""
        self._screen.press("ctrl+q")
        code = process.wait(60)
        wait_until(lambda: self._screen.colours() <= PAINTED_COLOURS, "an empty screen")
        return code

    def terminal(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of `tlstudio-cli`."""
        return subprocess.run(
            [self.folder / "tlstudio-cli", *arguments],
            env=self._screen.environment,
            cwd=self._screen.environment["HOME"],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@dataclass(frozen=True)
class Test:
    """What every part of the test needs.

    Attributes:
        pictures: the folder of the pictures of the screen.
    """

    report: Report
    screen: Screen
    program: Program
    home: Path
    pictures: Path

    def take(self, name: str) -> Picture:
        picture = self.screen.picture()
        picture.save(self.pictures / f"{name}.png")
        return picture

    @property
    def weights(self) -> Path:
        return self.home / "Documents" / "TLStudio" / "smoke.pth"

    @property
    def run_file(self) -> Path:
        """The `run.json` of the only run."""
        [found] = (self.home / ".local/share/tlstudio/runs").glob("*/run.json")
        return found


def starts(test: Test) -> None:
    """How soon there is a window, from the disk and from memory."""
    program = test.program
    _forget_files(program.folder if program.is_bundle else ROOT / "tlstudio")
    seconds: list[float] = []
    codes: list[int] = []
    for number in range(STARTS + 1):
        begin_s = time.monotonic()
        with program.running() as process:
            seconds.append(program.wait_for_paint(process, begin_s))
            if number == 0:
                test.take("1-start")
            codes.append(program.quit(process))
    first, *warm = seconds
    told = ", ".join(f"{value:.2f}" for value in sorted(warm))
    test.report.check("first start, files read from the disk", True, f"painted in {first:.2f} s")
    title, load = f"started again within {WARM_S:.0f} s", os.getloadavg()[0]
    if min(warm) > WARM_S and load > (os.cpu_count() or 1):
        test.report.skip(title, f"painted in {told} s, but others keep the machine busy")
    else:
        test.report.check(title, min(warm) <= WARM_S, f"painted in {told} s")
    test.report.check("quitting right after the start ends with 0", not any(codes), f"{codes}")


def first_hour(test: Test) -> None:
    """From the sample dataset to saved weights, and to Korean."""
    report, screen, program = test.report, test.screen, test.program
    begin_s = time.monotonic()
    with program.running(**TOLD_ALOUD) as process:
        program.wait_for_paint(process, begin_s)
        screen.click("Autumn table", "push button")
        screen.wait_for("Classes", "list")
        test.take("2-data")
        report.check("the sample dataset is open", True)

        screen.click("Train", "push button", 120)
        begin_s = time.monotonic()
        results = screen.wait_for("See the results", "push button", 300)
        told = json.loads(test.run_file.read_text(encoding="utf-8"))["record"]
        accuracy = max(epoch["val_accuracy"] for epoch in _epochs(test.run_file.parent))
        report.check(
            "a run with the recommended settings is trained and kept",
            told["end"] and accuracy > 0.5,
            f"{time.monotonic() - begin_s:.0f} s, validation accuracy {accuracy:.1%}",
        )
        test.take("3-train")

        screen.click(results.name, "push button")
        gallery = screen.wait_for("Predictions")
        wait_until(lambda: screen.picture().crop(gallery.box).colours > 5000, "photos")
        report.check("the gallery shows photos", True)
        test.take("4-results")

        screen.press("ctrl+s")
        screen.click("File name:", "text")
        screen.press("ctrl+a")
        screen.type(test.weights.name)
        screen.press("Return")
        wait_until(test.weights.exists, "the saved weights")
        size = test.weights.stat().st_size
        report.check("weights are saved from the menu's key", size > 1e6, f"{size / 1e6:.1f} MB")

        screen.click("View", "menu item")
        screen.click("Language", "menu item")
        screen.click("한국어", "menu item")
        screen.wait_for("학습, .*", "check box")
        report.check("Hangul is shown though no font is installed", _shows_hangul(test))
        report.check("the window is quit with 0", program.quit(process) == 0)


def on_the_terminal(test: Test) -> None:
    """The commands that travel with the window."""
    report, program = test.report, test.program
    begin_s = time.monotonic()
    version = program.terminal("--version")
    told = f"{version.stdout.strip()}, {time.monotonic() - begin_s:.1f} s"
    report.check("tlstudio-cli tells its version", version.returncode == 0, told)

    samples = next(program.folder.glob("_internal/resources/samples/autumn_table/val/*"), None)
    samples = samples or next((ROOT / "resources/samples/autumn_table/val").iterdir())
    photo = sorted(samples.iterdir())[0]
    answer = program.terminal("predict", str(test.weights), str(photo), "--json")
    is_answered = answer.returncode == 0 and samples.name in answer.stdout
    report.check("tlstudio-cli asks the saved weights", is_answered, answer.stderr.strip()[-200:])

    told = program.terminal(
        *("train", str(samples.parent.parent), "--epochs", "1", "--out", str(test.home / "run")),
    )
    report.check("tlstudio-cli trains", told.returncode == 0, told.stderr.strip()[-200:])

    # ONNX is written and compared by parts of the bundle that nothing else uses
    for options in (("onnx",), ("onnx", "--int8"), ("torch-export",), ("web",)):
        name = f"{options[0]}{len(options)}"
        told = program.terminal(
            *("export", str(test.home / "run"), "--out", str(test.home / name), "--to", *options)
        )
        words = " ".join(options)
        report.check(f"tlstudio-cli exports {words}", told.returncode == 0, told.stderr[-200:])


def update(test: Test) -> None:
    """Another copy of the program in another place finds what the first one kept."""
    report, screen, program = test.report, test.screen, test.program
    if program.is_bundle:
        copy = test.home.parent / "TLStudio next"
        subprocess.run(["cp", "-a", "--reflink=auto", program.folder, copy], check=True)
        program = Program(copy / program.path.name, screen, test.pictures)
    runs = program.terminal("runs", "--json").stdout
    run_id = test.run_file.parent.name
    report.check("an updated program lists the run", run_id in runs)
    begin_s = time.monotonic()
    with program.running(str(test.run_file), **TOLD_ALOUD) as process:
        program.wait_for_paint(process, begin_s)
        screen.wait_for("학습, .*", "check box")
        report.check("its window speaks the language that was chosen", True)
        gallery = screen.wait_for("예측")
        wait_until(lambda: screen.picture().crop(gallery.box).colours > 5000, "photos")
        report.check("the file of the run opens it with its results", True)
        test.take("6-updated")
        report.check("the updated program is quit with 0", program.quit(process) == 0)
    if program is not test.program:
        shutil.rmtree(program.folder)


def starts_that_fail(test: Test) -> None:
    """No screen: one sentence, and an exit code."""
    log = test.program.log
    before = log.stat().st_size
    with test.program.running(DISPLAY=":4711", WAYLAND_DISPLAY="") as process:
        code = process.wait(30)
    told = log.read_bytes()[before:].decode(errors="replace").strip().splitlines()
    test.report.check(
        "without a screen it says so and ends with 3", code == 3, f"{code}: {told[-1:]}"
    )


PARTS = (starts, first_hour, on_the_terminal, update, starts_that_fail)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    program = ROOT / "dist" / "TLStudio" / "tlstudio"
    parser.add_argument("program", nargs="?", type=Path, default=program)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep pictures and logs there")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    missing = missing_tools()
    if missing:
        print(f"apt-get install {' '.join(missing)}", file=sys.stderr)
        return 2
    program = Path(os.path.abspath(options.program))  # noqa: PTH100 - not where a link leads
    if not program.is_file():
        print(f"there is no {program}: run packaging/bundle.sh", file=sys.stderr)
        return 2
    if options.work is not None:
        return _run(program, options.work)
    return _run_behind_a_layer(program, options.keep)


def _run_behind_a_layer(program: Path, keep: Path | None) -> int:
    """Run all of it where every change on the disk is noticed, and tell of those outside."""
    begin_s = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="tlstudio-smoke.")).resolve()
    for name in ("user", "changed", "layer", "root"):
        (work / name).mkdir()
    report = Report()
    title = "no file is written outside the user's folders"
    command = [sys.executable, "-B", __file__, str(program), "--work", str(work)]
    behind = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    behind += ["sh", "-c", BEHIND_A_LAYER, "sh", str(work)]
    places = {path.stat().st_dev for path in (Path("/"), program, ROOT, Path(sys.prefix))}
    is_noticed = (
        len(places) == 1
        and shutil.which("unshare") is not None
        and subprocess.run([*behind, "true"], capture_output=True, check=False).returncode == 0
    )
    print(f"{program}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    before = _stamps(program.parent)
    try:
        prefix = behind if is_noticed else []
        # in a session of its own, so that nothing is left of it
        process = subprocess.Popen([*prefix, *command], start_new_session=True)
        try:
            code = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            report.check(f"all within {LIMIT_S:.0f} s", False)
            code = 1
        finally:
            end(process)
        if is_noticed:
            found = _written(work / "changed")
            report.check(title, not found, "; ".join(found[:8]))
        else:
            report.skip(title, "this system does not let a user mount a layer")
        is_same = before == _stamps(program.parent)
        report.check("the folder of the program is as it was", is_same)
        if keep is not None:
            shutil.copytree(work / "user" / "smoke", keep, dirs_exist_ok=True)
            print(f"pictures and logs: {keep}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    code = code or int(bool(report.failed))
    print(f"smoke test {'failed' if code else 'passed'} in {time.monotonic() - begin_s:.0f} s")
    return code


def _run(program: Path, work: Path) -> int:
    """All parts; returns the exit code."""
    user = work / "user"
    home, told = user / "집 home", user / "smoke"
    for folder in (home, told, user / "runtime"):
        folder.mkdir()
    (user / "runtime").chmod(0o700)
    fonts = told / "fonts.conf"
    fonts.write_text(NO_FONTS.format(told / "fonts"), encoding="utf-8")
    environment = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(user / "runtime"),
        "FONTCONFIG_FILE": str(fonts),
        "PYTHONDONTWRITEBYTECODE": "1",  # of a program that is installed for development
    }
    if "PYTHONPATH" in os.environ and not (program.parent / "_internal").is_dir():
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    report = Report()
    screen = Screen(told / "screen", environment)
    try:
        test = Test(report, screen, Program(program, screen, told), home, told)
        for part in PARTS:
            try:
                part(test)
            except Exception as error:
                report.check(part.__name__.replace("_", " "), False, f"{error}")
        lines = (told / "program.log").read_text(encoding="utf-8", errors="replace").splitlines()
        unwanted = [line for line in lines if "Traceback" in line or "Warning" in line]
        figure = f"{len(unwanted)} lines, first: {unwanted[0][:80]}" if unwanted else ""
        report.check("no error and no warning is told", not unwanted, figure)
    finally:
        screen.close()
        (told / "screen" / "Xvfb_screen0").unlink(missing_ok=True)
    return int(bool(report.failed))


def _epochs(folder: Path) -> list[dict[str, float]]:
    """The lines of a run's history."""
    import csv

    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return [{"val_accuracy": float(row["val_accuracy"])} for row in csv.DictReader(file)]


def _shows_hangul(test: Test) -> bool:
    """Whether names of two syllables in the rail look different.

    Without a font for them, each would be the same two boxes, or nothing.
    """
    picture = test.take("5-korean")
    buttons = [thing for thing in test.screen.things() if _is_in_rail(thing)]
    names = [_name_of(picture, thing) for thing in buttons]
    return len(names) >= 3 and len({name.rows for name in names}) == len(names)


def _is_in_rail(thing: Thing) -> bool:
    name = thing.name.split(",")[0]
    return thing.role == "check box" and len(name) == 2 and thing.box[0] < 20


def _name_of(picture: Picture, button: Thing) -> Picture:
    x, y, width, height = button.box
    return picture.crop((x, y + height - RAIL_NAME_PX - 4, width, RAIL_NAME_PX))


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _forget_files(folder: Path) -> None:
    """Let the system forget what it has in memory of files, as after switching on."""
    for path in _files(folder):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of change of every file."""
    found = {path: path.lstat() for path in _files(folder)}
    return {path: (about.st_size, about.st_mtime_ns) for path, about in found.items()}


def _written(changed: Path) -> list[str]:
    """Files that were written, removed or made, but for those of the screen and the buses."""
    names = (path.relative_to(changed).as_posix() for path in _files(changed))
    return sorted(f"/{name}" for name in names if not name.startswith(OURS))


if __name__ == "__main__":
    sys.exit(main())
