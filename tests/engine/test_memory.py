"""Memory settings change no result and are taken back."""

from __future__ import annotations

import subprocess
import sys

import torch

from tlstudio.engine import memory
from tlstudio.engine.memory import freed_memory_kept


def test_results_are_the_same_and_blocks_may_nest() -> None:
    images = torch.rand(8, 3, 64, 64)
    network = torch.nn.Conv2d(3, 16, 3)
    with torch.no_grad():
        before = network(images)
        with freed_memory_kept(), freed_memory_kept():
            inside = network(images)
        after = network(images)
    assert torch.equal(before, inside)
    assert torch.equal(before, after)
    assert memory._users == 0


def test_one_heap_needs_no_torch() -> None:
    code = (
        "import sys; from tlstudio.engine.memory import share_one_heap; share_one_heap()\n"
        "assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=300).returncode == 0
