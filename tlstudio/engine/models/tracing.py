"""One trace of a network at a time."""

import threading

# Tracing (torch.fx, and torch.export with it) patches `nn.Module` for the whole program meanwhile;
# two that end in another order than they began would leave it so.
ONE_AT_A_TIME = threading.RLock()
