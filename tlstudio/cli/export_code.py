"""`export-code`: a training as a PyTorch script or notebook that stands on its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.dataset import add_data_argument, add_split_flags, options_of, read_data, split_of
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.cli.run_lines import manifest_line, print_classes


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        required=True,
        help="the file to write: a notebook where it ends in .ipynb, else a script",
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = PresetFlags.of(arguments, config_of(arguments))
    split = split_of(arguments)
    free_file(arguments.out, overwrite=arguments.overwrite)

    from tlstudio.engine.code_export.code import export_code, write_code
    from tlstudio.engine.training.run_checks import checked_plan

    index = read_data(arguments, split, options_of(arguments))
    if index.manifest:
        output.note(manifest_line(index.manifest))
    config, _ = flags.for_dataset(index, output)
    print_classes(index, output)
    code = export_code(config, index, plan=checked_plan(config, index))
    path = write_code(code, arguments.out)
    output.line(f"{code.title}")
    output.line(f"Written: {path}")
    output.line(f"To run it: {code.install}")
    output.record(file=str(path), title=code.title, packages=list(code.packages))
    return 0


COMMAND = Command(
    "export-code",
    "Write the training as a PyTorch script or notebook that needs no studio.",
    _add_arguments,
    _run,
)
