"""What a protocol prints and writes at its end."""

import json
import sys
from argparse import Namespace
from collections.abc import Sequence

from .jobs import Job

NOT_ALL_SCORED = 1  # exit code


def finish(
    args: Namespace,
    protocol: str,
    tables: str,
    notes: Sequence[str],
    metrics: dict[str, dict],
) -> None:
    """Print and write tables and numbers; exit code 1 if videos are missing.

    Args:
        args: The command line.
        protocol: Its name.
        tables: Markdown.
        notes: Lines below them.
        metrics: By job; those of trainings are empty.
    """
    metrics = {name: values for name, values in metrics.items() if values}
    lines, complete = scored_lines(metrics)
    text = '\n'.join([tables, *notes, *lines]) + '\n'
    print(f'\n{text}')
    (args.out / 'table.md').write_text(text)
    results = dict(
        protocol=protocol, method=args.name, notes=notes, metrics=metrics
    )
    numbers = json.dumps(results, indent=2, sort_keys=True)
    (args.out / 'results.json').write_text(f'{numbers}\n')
    print(f'Wrote {args.out}/table.md and {args.out}/results.json')
    if not complete:
        sys.exit(NOT_ALL_SCORED)


def scored_lines(metrics: dict[str, dict]) -> tuple[list[str], bool]:
    """What was scored of what was listed, and whether that is all of it."""
    lines, complete = [], True
    for name, values in metrics.items():
        numbers = {key.rpartition('/')[2]: v for key, v in values.items()}
        if 'scored' not in numbers:
            continue
        scored, listed = int(numbers['scored']), int(numbers['listed'])
        complete &= scored == listed
        note = '' if scored == listed else ', **not all**'
        lines.append(f'* {name}: {scored} of {listed} videos scored{note}')
    return lines, complete


def describe(args: Namespace, todo: Sequence[Job]) -> list[str]:
    """What the numbers depend on: texts, statistics, order of classes."""
    config = todo[-1].config
    texts = config.model.get('texts') or {}
    mean = (config.model.get('data_preprocessor') or {}).get('mean') or [0]
    statistics = {123: "ImageNet's", 122: "CLIP's"}.get(int(mean[0]), 'own')
    lines = [
        f'* texts `{texts.get("template", "none")}`, {statistics} mean and '
        'deviation of colours'
    ]
    datasets = [job.config.test_dataloader.dataset for job in todo]
    if any('hmdb51' in str(d.get('classes')) for d in datasets):
        name = {
            'official': 'the correct one',
            'vifi': "that of ViFi-CLIP's label file, two pairs swapped",
        }[args.label_order]
        lines.append(f'* order of the class names of HMDB-51: {name}')
    return lines
