"""Chance that belongs to a run, whatever other threads do meanwhile."""

from __future__ import annotations

import threading

import torch

from tlstudio.engine.training.seeding import generators_kept, seeded

CPU = torch.device("cpu")


def test_seeded_gives_back_what_it_borrowed() -> None:
    state = torch.get_rng_state()
    with seeded(CPU, 1, 2):
        first = torch.rand(3)
    assert torch.equal(torch.get_rng_state(), state)
    with seeded(CPU, 1, 2):
        assert torch.equal(torch.rand(3), first)
    with seeded(CPU, 2, 1):
        assert not torch.equal(torch.rand(3), first)


def test_another_thread_that_borrows_them_waits() -> None:
    with seeded(CPU, 7):
        expected = torch.rand(4)
    begun = threading.Event()

    def measure() -> None:
        begun.set()
        with generators_kept():
            torch.rand(1000)

    with seeded(CPU, 7):
        drawn = [torch.rand(1)]
        other = threading.Thread(target=measure)
        other.start()
        begun.wait(60)
        other.join(0.05)
        assert other.is_alive()
        drawn += [torch.rand(1)]
        with generators_kept():  # the same thread may borrow again
            torch.rand(5)
        drawn += [torch.rand(1), torch.rand(1)]
    other.join(60)
    assert not other.is_alive()
    assert torch.equal(torch.cat(drawn), expected)
