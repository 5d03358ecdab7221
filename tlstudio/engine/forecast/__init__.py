"""What a run costs on this machine, measured."""
