"""One file that says all of a reproduction, to be sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.errors import UserError
from vlprompt.version import __version__
from vlprompt.whole_files import write_text

from .outcome import Outcome
from .plan import FIRST, Planned

if TYPE_CHECKING:
    from vlprompt.jobs import Job

BUNDLE = 'bundle.json'
FORMAT = 'vlprompt reproduction, version 1'


def write_bundle(outcome: Outcome) -> Path:
    """Write numbers, configs, hashes of lists, versions, decoder and card.

    Folders of this machine are not in it: ``DATA`` and ``OUT`` stand for
    those of the data and of the results.
    """
    request, table = outcome.request, outcome.table
    content = dict(
        format=FORMAT,
        paper=table.paper,
        table=table.name,
        title=table.title,
        source=table.source,
        vlprompt=__version__,
        settings=dict(
            label_order=request.label_order,
            epochs=request.epochs,
            options={k: str(v) for k, v in request.options.items()},
        ),
        complete=outcome.complete,
        notes=outcome.notes(),
        numbers=[
            dict(
                method=method,
                dataset=measured.dataset,
                setting=measured.setting.strip(),
                metric=measured.metric,
                measured=round(measured.value, 4),
                published=published and published.value,
            )
            for method, measured, published in outcome.numbers
        ],
        runs={
            item.run.name: _run_facts(outcome, item)
            for item in outcome.planned
        },
    )
    path = request.out / BUNDLE
    hide = _hider(outcome)
    text = json.dumps(hide(content), indent=1, sort_keys=True)
    write_text(path, f'{text}\n')
    return path


def read_bundle(path: str | Path) -> dict[str, Any]:
    """Read a bundle, or the one in a folder.

    Raises:
        UserError: If there is none, or the file is something else.
    """
    file = Path(path)
    if file.is_dir():
        file = file / BUNDLE
    if not file.is_file():
        raise UserError(
            f'no bundle at {path}: expected a folder of `vlprompt '
            f'reproduce`, or the {BUNDLE} in it'
        )
    try:
        content = json.loads(file.read_text('utf-8'))
    except ValueError as error:
        raise UserError(f'{file} is no bundle: {error}') from error
    if not isinstance(content, dict) or content.get('format') != FORMAT:
        found = content.get('format') if isinstance(content, dict) else None
        raise UserError(
            f'{file} is no bundle of this version: its format is {found!r}, '
            f'expected {FORMAT!r}'
        )
    return content


def _run_facts(outcome: Outcome, item: Planned) -> dict[str, Any]:
    folder = item.settings.out
    jobs = {}
    if item.first is not None:
        first = outcome.request.out / FIRST
        jobs[f'{FIRST}/{item.first.name}'] = _job_facts(item.first, first)
    jobs |= {job.name: _job_facts(job, folder) for job in item.jobs}
    return dict(
        method=item.run.method,
        config=item.run.config,
        conditions=outcome.conditions_of(item)._asdict(),
        jobs=jobs,
    )


def _job_facts(job: Job, folder: Path) -> dict[str, Any]:
    """What a job was of, and what it gave."""
    from vlprompt.file_digest import sha256_of
    from vlprompt.jobs.kept_results import KeptResults
    from vlprompt.records.files import TEST, TRAINING, read_json

    kept = KeptResults(folder / 'protocol.json')[job.name]
    file = folder / job.name / (TRAINING if job.kind == 'train' else TEST)
    return dict(
        kind=job.kind,
        config=_plain(job.config.to_dict()),
        facts=read_json(file) or {},
        lists={path: sha256_of(path) for path in job.lists()},
        metrics=kept.metrics if kept else None,
        seconds=kept.seconds if kept else None,
    )


def _plain(value: Any) -> Any:
    """A value of a config as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return getattr(value, '__name__', None) or str(value)


def _hider(outcome: Outcome) -> Callable[[Any], Any]:
    """Puts names in the place of folders of this machine."""
    from vlprompt.shipped import config_folder

    request = outcome.request
    folders = {'OUT': request.out, 'DATA': Path(request.data_root)}
    folders['CONFIGS'] = config_folder()
    known = [
        (text, name)
        for name, folder in folders.items()
        for text in dict.fromkeys((str(folder.resolve()), str(folder)))
    ]
    # The longest first: results may lie among the data.
    known.sort(key=lambda pair: -len(pair[0]))

    def hide(value: Any) -> Any:
        if isinstance(value, dict):
            return {hide(key): hide(item) for key, item in value.items()}
        if isinstance(value, list):
            return [hide(item) for item in value]
        if not isinstance(value, str):
            return value
        for text, name in known:
            if value == text or value.startswith(f'{text}/'):
                return name + value[len(text) :]
        return value

    return hide
