"""The optimizer, the schedule and the loop."""

from __future__ import annotations

from tlstudio.engine.export.facts import RunFacts
from tlstudio.engine.export.freezing_part import (
    has_rates,
    is_in_phases,
    needs_modes,
    rates_code,
    trains_whole,
)
from tlstudio.engine.export.images_part import is_varied
from tlstudio.engine.export.sections import block, indented, joined
from tlstudio.engine.optim import WARMUP_START

_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
_MIXERS = {"mixup": "MixUp", "cutmix": "CutMix"}


def training_settings(facts: RunFacts) -> str:
    """Constants of the optimizer and the schedule, those that this run uses."""
    config = facts.config
    rows: list[tuple[str, object, bool]] = [
        ("EPOCHS", config.epochs, True),
        ("BATCH_SIZE", config.batch_size, True),
        ("LEARNING_RATE", config.learning_rate, True),
        ("SEED", config.seed, True),
        ("VIEWS", facts.kept_views, facts.kept_views > 0),
        ("LIVE_FROM", facts.live_from, 1 < facts.live_from <= config.epochs),
        ("ACCUMULATION", config.accumulation, config.accumulation > 1),
        ("CLIP_NORM", config.clip_norm, config.clip_norm > 0),
        ("EMA_DECAY", config.ema_decay, config.ema_decay > 0),
        ("WARMUP", config.warmup_epochs, _has_warmup(facts)),
        ("PATIENCE", config.patience, config.patience > 0),
    ]
    notes = {
        "VIEWS": "of each training image; the epochs take turns",
        "LIVE_FROM": "the epoch from which on every view is new",
        "ACCUMULATION": "batches that make up one step",
        "CLIP_NORM": "longest gradient",
        "EMA_DECAY": "of the average of the weights",
        "WARMUP": "epochs in which the learning rate rises",
        "PATIENCE": "epochs without a better one",
    }
    lines = []
    for name, value, is_used in rows:
        if is_used:
            note = f"  # {notes[name]}" if name in notes else ""
            lines.append(f"{name} = {value!r}{note}\n")
    return "".join(lines)


def learning_code(facts: RunFacts) -> str:
    """The optimizer, its schedule, and what else changes how is learned."""
    parts = [
        rates_code(facts),
        _optimizer(facts),
        _schedule(facts),
        _mixing(facts),
        _weights(facts),
    ]
    return joined(parts) + ("\n" + _average(facts) if facts.config.ema_decay else "")


def _has_warmup(facts: RunFacts) -> bool:
    return facts.config.warmup_epochs > 0 and facts.config.schedule != "one_cycle"


def _optimizer(facts: RunFacts) -> str:
    config = facts.config
    more = ""
    if config.optimizer == "sgd" and config.momentum:
        more += f", momentum={config.momentum!r}"
    if config.weight_decay or config.optimizer == "adamw":  # whose default is another
        more += f", weight_decay={config.weight_decay!r}"
    name = f"torch.optim.{_OPTIMIZERS[config.optimizer]}"
    if not has_rates(facts):
        parameters = "network.parameters()"
        start = ""
        if not trains_whole(facts) and not is_in_phases(facts):
            start = "trainable = [p for p in network.parameters() if p.requires_grad]\n"
            parameters = "trainable"
        return start + f"optimizer = {name}({parameters}, lr=LEARNING_RATE{more})\n"
    return block(
        """
        groups = [
            {
                "params": [p for name, p in network.named_parameters() if name.startswith(names)],
                "lr": LEARNING_RATE * rate,
            }
            for rate, names in RATES
        ]
        <all>optimizer = <name>(groups, lr=LEARNING_RATE<more>)
        """,
        all='trainable = [p for group in groups for p in group["params"]]\n'
        if config.clip_norm
        else "",
        name=name,
        more=more,
    )


def _schedule(facts: RunFacts) -> str:
    config = facts.config
    schedulers = "torch.optim.lr_scheduler"
    if config.schedule == "one_cycle":
        per_epoch = "len(train_batches(1))"
        if config.accumulation > 1:
            per_epoch = "math.ceil(len(train_batches(1)) / ACCUMULATION)"
        return block(
            """
            scheduler = <schedulers>.OneCycleLR(
                optimizer,
                max_lr=[group["lr"] for group in optimizer.param_groups],
                total_steps=max(2, EPOCHS * <per_epoch>),
            )
            """,
            schedulers=schedulers,
            per_epoch=per_epoch,
        )
    left = "max(1, EPOCHS - WARMUP)" if _has_warmup(facts) else "EPOCHS"
    main = {
        "step": f"{schedulers}.StepLR(optimizer, {config.step_size}, gamma={config.gamma!r})",
        "cosine": f"{schedulers}.CosineAnnealingLR(optimizer, T_max={left})",
        "none": "",
    }[config.schedule]
    if not _has_warmup(facts):
        return f"scheduler = {main}\n" if main else ""
    rise = f"{schedulers}.LinearLR(optimizer, start_factor={WARMUP_START}, total_iters=WARMUP)"
    if not main:
        return f"scheduler = {rise}\n"
    return block(
        """
        scheduler = <schedulers>.SequentialLR(
            optimizer,
            [
                <rise>,
                <main>,
            ],
            milestones=[WARMUP],
        )
        """,
        schedulers=schedulers,
        rise=rise,
        main=main.replace("StepLR", "StepLR"),
    )


