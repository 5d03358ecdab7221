"""The ready-to-run folder: the network with a program that needs no PyTorch, and words about both.

- `model.onnx`, `labels.txt` (a class a line)
- `predict.py`, on onnxruntime, Pillow and NumPy alone, and `requirements.txt`
- `README.md`: how to run it; `MODEL_CARD.md`: data, accuracy, licence, limits
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tlstudio.core.evaluation.scores import Share
from tlstudio.core.export.formats import ExportProgressed
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.storage import atomic_write, resources_dir
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.onnx_file import write_onnx
from tlstudio.engine.export.wrapped import limits_of
from tlstudio.engine.hub.card import CardFacts, card_body

MODEL, PROGRAM, LABELS, NEEDS = "model.onnx", "predict.py", "labels.txt", "requirements.txt"
README, CARD = "README.md", "MODEL_CARD.md"

# All that is ever found in such a folder, and what Python leaves there.
FOLDER_FILES = (MODEL, PROGRAM, LABELS, NEEDS, README, CARD, "__pycache__")

# What the program needs at least; newer ones read older files.
_REQUIREMENTS = ("onnxruntime>=1.18", "numpy>=1.26", "pillow>=10")

_README = """\
# {title}

A network that tells apart: {classes}; and a program that asks it. It needs Python 3.10 or newer,
but no PyTorch and no internet.

```bash
python -m pip install -r requirements.txt
python predict.py photo.jpg another.png
```

Each line says the file, the class and its probability{foreign}.

From Python:

```python
from predict import Classifier

label, probability = Classifier().answer("photo.jpg")
```

| file | what it is |
|---|---|
| `model.onnx` | the network; its metadata hold the classes, the preprocessing and the licence |
| `predict.py` | the program: it resizes images exactly as TLStudio did |
| `labels.txt` | the classes in the order of the outputs |
| `MODEL_CARD.md` | what it was trained on, how good it is, where it ends |
| `receipt.json` | what comparing it with the original found |

Checked on {images} images, by this program in a process of its own. {sentence}
"""


def write_folder(job: ExportJob, path: Path) -> Iterator[ExportProgressed]:
    """Write what runs.

    Raises:
        ExportError: the network cannot be written as ONNX, or not in 8-bit integers.
        StorageError: the folder cannot be written.
    """
    path.mkdir()
    yield from write_onnx(job, path / MODEL)
    shutil.copyfile(resources_dir() / "export_folder" / PROGRAM, path / PROGRAM)
    lines = (" ".join(name.splitlines()) for name in job.classifier.classes)
    atomic_write(path / LABELS, "\n".join(lines) + "\n")
    atomic_write(path / NEEDS, "\n".join(_REQUIREMENTS) + "\n")


def describe_folder(job: ExportJob, path: Path, receipt: Receipt) -> None:
    """Write what is read; the accuracy is that of this very file.

    Raises:
        StorageError: a file cannot be written.
    """
    classes = job.classifier.classes
    named = ", ".join(classes[:5]) + (f" and {len(classes) - 5} more" if len(classes) > 5 else "")
    foreign = ', or "none of these"' if limits_of(job.classifier) is not None else ""
    title = _title(job)
    atomic_write(
        path / README,
        _README.format(
            title=title,
            classes=named,
            foreign=foreign,
            images=receipt.images,
            sentence=receipt.sentence,
        ),
    )
    facts = CardFacts(title, receipt.dataset, receipt.accuracy_after or _of_run(job))
    atomic_write(path / CARD, card_body(job.classifier, facts, _use(job, receipt)))


def _title(job: ExportJob) -> str:
    entry = job.run.entry if job.run is not None else None
    return (entry.name or entry.dataset or entry.id) if entry else job.classifier.model


def _of_run(job: ExportJob) -> Share | None:
    entry = job.run.entry if job.run is not None else None
    if entry is None or entry.right is None or not entry.images or job.options.int8:
        return None
    return Share(entry.right, entry.images)


def _use(job: ExportJob, receipt: Receipt) -> str:
    """How the network is used, and what was found about it."""
    numbers = "8-bit integers" if job.options.int8 else "float32"
    split = job.index.split_config if job.index is not None else None
    how = f" Split: {split.val_fraction:.0%} for validation." if split is not None else ""
    packages = ", ".join(f"{n} {metadata.version(n)}" for n in ("torch", "onnx"))
    return (
        "`predict.py` beside this card says what images show; `README.md` tells how to run it. The "
        f"network computes in {numbers} and was written with {packages}. {receipt.sentence}{how}"
    )
