"""The list of models is kept for the next start."""

import hashlib
import subprocess
import sys

from tlstudio.engine.models.catalog import list_models
from tlstudio.engine.models.kept_catalog import keep_models

_NEXT_START = """
import hashlib, sys
from tlstudio.engine.models.catalog import get_model, known_models

models = known_models()
assert get_model("resnet18") in models
assert not {"torch", "torchvision", "timm"} & set(sys.modules), "a library was imported"
print(hashlib.sha256(repr(models).encode()).hexdigest())
"""


def test_the_next_start_knows_the_same_models_without_the_libraries() -> None:
    models = list_models()
    keep_models(models)

    ran = subprocess.run([sys.executable, "-c", _NEXT_START], capture_output=True, text=True)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == hashlib.sha256(repr(models).encode()).hexdigest()
