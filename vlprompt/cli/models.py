"""List the models of all methods.

The list has what a config trains on, the frames of a view, how many of the
parameters are learned, and its status: *measured here*, if numbers of it are
in the documentation; *converted*, if weights published for its method can be
used (`vlprompt convert`, for CLIP itself as it is); else *config only*.
Below it are the models of the Hugging Face Hub that are known to fit.
With --towers the list is of open_clip's architectures: which of them can be
`clip=dict(arch=...)` of a config, and why the others cannot.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from vlprompt.errors import UserError
from vlprompt.hub.released import OWNER, ReleasedModel, released_models
from vlprompt.shipped_configs import CONVERTED, ShippedConfig, shipped_configs

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.models.clip.verdicts import Verdict

EXAMPLE = 'vlprompt models vilt k400'
ROW = '  {:<31}{:<8}{:>6}{:>12}{:>6} {}'
HUB_ROW = '  {:<43}{:<8}{:>6} {}'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the words that are searched for."""
    parser.add_argument(
        'search',
        nargs='*',
        metavar='WORD',
        help='list only models with all of these in name, method, data or '
        'status',
    )
    parser.add_argument(
        '--towers',
        action='store_true',
        help="say which of open_clip's architectures run here",
    )
    parser.add_argument(
        '--json', action='store_true', help='for programs: a list of objects'
    )


def run(args: Namespace) -> list[ShippedConfig] | list['Verdict']:
    """Print the models, and return the configs or verdicts among them."""
    words = [word.lower() for word in args.search]
    if args.towers:
        from .tower_list import list_towers

        return list_towers(words, as_json=args.json)
    configs = [c for c in shipped_configs() if _matches(c, c.status, words)]
    released = [r for r in released_models() if _matches(r, CONVERTED, words)]
    if not configs and not released:
        raise UserError(
            f'no config has {" and ".join(words)} in name, method, data or '
            'status (`vlprompt models` lists all)'
        )
    if args.json:
        print(json.dumps(_objects(configs, released), indent=2))
        return configs
    if configs:
        _print_configs(configs)
    if released:
        _print_released(released)
    return configs


def _matches(
    model: ShippedConfig | ReleasedModel, status: str, words: Sequence[str]
) -> bool:
    text = f'{model.name} {model.method} {model.data} {status}'.lower()
    return all(word in text for word in words)


def _print_configs(configs: list[ShippedConfig]) -> None:
    print(ROW.format('', 'data', 'frames', 'trainable', 'of', 'status'))
    for method, group in groupby(configs, lambda config: config.method):
        rows = list(group)
        print(f'{method}: vlprompt::{rows[0].name.partition("/")[0]}/NAME.py')
        for config in rows:
            print(_row(config))
    print(
        '\nUse one with `--model NAME`, train it with `vlprompt train` and the'
        '\nname of its group, or edit a copy: `vlprompt models copy NAME`.'
    )


def _row(config: ShippedConfig) -> str:
    return ROW.format(
        config.name.partition('/')[2],
        config.data or '-',
        config.frames,
        f'{config.trainable:,}',
        f'{config.parameters / 1e6:.0f} M',
        config.status,
    )


def _print_released(released: list[ReleasedModel]) -> None:
    print(f'\nOn the Hugging Face Hub: --model {OWNER}NAME')
    for model in released:
        row = (model.name, model.data, model.frames, CONVERTED)
        print(HUB_ROW.format(*row))


def _objects(
    configs: list[ShippedConfig], released: list[ReleasedModel]
) -> list[dict]:
    ours = [{**c._asdict(), 'file': str(c.file)} for c in configs]
    theirs = [
        {**r._asdict(), 'name': r.address, 'status': CONVERTED}
        for r in released
    ]
    return ours + theirs


def main(
    args: Sequence[str] | None = None,
) -> list[ShippedConfig] | list['Verdict']:
    """List models."""
    return run(parse(__name__, args))
