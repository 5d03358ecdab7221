"""The settings of training, the optimizer, its schedule, and what else changes how is learned."""

from __future__ import annotations

from tlstudio.core.config.schedules import milestones
from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.freezing_part import (
    has_rates,
    is_in_phases,
    rates_code,
    trains_whole,
)
from tlstudio.engine.code_export.sections import block, joined
from tlstudio.engine.training.optim import WARMUP_START

_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
_MIXERS = {"mixup": "MixUp", "cutmix": "CutMix"}


def training_settings(facts: RunFacts) -> str:
    """Constants of the optimizer and the schedule, those that this run uses."""
    config = facts.config
    has_both = facts.kept_views > 0 and bool(facts.live_epochs)
    rows: list[tuple[str, object, bool]] = [
        ("EPOCHS", config.epochs, True),
        ("BATCH_SIZE", config.batch_size, True),
        ("LEARNING_RATE", config.learning_rate, True),
        ("SEED", config.seed, True),
        ("VIEWS", facts.kept_views, facts.kept_views > 0),
        ("LIVE_FROM", facts.live_from, has_both and facts.live_from is not None),
        ("LIVE_EPOCHS", facts.live_epochs, has_both and facts.live_from is None),
        ("ACCUMULATION", config.accumulation, config.accumulation > 1),
        ("CLIP_NORM", config.clip_norm, config.clip_norm > 0),
        ("EMA_DECAY", config.ema_decay, config.ema_decay > 0),
        ("WARMUP", config.warmup_epochs, _has_warmup(facts)),
        ("PATIENCE", config.patience, config.patience > 0),
    ]
    notes = {
        "VIEWS": "of each training image; the epochs take turns",
        "LIVE_FROM": "the epoch from which on every view is new",
        "LIVE_EPOCHS": "those in which every view is new",
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
        "multi_step": (
            f"{schedulers}.MultiStepLR(optimizer, {milestones(config)}, gamma={config.gamma!r})"
        ),
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


def is_per_step(facts: RunFacts) -> bool:
    return facts.config.schedule == "one_cycle"


def has_schedule(facts: RunFacts) -> bool:
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
