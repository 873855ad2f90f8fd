"""Which lists and videos are missing, before anything is run."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.errors import UserError, docs_url

from .plan import Planned

if TYPE_CHECKING:
    from vlprompt.jobs import Job

SHOWN = 3


def check_data(planned: Sequence[Planned]) -> None:
    """Check that all that runs read is there.

    Raises:
        UserError: It names the lists, folders and weights that are missing;
            if none are, the videos; if none are, what does not fit.
    """
    jobs = list(_jobs(planned))
    made = {str(item.weights) for item in planned if item.weights}
    _check_files(jobs, made)
    _check_videos(jobs)
    for job in jobs:
        _check(job)


def _jobs(planned: Iterable[Planned]) -> Iterator[Job]:
    for item in planned:
        if item.first is not None:
            yield item.first
        yield from item.jobs


def _check_files(jobs: Iterable[Job], made: set[str]) -> None:
    from vlprompt.apis.inputs import is_missing

    wanted = dict.fromkeys(path for job in jobs for path in job.inputs())
    missing = [
        path for path in wanted if path not in made and is_missing(path)
    ]
    if missing:
        raise UserError(
            f'nothing is run: there is no {_some(missing)} '
            f'({docs_url("data#layout")} says what belongs there)'
        )


def _check_videos(jobs: Iterable[Job]) -> None:
    """Look for every listed video once."""
    from vlprompt.apis.inputs import data_sets
    from vlprompt.datasets import PathResolver

    lists: dict[tuple[str, str], Any] = {}
    for job in jobs:
        for dataset in data_sets(job.config, *job.loaders):
            root = (dataset.get('data_prefix') or {}).get('video', '')
            lists.setdefault((dataset.get('ann_file', ''), root), dataset)
    problems = []
    for (ann_file, root), dataset in lists.items():
        paths = list(dict.fromkeys(_listed(ann_file, dataset)))
        found = PathResolver(root).resolve(paths)
        lost = [*found.missing, *found.ambiguous]
        if lost:
            problems.append(
                f'{len(lost)} of {len(paths)} videos of {ann_file} are not '
                f'below {root}, such as {lost[0]} (`vlprompt data check '
                f'{ann_file} --root {root}` names all)'
            )
    if problems:
        raise UserError(f'nothing is run: {"; ".join(problems)}')


def _listed(ann_file: str, dataset: Mapping[str, Any]) -> list[str]:
    from vlprompt.datasets import class_names_of
    from vlprompt.datasets.lists.annotations import read_list

    if ann_file.endswith('.json'):  # of captions, by video
        return [*json.loads(Path(ann_file).read_text('utf-8'))]
    lines = read_list(ann_file, class_names_of(dataset))
    return [line.video.path for line in lines]


def _check(job: Job) -> None:
    """Check classes, sentences and packages, but no weights of ours yet."""
    from vlprompt.apis.inputs import check_inputs

    config = copy.deepcopy(job.config)
    config.load_from = None
    config.model.clip.pop('finetuned', None)
    check_inputs(config, *job.loaders)


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    rest = f' and {more} more' if more > 0 else ''
    return ', '.join(names[:SHOWN]) + rest
