"""The rows of baselines in a few-shot table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from vlprompt.tables import percent

from .config_files import format_pattern, load
from .few_shot_baselines import ROWS, Baselines
from .few_shot_settings import (
    FewShotSettings,
    few_shot_list,
    grid,
    use_lists,
)
from .protocol import Metrics

TOWER = 'CLIPVisionTower'


def add_baseline_arguments(parser: ArgumentParser) -> None:
    """Add the flags of baselines."""
    parser.add_argument(
        '--no-baselines',
        action='store_true',
        help='leave vanilla CLIP, Tip-Adapter, Tip-Adapter-F and TDA out',
    )
    parser.add_argument(
        '--baseline-template',
        default='{}',
        metavar='TEXT',
        help='of their class texts, the bare name if not given',
    )
    parser.add_argument(
        '--baseline-val',
        metavar='PATTERN',
        help="lists of videos that are not tested, on which Tip-Adapter's "
        'alpha and beta are searched, with {dataset} and {shots} in their '
        'names; without any they are 3 and 1, where the published search '
        'starts',
    )


def baselines_of(settings: FewShotSettings) -> dict[str, Baselines]:
    """Those of each data set, by the name that was given.

    None if they are not wanted, or the model has no CLIP to adapt.
    """
    found: dict[str, Baselines] = {}
    if settings.no_baselines:
        return found
    flags = ('--skip-broken',) if settings.skip_broken else ()
    for name, data in settings.data_sets.items():
        config = load(settings)
        tower = (config.model.get('backbone') or {}).get('type')
        if tower != TOWER or 'clip' not in config.model:
            return {}
        shots = settings.shots or data.shots
        use_lists(config, settings, data, shots[0])
        root = Path(settings.data_root, data.root)
        found[name] = Baselines(
            Path(name).stem,
            settings.out,
            config,
            {k: str(root / few_shot_list(data, k)) for k in shots},
            settings.baseline_template,
            {
                k: format_pattern(
                    settings.baseline_val, dataset=Path(name).stem, shots=k
                )
                for k in shots
            },
            settings.seed,
            flags,
        )
    return found


def baseline_rows(
    settings: FewShotSettings, metrics: Metrics
) -> list[list[str]]:
    """A row of each baseline, with a cell of each data set and shots."""
    by_name = baselines_of(settings)
    if not by_name:
        return []
    return [
        [
            title,
            *(
                percent(100 * metrics[job]['acc/top1'])
                for name, _, shots in grid(settings)
                for job in [by_name[name].job_of(kind, shots)]
            ),
        ]
        for kind, title in ROWS.items()
    ]


def baseline_notes(settings: FewShotSettings) -> list[str]:
    """What the numbers of the baselines depend on."""
    if settings.no_baselines:
        return []
    if not baselines_of(settings):
        return [f'* no baselines: the vision tower is no {TOWER}']
    searched = 'alpha 3 and beta 1, where the published search starts'
    if settings.baseline_val:
        searched = f'alpha and beta searched on {settings.baseline_val}'
    return [
        f'* baselines: texts `{settings.baseline_template}`, the views of the '
        f'test, not augmented; Tip-Adapter with {searched}; TDA depends on '
        'the order of the videos and adapts to them, so it is no few-shot '
        'method'
    ]
