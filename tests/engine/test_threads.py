"""Threads of computing: one thread may do with itself alone without slowing the others down."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from tlstudio.engine import threads
from tlstudio.engine.threads import one_thread


def test_only_the_thread_that_asks_computes_alone() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with ThreadPoolExecutor(1) as there_before:
            assert there_before.submit(torch.get_num_threads).result() == 3
            with one_thread():
                assert torch.get_num_threads() == 1
                assert there_before.submit(torch.get_num_threads).result() == 3
                with ThreadPoolExecutor(1) as later:
                    assert later.submit(torch.get_num_threads).result() == 3
            assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("running", "environment", "policy"),
    [
        (1, {}, None),  # this process alone
        (3, {}, "PASSIVE"),
        (3, {"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE"),
        (3, {"GOMP_SPINCOUNT": "7"}, None),
        (None, {}, None),  # another system
    ],
)
def test_waiting_threads_sleep_where_other_programs_compute(
    running: int | None,
    environment: dict[str, str],
    policy: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = tmp_path / "loadavg"
    if running is not None:
        load.write_text(f"0.00 0.00 0.00 {running}/512 12345\n")
    kept = {name: v for name, v in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    monkeypatch.setattr(os, "environ", {**kept, **environment})
    monkeypatch.setattr(os, "cpu_count", lambda: len(threads._cores()))
    monkeypatch.setattr(threads, "_LOAD", load)
    threads.sleep_where_others_compute()
    assert os.environ.get("OMP_WAIT_POLICY") == policy