def _is_per_step(facts: RunFacts) -> bool:
    return facts.config.schedule == "one_cycle"


def _has_schedule(facts: RunFacts) -> bool:
    return facts.config.schedule != "none" or _has_warmup(facts)


def _mixing(facts: RunFacts) -> str:
    config = facts.config
    if config.mixing == "none":
        return ""
    kind = _MIXERS[config.mixing]
    return f"mix = v2.{kind}(alpha={config.mixing_alpha!r}, num_classes=len(CLASSES))\n"


def _weights(facts: RunFacts) -> str:
    if facts.config.balance != "weights":
        return ""
    return block(
        """
        counts = Counter(label for _, label in train_files)  # small classes weigh more
        shares = [len(train_files) / (len(CLASSES) * counts[i]) for i in range(len(CLASSES))]
        class_weights = torch.tensor(shares, device=DEVICE)
        """
    )


def _average(facts: RunFacts) -> str:
    return block(
        '''
        average = copy.deepcopy(network)  # of the weights; it is what is validated and saved


        @torch.no_grad()
        def update_average(steps):
            """Take the present weights in; at first they count more, or the start would stay."""
            decay = min(EMA_DECAY, (1 + steps) / (10 + steps))
            values = network.state_dict()
            for name, mean in average.state_dict().items():
                if mean.is_floating_point():
                    mean.lerp_(values[name], 1 - decay)
                else:  # how many batches BatchNorm has seen
                    mean.copy_(values[name])


        steps = 0
        '''
    )


def evaluation_code(facts: RunFacts) -> str:
    """The function that validates; empty without validation images."""
    if not facts.has_val:
        return ""
    return block(
        '''
        @torch.no_grad()
        def evaluate(network):
            """Mean loss and accuracy over the validation images."""
            network.eval()
            loss_sum, right = 0.0, 0
            for start in range(0, len(val_files), BATCH_SIZE):
                files = val_files[start : start + BATCH_SIZE]
                labels = torch.tensor([label for _, label in files], device=DEVICE)
                logits = network(as_input([plain_view(path) for path, _ in files]))
                loss_sum += F.cross_entropy(logits, labels).item() * len(files)
                right += (logits.argmax(dim=1) == labels).sum().item()
            return loss_sum / len(val_files), right / len(val_files)
        '''
    )


def seeding_code(facts: RunFacts) -> str:
    """The function that makes chance repeatable within a step; empty where there is none."""
    if not facts.has_chance and facts.config.mixing == "none":
        return ""
    what = "dropout" if facts.config.mixing == "none" else "mixing"
    if facts.has_chance and facts.config.mixing != "none":
        what = "mixing and dropout"
    return block(
        '''
        def seed_chance(*numbers):
            """Let the chance that follows (<what>) depend on these numbers alone."""
            text = "/".join(map(str, (SEED, *numbers)))
            torch.manual_seed(random.Random(text).getrandbits(63))
        ''',
        what=what,
    )


def loop_code(facts: RunFacts) -> str:
    """From the first epoch to the last one."""
    config = facts.config
    chosen = "val_accuracy" if facts.has_val else "train_accuracy"
    kept = "average" if config.ema_decay else "network"
    columns = "epoch  train loss  accuracy" + ("  val loss  accuracy" if facts.has_val else "")
    epoch = joined(
        [
            _start_of_epoch(facts) + _steps(facts),
            _record(facts, kept),
            block(
                """
                is_best = all(row["<chosen>"] > earlier["<chosen>"] for earlier in history)
                history.append(row)
                if is_best:
                <remember>    torch.save(<kept>.state_dict(), "best_weights.pth")
                """,
                chosen=chosen,
                remember="    best_epoch = epoch\n" if config.patience else "",
                kept=kept,
            )
            + _patience(facts),
        ]
    )
    return f'history = []\nprint("{columns}")\nfor epoch in range(1, EPOCHS + 1):\n' + indented(
        epoch
    )


