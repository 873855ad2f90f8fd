"""Show which classes a model takes for which.

python tools/analysis/confusion.py CONFIG CHECKPOINT
python tools/analysis/confusion.py [CONFIG] --predictions FILE.pkl

FILE.pkl is what ``tools/test.py --dump FILE.pkl`` wrote.
"""

import csv
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from mmengine.config import Config
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vlprompt import analysis
from vlprompt.apis import build_runner, load_config
from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.cli.common import run_command
from vlprompt.cli.data_flags import add_test_data_arguments, set_test_data
from vlprompt.cli.processes import set_up_processes
from vlprompt.cli.test_options import dump_predictions
from vlprompt.datasets import class_names_of
from vlprompt.errors import UserError
from vlprompt.visualization import draw_confused_pairs, draw_confusion_matrix

from .common import Options


def parse_args(args: Sequence[str] | None = None) -> Namespace:
    """Parse the command line."""
    parser = ArgumentParser(description='Which classes are confused')
    parser.add_argument(
        'config', nargs='?', help='file, or package::file of a package'
    )
    parser.add_argument(
        'checkpoint', nargs='?', help='what was learnt, or `none`'
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
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=Options,
        metavar='KEY=VALUE',
        help='change the config, as in tools/test.py',
    )
    return parser.parse_args(args)


def read_config(args: Namespace) -> Config | None:
    """The config with the flags in it, if one is given."""
    if args.config is None:
        if args.predictions is None:
            raise UserError('give CONFIG and CHECKPOINT, or --predictions')
        return None
    config = load_config(args.config, args.cfg_options)
    set_test_data(config, args)
    return config


def predict(args: Namespace, config: Config) -> str:
    """Test the model; returns the file of its predictions."""
    args.out.mkdir(parents=True, exist_ok=True)
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


def draw(
    args: Namespace,
    matrix: np.ndarray,
    pairs: Sequence[analysis.ConfusedPair],
    names: Sequence[str],
) -> None:
    """Draw the matrix and the most confused pairs."""
    right = 100 * matrix.trace() / matrix.sum()
    title = f'{matrix.sum()} videos, top-1 {right:.1f} %'
    draw_confusion_matrix(matrix, names, args.out / 'matrix.png', title)
    shown = pairs[: args.top]
    draw_confused_pairs(
        [(names[pair.true], names[pair.predicted]) for pair in shown],
        [pair.count for pair in shown],
        [pair.share for pair in shown],
        args.out / 'pairs.png',
        'Videos of a class taken for another one (share of the class)',
    )


def write(
    args: Namespace,
    matrix: np.ndarray,
    pairs: Sequence[analysis.ConfusedPair],
    names: Sequence[str],
    num_broken: int,
) -> None:
    """Write all pairs, and the numbers of each class."""
    with (args.out / 'pairs.csv').open(
        'w', newline='', encoding='utf-8'
    ) as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['class', 'taken_for', 'videos', 'share'])
        for true, predicted, count, share in pairs:
            row = [names[true], names[predicted], count, f'{share:.4f}']
            writer.writerow(row)
    right = analysis.class_accuracies(matrix)
    total = matrix.sum(axis=1)
    report = dict(
        videos=int(matrix.sum()),
        not_scored=num_broken,
        top1=matrix.trace() / matrix.sum(),
        mean_class_accuracy=float(np.nanmean(right)),
        classes=[
            dict(name=name, videos=int(n), accuracy=value if n else None)
            for name, n, value in zip(names, total, right, strict=True)
        ],
        matrix=matrix.tolist(),
    )
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (args.out / 'confusion.json').write_text(f'{text}\n', encoding='utf-8')


def show(
    args: Namespace,
    matrix: np.ndarray,
    pairs: Sequence[analysis.ConfusedPair],
    names: Sequence[str],
) -> None:
    """Print the most confused pairs."""
    table = Table('class', 'taken for', 'videos', 'share, %')
    for true, predicted, count, share in pairs[: args.top]:
        cells = escape(names[true]), escape(names[predicted])
        table.add_row(*cells, str(count), f'{100 * share:.0f}')
    Console().print(table)
    wrong = matrix.sum() - matrix.trace()
    print(
        f'{wrong} of {matrix.sum()} videos are taken for another class; '
        f'pairs of classes: {len(pairs)}'
    )
    print(
        f'Wrote {args.out}/matrix.png, pairs.png, pairs.csv and confusion.json'
    )


def main(args: Sequence[str] | None = None) -> np.ndarray:
    """Analyse one model; returns the (C, C) counts."""
    args = parse_args(args)
    config = read_config(args)
    path = args.predictions or predict(args, config)
    predictions = analysis.read_predictions(path)
    matrix = analysis.count_confusions(predictions)
    names = name_classes(args, config, len(matrix))
    pairs = analysis.confused_pairs(matrix)
    args.out.mkdir(parents=True, exist_ok=True)
    draw(args, matrix, pairs, names)
    write(args, matrix, pairs, names, predictions.num_broken)
    show(args, matrix, pairs, names)
    return matrix


if __name__ == '__main__':
    run_command(main)
