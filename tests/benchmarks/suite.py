"""The comparisons that the README quotes, one after another."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks.job import LIVE, NO_AUGMENTATION
from tests.benchmarks.turns import Contest

_MODELS = ("resnet18", "googlenet")
_MODELS_GPU = ("resnet50",)  # small ones measure little but the starting of kernels there
_VIEWS = ("4", NO_AUGMENTATION, LIVE)
_PRECISIONS = ("bfloat16", "float32")


def contests(like: Contest, *, has_gpu: bool) -> list[Contest]:
    """Feature extraction with every kind of views, then fine-tuning of the first model.

    `like` says the data, the epochs and all else that is not of the suite's own choice.
    """
    job = like.jobs[0]
    models = _MODELS_GPU if has_gpu else _MODELS
    found = []
    for model in models:
        plain = job.changed(model=model, strategy="feature_extraction", precision="auto")
        jobs = tuple(plain.changed(views=views) for views in _VIEWS)
        found.append(replace(like, jobs=jobs, reuse=True))
    tuning = job.changed(model=models[0], strategy="fine_tuning", views=LIVE)
    jobs = tuple(tuning.changed(precision=precision) for precision in _PRECISIONS)
    return [*found, replace(like, jobs=jobs, reuse=False)]
