"""Importing torch beside a window."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from tlstudio.engine.loading import smooth_imports


def test_torch_works_when_its_libraries_were_there_before() -> None:
    code = (
        "from tlstudio.engine.loading import smooth_imports\n"
        "with smooth_imports():\n"
        "    import torch\n"
        "weight = torch.eye(3, requires_grad=True)\n"
        "(weight @ weight).sum().backward()\n"
        "assert weight.grad is not None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert "leaked" not in done.stderr


def test_collection_goes_on_whatever_happens() -> None:
    gc.enable()
    try:
        with pytest.raises(ImportError), smooth_imports():
            assert not gc.isenabled()
            raise ImportError
        assert gc.isenabled()
    finally:
        gc.disable()
        gc.unfreeze()


def test_collection_stays_off_for_who_switched_it_off() -> None:
    assert not gc.isenabled()
    with smooth_imports():
        pass
    assert not gc.isenabled()
    gc.unfreeze()