def _start_of_epoch(facts: RunFacts) -> str:
    return "".join(
        [
            "unfreeze(epoch)\n" if is_in_phases(facts) else "",
            "set_train_mode(network)\n" if needs_modes(facts) else "network.train()\n",
            'learning_rate = optimizer.param_groups[0]["lr"]\n',
            "loss_sum, right = 0.0, 0\n",
        ]
    )


def _steps(facts: RunFacts) -> str:
    config = facts.config
    is_mixed = config.mixing != "none"
    targets = "targets" if is_mixed else "labels"
    loss = [f"logits, {targets}"]
    if config.balance == "weights":
        loss.append("weight=class_weights")
    if config.label_smoothing:
        loss.append(f"label_smoothing={config.label_smoothing!r}")
    truth = "targets.argmax(dim=1)" if is_mixed else "labels"
    batches = "train_batches(epoch)"
    head = f"for step, indices in enumerate({batches}):\n"
    needs_step = is_mixed or facts.has_chance or config.accumulation > 1
    if config.accumulation > 1:
        head = f"batches = {batches}\nfor step, indices in enumerate(batches):\n"
    elif not needs_step:
        head = f"for indices in {batches}:\n"
    arguments = "indices, epoch" if is_varied(facts) else "indices"
    body = [
        f"images, labels = train_batch({arguments})\n",
        "seed_chance(epoch, step, 1)\nimages, targets = mix(images, labels)\n" if is_mixed else "",
        "seed_chance(epoch, step)\n" if facts.has_chance else "",
        "logits = network(images)\n",
        f"loss = F.cross_entropy({', '.join(loss)})\n",
        _step(facts),
        "loss_sum += loss.item() * len(labels)\n",
        f"right += (logits.argmax(dim=1) == {truth}).sum().item()\n",
    ]
    end = "scheduler.step()\n" if _has_schedule(facts) and not _is_per_step(facts) else ""
    return head + indented("".join(body)) + end


def _step(facts: RunFacts) -> str:
    """From the loss to new weights."""
    config = facts.config
    clip = ""
    if config.clip_norm:
        which = "trainable" if has_rates(facts) else "network.parameters()"
        clip = f"nn.utils.clip_grad_norm_({which}, CLIP_NORM)\n"
    after = "scheduler.step()\n" if _is_per_step(facts) else ""
    if config.ema_decay:
        after += "steps += 1\nupdate_average(steps)\n"
    if config.accumulation == 1:
        return "optimizer.zero_grad()\nloss.backward()\n" + clip + "optimizer.step()\n" + after
    inner = clip + "optimizer.step()\noptimizer.zero_grad()\n" + after
    return (
        "(loss / ACCUMULATION).backward()\n"
        "if (step + 1) % ACCUMULATION == 0 or step + 1 == len(batches):\n" + indented(inner)
    )


def _record(facts: RunFacts, kept: str) -> str:
    val = values = ""
    end = ")\n"
    if facts.has_val:
        end = ', end="  ", flush=True)\n'
        val = (
            f"val_loss, val_accuracy = evaluate({kept})\n"
            'print(f"{val_loss:8.4f}  {val_accuracy:8.1%}")\n'
        )
        values = '"val_loss": val_loss,\n"val_accuracy": val_accuracy,\n'
    return (
        "train_loss, train_accuracy = loss_sum / len(train_files), right / len(train_files)\n"
        'print(f"{epoch:5}  {train_loss:10.4f}  {train_accuracy:8.1%}"'
        + end
        + val
        + "row = {\n"
        + indented(
            '"epoch": epoch,\n"train_loss": train_loss,\n"train_accuracy": train_accuracy,\n'
            + values
            + '"learning_rate": learning_rate,\n'
        )
        + "}\n"
    )


def _patience(facts: RunFacts) -> str:
    if not facts.config.patience:
        return ""
    first = facts.plan.last.first_epoch
    since = "best_epoch" if first == 1 else f"max(best_epoch, {first - 1})"
    note = "" if first == 1 else "  # before, not everything trains"
    return f"if epoch - {since} >= PATIENCE:{note}\n    break\n"


def results_code(facts: RunFacts) -> str:
    """What is left behind."""
    chosen = "val_accuracy" if facts.has_val else "train_accuracy"
    return block(
        """
        with open("history.csv", "w", newline="") as file:
            table = csv.DictWriter(file, history[0])
            table.writeheader()
            table.writerows(history)

        best = max(history, key=lambda row: row["<chosen>"])
        print(f"Best: epoch {best['epoch']} with {best['<chosen>']:.1%}, in best_weights.pth")
        """,
        chosen=chosen,
    )
