"""The loop: training, validating, and what is left behind."""

from __future__ import annotations

from tlstudio.core.networks.auxiliary import AUXILIARY_WEIGHT
from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.freezing_part import has_rates, is_in_phases, needs_modes
from tlstudio.engine.code_export.sections import block, indented, joined
from tlstudio.engine.code_export.training_part import has_schedule, is_per_step


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
    """Write the loop over the epochs."""
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
    more = [targets]
    if config.balance == "weights":
        more.append("weight=class_weights")
    if config.label_smoothing:
        more.append(f"label_smoothing={config.label_smoothing!r}")
    options = ", ".join(more)
    truth = "targets.argmax(dim=1)" if is_mixed else "labels"
    batches = "train_batches(epoch)"
    head = f"for step, indices in enumerate({batches}):\n"
    needs_step = is_mixed or facts.has_chance or config.accumulation > 1
    if config.accumulation > 1:
        head = f"batches = {batches}\nfor step, indices in enumerate(batches):\n"
    elif not needs_step:
        head = f"for indices in {batches}:\n"
    arguments = "indices, epoch" if facts.is_varied else "indices"
    body = [
        f"images, labels = train_batch({arguments})\n",
        "seed_chance(epoch, step, 1)\nimages, targets = mix(images, labels)\n" if is_mixed else "",
        "seed_chance(epoch, step)\n" if facts.has_chance else "",
        f"logits{', *auxiliary' if facts.build.auxiliary else ''} = network(images)\n",
        f"loss = F.cross_entropy(logits, {options})\n",
        _auxiliary_loss(options) if facts.build.auxiliary else "",
        _step(facts),
        "loss_sum += loss.item() * len(labels)\n",
        f"right += (logits.argmax(dim=1) == {truth}).sum().item()\n",
    ]
    end = "scheduler.step()\n" if has_schedule(facts) and not is_per_step(facts) else ""
    return head + indented("".join(body)) + end


def _auxiliary_loss(options: str) -> str:
    return block(
        """
        learned = loss
        for answer in auxiliary:  # of the auxiliary classifiers
            learned = learned + <weight> * F.cross_entropy(answer, <options>)
        """,
        weight=AUXILIARY_WEIGHT,
        options=options,
    )


def _step(facts: RunFacts) -> str:
    """Write a training step, from the loss to new weights."""
    config = facts.config
    loss = "learned" if facts.build.auxiliary else "loss"
    clip = ""
    if config.clip_norm:
        which = "trainable" if has_rates(facts) else "network.parameters()"
        clip = f"nn.utils.clip_grad_norm_({which}, CLIP_NORM)\n"
    after = "scheduler.step()\n" if is_per_step(facts) else ""
    if config.ema_decay:
        after += "steps += 1\nupdate_average(steps)\n"
    if config.accumulation == 1:
        return f"optimizer.zero_grad()\n{loss}.backward()\n" + clip + "optimizer.step()\n" + after
    inner = clip + "optimizer.step()\noptimizer.zero_grad()\n" + after
    return (
        f"({loss} / ACCUMULATION).backward()\n"
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
    """Write what the script does with its results."""
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
