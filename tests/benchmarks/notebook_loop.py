"""The opponent: the PyTorch transfer-learning tutorial in a notebook, nothing optimised.

https://docs.pytorch.org/tutorials/beginner/transfer_learning_tutorial.html: ImageFolder, data
loaders with four workers, SGD with momentum, the learning rate divided by ten every seven epochs,
the best weights kept by `deepcopy`. Its "fixed feature extractor" freezes parameters and calls
`model.train()` all the same, so frozen BatchNorm statistics drift; that is kept as it is.

    python -m tests.benchmarks.notebook_loop JOB    # a Job as JSON; prints an outcome as JSON
"""

from __future__ import annotations

import copy
import json
import sys
import time
from pathlib import Path

import torch
import torch._dynamo  # what torch.optim imports at first use: not a part of either side's time
from torch import nn, optim
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from tests.benchmarks.job import Job, starting_point
from tests.benchmarks.machine import cpu_seconds
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.training.freezing import apply_phase
from tlstudio.engine.training.run_checks import run_plan


def make_datasets(folder: Path, of: Preprocessing) -> dict[str, datasets.ImageFolder]:
    """``train`` and ``val`` with the tutorial's transforms, in the model's size and colours."""
    interpolation = transforms.InterpolationMode(of.interpolation)
    end = [transforms.ToTensor(), transforms.Normalize(of.mean, of.std)]
    steps = {
        "train": [
            transforms.RandomResizedCrop(of.crop_px, interpolation=interpolation),
            transforms.RandomHorizontalFlip(),
            *end,
        ],
        "val": [
            transforms.Resize(of.resize_px, interpolation=interpolation),
            transforms.CenterCrop(of.crop_px),
            *end,
        ],
    }
    return {
        split: datasets.ImageFolder(folder / split, transforms.Compose(steps[split]))
        for split in steps
    }


def train_model(
    model: nn.Module,
    dataloaders: dict[str, DataLoader],
    criterion: nn.Module,
    optimizer: optim.Optimizer,
    scheduler: lr_scheduler.LRScheduler,
    device: torch.device,
    num_epochs: int,
) -> list[dict[str, float]]:
    """The tutorial's function of that name; returns loss, accuracy and seconds of each epoch."""
    best_model_wts, best_acc = copy.deepcopy(model.state_dict()), 0.0
    history = []
    for epoch in range(num_epochs):
        since = time.perf_counter()
        record = {"epoch": float(epoch + 1)}
        for phase in ("train", "val"):
            model.train(phase == "train")
            running_loss, running_corrects = 0.0, 0
            for inputs, labels in dataloaders[phase]:
                inputs, labels = inputs.to(device), labels.to(device)
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_loss += loss.item() * inputs.size(0)
                running_corrects += torch.sum(preds == labels.data)
            if phase == "train":
                scheduler.step()
            count = len(dataloaders[phase].dataset)
            record[f"{phase}_loss"] = running_loss / count
            record[f"{phase}_accuracy"] = float(running_corrects) / count
            if phase == "val" and record["val_accuracy"] > best_acc:
                best_acc = record["val_accuracy"]
                best_model_wts = copy.deepcopy(model.state_dict())
        record["s"] = time.perf_counter() - since
        history.append(record)
    model.load_state_dict(best_model_wts)
    return history


def run(job: Job) -> dict[str, object]:
    """Train; the clock runs from before the first image is read until the best weights are back."""
    fastest = "cuda:0" if torch.cuda.is_available() else "cpu"
    device = torch.device(fastest if job.device == "auto" else job.device)
    folders = sorted(entry.name for entry in (Path(job.data) / "train").iterdir())
    classifier = starting_point(job, tuple(folders))
    image_datasets = make_datasets(Path(job.data), classifier.preprocessing)
    assert tuple(image_datasets["train"].classes) == classifier.classes, "hidden files in train/?"
    torch.manual_seed(job.seed)  # order and augmentation; not the same chance as the studio's
    dataloaders = {
        split: DataLoader(
            image_datasets[split],
            batch_size=job.batch_size,
            shuffle=True,
            num_workers=job.workers,
        )
        for split in image_datasets
    }
    model = classifier.network
    apply_phase(
        model, run_plan(classifier.config, classifier.classes).last
    )  # requires_grad, no more
    model = model.to(device)
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = optim.SGD(trainable, lr=job.learning_rate, momentum=0.9)
    scheduler = lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

    begin, cpu_begin = time.perf_counter(), cpu_seconds()
    history = train_model(
        model, dataloaders, nn.CrossEntropyLoss(), optimizer, scheduler, device, job.epochs
    )
    if device.type == "cuda":
        torch.cuda.synchronize()
    total_s = time.perf_counter() - begin
    accuracies = [record["val_accuracy"] for record in history]
    return {
        "total_s": total_s,
        "cpu_s": cpu_seconds() - cpu_begin,
        "epoch_s": [record["s"] for record in history],
        "val_accuracies": accuracies,
        "best_accuracy": max(accuracies),
        "final_accuracy": accuracies[-1],
        "device": str(device),
        "train_images": len(image_datasets["train"]),
        "val_images": len(image_datasets["val"]),
    }


if __name__ == "__main__":
    print(json.dumps(run(Job.from_json(sys.argv[1]))))
