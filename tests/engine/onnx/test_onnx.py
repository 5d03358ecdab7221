import logging
import warnings

import onnx
import pytest
import torch
from torch import nn

from tlstudio.core.errors import ExportError, StorageError
from tlstudio.engine.onnx.convert import to_onnx
from tlstudio.engine.onnx.session import session


def _network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)
    )


@pytest.fixture
def network() -> nn.Module:
    network = _network()
    network(torch.randn(4, 3, 8, 8))  # its statistics are no longer those of the beginning
    return network.eval()


def test_a_file_computes_the_same_for_batches_of_any_length(tmp_path, network):
    path = tmp_path / "a.onnx"
    to_onnx(network, torch.randn(1, 3, 8, 8), path, opset=19, metadata={"classes": '["개"]'})
    run = session(path, threads=1)
    for length in (1, 5):
        images = torch.randn(length, 3, 8, 8)
        with torch.no_grad():
            wanted = network(images)
        torch.testing.assert_close(
            torch.from_numpy(run.run(None, {"input": images.numpy()})[0]), wanted
        )
    assert onnx.load(path).opset_import[0].version == 19
    assert run.get_modelmeta().custom_metadata_map == {"classes": '["개"]'}


def test_what_onnx_cannot_say_is_one_sentence(tmp_path):
    class Odd(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            if images.sum() > 0:  # depends on the values
                return images
            return -images

    path = tmp_path / "a.onnx"
    before = (warnings.filters[:], logging.getLogger("torch.onnx").level)
    with pytest.raises(ExportError) as caught:
        to_onnx(Odd(), torch.randn(1, 3, 8, 8), path)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
    assert before == (warnings.filters[:], logging.getLogger("torch.onnx").level)


def test_a_file_that_is_no_onnx_is_one_sentence(tmp_path):
    path = tmp_path / "a.onnx"
    path.write_bytes(b"\x00\xffnothing")
    with pytest.raises(ExportError, match=r"a\.onnx"):
        session(path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path, network):
    (tmp_path / "in_the_way").write_text("")
    with pytest.raises(StorageError):
        to_onnx(network, torch.randn(1, 3, 8, 8), tmp_path / "in_the_way" / "a.onnx")
