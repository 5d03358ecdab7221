"""torch's compiler stays away from programs that compile nothing, and is whole where one does."""

import subprocess
import sys

_PROGRAM = """
import sys
import tlstudio.engine.models.catalog
import torch, torchvision, timm

network = timm.create_model("tf_efficientnet_lite0", num_classes=2).eval()
optimizer = torch.optim.SGD(network.parameters(), 0.1)
images = torch.ones(1, 3, 32, 32)
network(images).sum().backward()
optimizer.step()
parts = [name for name in sys.modules if name.startswith("torch._dynamo.")]
assert parts == ["torch._dynamo.utils"], parts

boxes = torch.tensor([[0.0, 0.0, 0.0, 4.0, 4.0]])
assert torchvision.ops.roi_align(torch.ones(1, 1, 8, 8), boxes, 2).shape == (1, 1, 2, 2)

layer = torch.nn.Linear(2, 2)
compiled = torch.compile(layer, backend="eager")
assert torch.equal(compiled(torch.ones(1, 2)), layer(torch.ones(1, 2)))
import torch._dynamo.exc
assert torch._dynamo is sys.modules["torch._dynamo"] and torch._dynamo.config.recompile_limit > 0
assert torch._dynamo.utils is sys.modules["torch._dynamo.utils"]
optimizer.step()
"""


def test_dynamo_is_imported_by_what_compiles_and_by_nothing_else():
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
