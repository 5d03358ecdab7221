"""timm without its sources: TorchScript's compiler is switched off in `before_torch.py`."""

module_collection_mode = "pyz"
