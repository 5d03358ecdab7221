"""Threads of computing: one thread may do with itself alone without slowing the others down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import torch

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
