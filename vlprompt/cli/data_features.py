"""Store what a frozen vision tower makes of videos.

Encodes the videos of one or more lists, as a config validates them, and keeps
an embedding of each frame in the folder OUT.  What trains and tests behind
the tower then reads these and no video: see LoadFrameFeatures and
StoredFramesTower.  `vlprompt eval few-shot` does so for its baselines.  A run
that was interrupted goes on; videos are known by their content.
"""

from __future__ import annotations

import copy
import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from vlprompt.errors import UserError
from vlprompt.threads import usable_cores
from vlprompt.whole_files import check_writable, write_text

from .common import add_options_argument
from .parsing import parse

if TYPE_CHECKING:
    from mmengine.config import Config

EXAMPLE = """vlprompt data features configs/clip/clip_b16_k400.py \\
        --lists data/hmdb51/splits/val1.txt --classes hmdb51 \\
        --root data/hmdb51/videos --out data/hmdb51/features"""
INDEX = 'videos.json'


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('config', help='has the vision tower and the pipeline')
    parser.add_argument(
        '--lists',
        nargs='+',
        required=True,
        metavar='LIST',
        help='of videos, path label a line',
    )
    parser.add_argument(
        '--classes', help="the class list; the config's if not given"
    )
    parser.add_argument(
        '--root', help="the folder of the videos; the config's if not given"
    )
    parser.add_argument(
        '--out', required=True, type=Path, help='the folder of the store'
    )
    parser.add_argument(
        '--skip-broken',
        action='store_true',
        help='leave out what cannot be read, with a warning',
    )
    parser.add_argument(
        '--workers',
        type=int,
        default=usable_cores(),
        help='videos read at a time, one for each core by default',
    )
    add_options_argument(parser, 'change the config')


def run(args: Namespace) -> None:
    """Store the embeddings of the videos of some lists.

    Raises:
        UserError: If a list does not fit or a video cannot be read.
    """
    from vlprompt.apis import load_config
    from vlprompt.datasets.feature_store import FeatureStore
    from vlprompt.own_videos.prints import digest_of_video
    from vlprompt.own_videos.stored_features import fill_store
    from vlprompt.toy.progress import Display

    if args.workers < 1:
        raise UserError(f'--workers {args.workers}, expected at least 1')
    config = load_config(args.config, args.cfg_options)
    files = list_files(config, args)
    root = config.test_dataloader.dataset.data_prefix.video
    check_writable(str(args.out))
    display = Display(Console())
    digests = {file: _digest(file, digest_of_video) for file in files}
    by_digest = {d: file for file, d in digests.items()}
    on_error = 'skip' if args.skip_broken else 'stop'
    fill_store(config, args.out, by_digest, args.workers, display, on_error)
    store = FeatureStore(args.out)
    videos = _read_index(args.out) | {
        os.path.relpath(file, root): dict(digest=d if d in store else None)
        for file, d in digests.items()
    }
    write_text(args.out / INDEX, json.dumps(dict(videos=videos), indent=1))
    display.say(f'{len(files)} videos in {args.out}')


def list_files(config: Config, args: Namespace) -> list[str]:
    """The videos of all lists, each once; the config's test gets the flags.

    Raises:
        UserError: If a list, its classes or the folder of videos do not fit.
    """
    from vlprompt.apis.inference import scope_of
    from vlprompt.registry import DATASETS

    dataset = config.test_dataloader.dataset
    if args.classes:
        dataset.classes = args.classes
    if args.root:
        dataset.data_prefix = dict(video=args.root)
    files: dict[str, None] = {}
    with scope_of(config):
        for name in args.lists:
            listed = copy.deepcopy(dict(dataset, ann_file=name))
            built = DATASETS.build(listed)
            found = [built.get_data_info(i) for i in range(len(built))]
            files |= dict.fromkeys(item['filename'] for item in found)
    return list(files)


def _read_index(out: Path) -> dict[str, dict]:
    """The videos of earlier runs."""
    with suppress(OSError, ValueError):
        return json.loads((out / INDEX).read_text('utf-8'))['videos']
    return {}


def _digest(file: str, digest_of: Callable[[str], str]) -> str:
    """Of a file that is not there, a name that no other has."""
    try:
        return digest_of(file)
    except OSError:
        return f'unreadable {file}'


def main(args: Sequence[str] | None = None) -> None:
    """Store embeddings."""
    run(parse(__name__, args))
