"""The commands of the terminal by name. They are imported when they are asked for."""

# what one types, and its module beside this one; in the order of the help
COMMANDS = {
    "train": "train",
    "advise": "advise",
    "find-lr": "find_rate",
    "race": "race",
    "cross-validate": "cross_validate",
    "rank": "rank",
    "export": "export",
    "export-code": "export_code",
    "runs": "runs",
    "report": "report",
    "predict": "predict",
    "serve": "serve",
    "push": "push",
    "pull": "pull",
    "evaluate": "evaluate",
    "models": "models",
    "download": "download",
    "layers": "layers",
    "inspect-weights": "inspect_weights",
    "check": "check",
    "learning-curve": "learning_curve",
    "manifest": "manifest",
    "split": "split",
    "copy": "copy",
    "diagnostics": "diagnostics",
    # by which the studio starts itself
    "run-export": "run_export",
    "make-export": "make_export",
}
