"""A weight is chosen on validation videos, never on those of the test."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mmengine.config import Config

from vlprompt.apis.inference import scope_of
from vlprompt.datasets.lists.overlap import ListOverlap, count_overlap
from vlprompt.errors import UserError
from vlprompt.registry import DATASETS


def test_videos_in_val(config: Config) -> ListOverlap | None:
    """How many videos of the validation are videos of the test.

    Returns:
        None if the config has no test, or its list is not there.
    """
    test, val = (
        (config.get(f'{name}_dataloader') or {}).get('dataset')
        for name in ('test', 'val')
    )
    if not test or not _is_there(test):
        return None
    if _place(test) == _place(val):
        test = val
    with scope_of(config):
        one = DATASETS.build(dict(test))
        other = one if test is val else DATASETS.build(dict(val))
    return count_overlap(one, other)


def check_val_list(config: Config) -> str | None:
    """Refuse to choose on the test list.

    Returns:
        What has to be said, if some of the videos are those of the test.

    Raises:
        UserError: If there is no validation list, or all of its videos are
            videos of the test.
    """
    loader = config.get('val_dataloader')
    if not loader:
        raise UserError(
            f'the config {config.filename} has no validation: give --val-list'
        )
    shared = test_videos_in_val(config)
    if shared is None or not shared.shared:
        return None
    name = loader.dataset.get('ann_file')
    if shared.shared == shared.val:
        raise UserError(
            f'all {shared.val} videos of the validation list {name} are test '
            'videos: a weight chosen on them makes the test worthless. Give '
            '--val-list FILE of other videos (or --on-test-list, and say so '
            'wherever you report the number)'
        )
    return (
        f'{shared.shared} of the {shared.val} videos of {name} are test '
        'videos as well'
    )


def _is_there(dataset: Any) -> bool:
    return bool(dataset.get('ann_file')) and _place(dataset).is_file()


def _place(dataset: Any) -> Path:
    name = dataset.get('ann_file') or ''
    return Path(os.path.realpath(Path(dataset.get('data_root') or '', name)))
