"""What a protocol prints and writes at its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.errors import last_line
from vlprompt.tables import Table
from vlprompt.whole_files import write_text

from .settings import Settings

if TYPE_CHECKING:
    from vlprompt.jobs import Job

NOT_ALL_SCORED = 1  # exit code
STATISTICS = {123: "ImageNet's", 122: "CLIP's"}  # by the mean of red
ORDERS = {
    'official': 'the correct one',
    'vifi': "that of ViFi-CLIP's label file, two pairs swapped",
}


def write_report(
    settings: Settings,
    protocol: str,
    tables: Sequence[Table],
    notes: Sequence[str],
    metrics: Mapping[str, Mapping[str, float]],
) -> int:
    """Print and write tables and numbers.

    Args:
        settings: Of the protocol.
        protocol: Its name.
        tables: What is printed.
        notes: Lines below them.
        metrics: By job; those of trainings are empty.

    Returns:
        The exit code: 1 if some videos were not scored.
    """
    metrics = {name: values for name, values in metrics.items() if values}
    lines, complete = scored_lines(metrics)
    body = '\n'.join(table.markdown() for table in tables)
    text = '\n'.join([body, *notes, *lines]) + '\n'
    print(f'\n{text}')
    out = settings.out
    write_text(out / 'table.md', text)
    results = dict(
        protocol=protocol,
        method=settings.name,
        notes=notes,
        metrics=metrics,
        tables=[table._asdict() for table in tables],
        tests={name: name for name in metrics},
    )
    numbers = json.dumps(results, indent=2, sort_keys=True)
    write_text(out / 'results.json', f'{numbers}\n')
    print(f'Wrote {out}/table.md and {out}/results.json')
    print(write_page(out))
    return 0 if complete else NOT_ALL_SCORED


def write_page(out: Path) -> str:
    """Write ``report.html``, which is no reason for a command to fail.

    Args:
        out: A folder of results.

    Returns:
        A line that says where it is, or why there is none.
    """
    from vlprompt.report import quick_report

    try:
        return f'Wrote {quick_report(out)}'
    except Exception as error:  # the numbers are there already
        return f'no report: {type(error).__name__}: {last_line(error)}'


def scored_lines(
    metrics: Mapping[str, Mapping[str, float]],
) -> tuple[list[str], bool]:
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


def provenance_notes(settings: Settings, jobs: Sequence[Job]) -> list[str]:
    """What the numbers depend on: texts, statistics, order of classes."""
    config = jobs[-1].config
    texts = config.model.get('texts') or {}
    given = config.model.get('data_preprocessor') or {}
    mean = given.get('mean') or [0]
    statistics = STATISTICS.get(int(mean[0]), 'own')
    if given.get('from_clip'):
        statistics = "the CLIP tag's"
    lines = [
        f'* texts `{texts.get("template", "none")}`, {statistics} mean and '
        'deviation of colours'
    ]
    datasets = [job.config.test_dataloader.dataset for job in jobs]
    decoders = {decoder_name(d.get('pipeline') or ()) for d in datasets}
    lines += [
        f'* videos decoded by {name}' for name in sorted(decoders - {''})
    ]
    if any('hmdb51' in str(d.get('classes')) for d in datasets):
        order = ORDERS[settings.label_order]
        lines.append(f'* order of the class names of HMDB-51: {order}')
    return lines
