"""Loading much on a thread, so that a window beside it goes on smoothly.

Measured on two cores, lateness of a timer on another thread: 230 ms at worst with a plain
``import torch`` from the disk cache and 560 ms without, 130 ms for each garbage collection in
between; with what is done here 50 ms. Needs no torch itself.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path

# in the order and in the way that torch itself loads them
_LIBRARIES = (
    ("libtorch_global_deps", getattr(os, "RTLD_NOW", 0) | getattr(os, "RTLD_GLOBAL", 0)),
    ("libtorch", getattr(os, "RTLD_NOW", 0)),
)


@contextlib.contextmanager
def smooth_imports() -> Iterator[None]:
    """Within the block, torch and what comes with it do not stop other threads for long.

    The shared libraries of torch are opened first, and what was imported is afterwards left out
    of garbage collection: half a million objects that stay anyway.
    """
    preload_torch()
    with collection_paused():
        try:
            yield
        finally:
            leave_to_stay()


@contextlib.contextmanager
def collection_paused() -> Iterator[None]:
    """Within the block, garbage is not looked for.

    While many objects are made that stay, a full collection would walk through all of them under
    the interpreter's lock again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_to_stay() -> None:
    """Leave out of garbage collection whatever there is now, until the program ends."""
    gc.freeze()
    atexit.unregister(gc.unfreeze)
    atexit.register(gc.unfreeze)  # libraries with their own account (triton's) look at the end


def preload_torch() -> None:
    """Open torch's shared libraries, which takes half a second, without the interpreter's lock.

    An ``import`` keeps the lock meanwhile, so other threads stand still. Where it cannot be done,
    nothing happens: the import does the same, less smoothly.
    """
    if "torch" in sys.modules or not sys.platform.startswith(("linux", "darwin")):
        return
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0]) / "lib"
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    try:
        # unlike CDLL(path), a foreign function is called without the lock
        dlopen = ctypes.CDLL(None).dlopen
    except (OSError, AttributeError):
        return
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name, mode in _LIBRARIES:
        path = folder / f"{name}{suffix}"
        if path.is_file():
            dlopen(os.fsencode(path), mode)
