"""The head that starts as the best linear classifier of the frozen features."""

from __future__ import annotations

from tlstudio.engine.code_export.facts import RunFacts
from tlstudio.engine.code_export.network_part import access
from tlstudio.engine.code_export.sections import block, joined
from tlstudio.engine.probing.logistic import MAX_STEPS, STRENGTH, head_linears


def probe_code(facts: RunFacts) -> str:
    """Lines that fit the head; empty where it starts from random values.

    Raises:
        ModelError: the head is not linear.
    """
    if not facts.plan.probes_head:
        return ""
    linears = head_linears(facts.network, len(facts.classes))
    heads = ", ".join(access(path) for path in linears)
    places = ".flatten(1, -2).mean(dim=1)" if facts.head_takes_places else ""
    uses = [block(_PROBE, places=places)]
    if len(linears) == 1:
        uses.append(f"probe({heads})\n")
    else:
        uses.append(f"for head in ({heads}):\n    probe(head)\n")
    return joined([block(_FIT, strength=STRENGTH, steps=MAX_STEPS), *uses], 2)


_FIT = '''
def best_linear(features, labels):
    """Weight and bias of the logistic regression of labels on features.

    It is convex, so there is one answer; L-BFGS finds it in float64. The penalty weighs as much as
    <strength> images.
    """
    x = features.double()
    mean, std = x.mean(dim=0), x.std(dim=0, correction=0)
    std[std < 1e-6 * (1 + mean.abs())] = 1.0  # features that are the same in all images
    x = (x - mean) / std
    l2 = <strength> / len(x)
    weight = torch.zeros(len(CLASSES), x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(len(CLASSES), dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [weight, bias],
        max_iter=<steps>,
        tolerance_grad=1e-7,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    def loss():
        search.zero_grad()
        value = F.cross_entropy(x @ weight.T + bias, labels) + l2 / 2 * weight.square().sum()
        value.backward()
        return value

    search.step(loss)
    weight = weight.detach() / std  # for features as they are
    return weight, bias.detach() - weight @ mean
'''

_PROBE = '''
@torch.no_grad()
def probe(head):
    """Let `head` start as the best linear classifier of what it is given."""
    network.eval()
    features = []
    hook = head.register_forward_pre_hook(
        lambda _, inputs: features.append(inputs[0].float().cpu()<places>)
    )
    for start in range(0, len(train_files), BATCH_SIZE):
        files = train_files[start : start + BATCH_SIZE]
        network(as_input([plain_view(path) for path, _ in files]))
    hook.remove()
    labels = torch.tensor([label for _, label in train_files])
    with torch.enable_grad():
        weight, bias = best_linear(torch.cat(features), labels)
    head.weight.copy_(weight)
    if head.bias is not None:
        head.bias.copy_(bias)
'''
