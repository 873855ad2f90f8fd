"""Show which classes a model confuses.

It tests a model, or reads what `vlprompt test ... --dump FILE.pkl` wrote.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable

from .common import add_options_argument
from .data_flags import add_test_data_arguments, set_test_data
from .parsing import parse

if TYPE_CHECKING:
    import numpy as np
    from mmengine.config import Config

EXAMPLE = 'vlprompt analyze confusion CONFIG --predictions scores.pkl'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'config', nargs='?', help='file, or package::file of a package'
    )
    parser.add_argument(
        'checkpoint', nargs='?', help='what was learned, or `none`'
    )
    parser.add_argument(
        '--predictions',
        metavar='FILE.pkl',
        help='instead of a test, what one with --dump wrote; the config then '
        'gives the class names only',
    )
    add_test_data_arguments(parser)
    parser.add_argument(
        '--top', type=int, default=20, metavar='N', help='pairs to show'
    )
    parser.add_argument('--out', type=Path, default=Path('confusion'))
    add_options_argument(parser, 'change the config, as in vlprompt test')


def run(args: Namespace) -> np.ndarray:
    """Analyze one model; returns the (C, C) counts."""
    from vlprompt import analysis

    from .reports.confusion_report import ConfusionReport

    config = read_config(args)
    path = args.predictions or predict(args, config)
    predictions = analysis.read_predictions(path)
    matrix = analysis.count_confusions(predictions)
    names = name_classes(args, config, len(matrix))
    report = ConfusionReport(matrix, names, predictions.num_broken)
    report.write(args.out, args.top)
    report.show(args.top)
    print(
        f'Wrote {args.out}/matrix.png, pairs.png, pairs.csv and confusion.json'
    )
    return matrix


def read_config(args: Namespace) -> Config | None:
    """The config with the flags in it, if one is given."""
    from vlprompt.apis import load_config

    if args.config is None:
        if args.predictions is None:
            raise UserError('give CONFIG and CHECKPOINT, or --predictions')
        return None
    config = load_config(args.config, args.cfg_options)
    set_test_data(config, args)
    return config


def predict(args: Namespace, config: Config) -> str:
    """Test the model; returns the file of its predictions."""
    from vlprompt.apis import build_runner, set_checkpoint
    from vlprompt.apis.inputs import check_inputs

    from .processes import set_up_processes
    from .test_options import dump_predictions

    check_inputs(config, 'test')
    check_writable(args.out)
    path = str(args.out / 'predictions.pkl')
    set_checkpoint(config, args.checkpoint)
    config.work_dir = str(args.out / 'log')
    dump_predictions(config, path)
    set_up_processes(config, 'none')
    build_runner(config).test()
    return path


def name_classes(
    args: Namespace, config: Config | None, num: int
) -> Sequence[str]:
    """The names of the classes; their numbers if there are none."""
    from vlprompt.datasets import class_names_of

    dataset = {} if config is None else dict(config.test_dataloader.dataset)
    if args.classes:
        dataset['classes'] = args.classes
    names = class_names_of(dataset)
    if not names:
        return [str(label) for label in range(num)]
    if len(names) != num:
        raise UserError(
            f'{len(names)} class names for predictions of {num} classes: '
            'give --classes'
        )
    return names


def main(args: Sequence[str] | None = None) -> np.ndarray:
    """Analyze one model; returns the (C, C) counts."""
    return run(parse(__name__, args))
