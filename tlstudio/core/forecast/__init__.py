"""How long a run would take, from what the machine was measured to cost."""
