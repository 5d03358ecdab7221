"""Networks without values."""

import torch

from tlstudio.engine.models.libraries import library_network


def test_a_network_without_values_draws_none():
    torch.manual_seed(1)
    before = torch.get_rng_state()
    with torch.device("meta"):
        empty = library_network("resnet18", 3)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(parameter.is_meta for parameter in empty.parameters())

    drawn = library_network("resnet18", 3)
    assert not torch.equal(torch.get_rng_state(), before)
    assert drawn.conv1.weight.std() > 0
