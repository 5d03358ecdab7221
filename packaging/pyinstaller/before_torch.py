"""Runtime hook: what torch and torchvision miss in a bundle, before the program begins."""

import os
import sys
import warnings
from importlib.abc import MetaPathFinder
from pathlib import Path

# The sources that TorchScript's compiler reads are not in the bundle; the studio has no use for it,
# but libraries decorate functions with it.
os.environ.setdefault("PYTORCH_JIT", "0")
warnings.filterwarnings("ignore", "Unable to retrieve source for @torch.jit")

_MISSING_OPERATORS = ("nms", "qnms")
_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _BeforeTorchvision(MetaPathFinder):
    """Declares the operators of torchvision's own library, where that was left out.

    A torchvision built for CUDA cannot open its library beside a torch for the CPU, and describes
    its operators at import all the same. They find boxes in pictures, which no classifier does.
    """

    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            if not _has_library():
                for operator in _MISSING_OPERATORS:
                    torch.library.define(f"torchvision::{operator}", _SCHEMA)
        return


def _has_library():
    return any(Path(sys._MEIPASS, "torchvision").glob("_C*"))


sys.meta_path.insert(0, _BeforeTorchvision())
