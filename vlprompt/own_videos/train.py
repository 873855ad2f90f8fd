"""Train on a folder of videos, from checking it to the numbers."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config
from rich.console import Console

from vlprompt.apis.config import TOP_KEYS
from vlprompt.apis.config_options import apply_options
from vlprompt.datasets.folders import VideoFolder, read_folder
from vlprompt.datasets.folders.listed import read_listed
from vlprompt.errors import UserError
from vlprompt.threads import usable_cores
from vlprompt.toy.progress import Display
from vlprompt.whole_files import check_writable, write_text

from . import recipe
from .check import check_videos
from .divide import Division, divide
from .machine import Machine, as_before, choose, this_machine
from .outcome import Outcome
from .runs import Runs
from .split_files import changes, read_split, write_split

SHOWN = 5


def train_folder(
    folder: str | Path,
    method: str = 'vilt',
    *,
    base_config: str | None = None,
    clip: str | None = None,
    classes: str | Sequence[str] | None = None,
    epochs: int | None = None,
    batch_size: int | None = None,
    val_share: float = 0.2,
    seed: int = 0,
    work_dir: str | Path | None = None,
    cfg_options: Mapping[str, Any] | None = None,
    prepare_only: bool = False,
    cache_features: bool = False,
    console: Console | None = None,
) -> Outcome | Path:
    """Train on the videos of a folder, and say what it has brought.

    What was done before, with the same videos and arguments, is not done
    again; a training that was interrupted goes on.

    Args:
        folder: ``folder/<class>/*.mp4``, with ``train/`` and ``val/`` above
            the classes or without, or a list, ``path,class`` a line.
        method: ``'vilt'``, ``'vifi'``, ..., or a name of `vlprompt models`.
        base_config: A config to start from in place of a method's.
        clip: A file of CLIP's weights, or ``'toy'``.
        classes: A class list, for a list with ids.
        epochs: Chosen by the number of videos if not given.
        batch_size: Chosen by memory and number of videos if not given.
        val_share: Of the videos, to hold out if the folder is not divided.
        seed: Of the division and of the training.
        work_dir: ``work_dirs/<folder>`` if not given.
        cfg_options: Changes of the config, by dotted key.
        prepare_only: Whether to end with the config.
        cache_features: Whether the frames of all videos are encoded once,
            for methods that leave the vision tower as it is.
        console: What is printed to.

    Returns:
        What came out; the config, if that is all.

    Raises:
        UserError: If the folder has no two classes of videos, or an argument
            does not fit.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> from vlprompt.apis import train_folder
        >>> outcome = train_folder('my_videos', epochs=10)  # doctest: +SKIP
        >>> outcome.after > outcome.before  # doctest: +SKIP
        True
    """
    _check_numbers(epochs, batch_size, val_share)
    config = recipe.find_base(method, base_config, clip)
    if base_config is not None:
        method = Path(base_config).stem
    videos = _read(folder, classes)
    out = Path(work_dir or Path('work_dirs', _name_of(Path(folder))))
    check_writable(out)
    recipe.place_clip(config, clip, out)
    display = Display(console or Console())
    division = _divide(videos, out, val_share, seed, display)
    machine = as_before(this_machine(), out)
    _plan(config, machine, division, batch_size, epochs, display)
    for line in recipe.use_videos(config, videos.root, out, division.classes):
        display.say(line)
    if cfg_options:
        apply_options(config, dict(cfg_options))
    if cache_features:
        from .stored_features import store_features

        workers = config.train_dataloader.num_workers
        store_features(
            config, videos.root, out, division.videos, workers, display
        )
    file = _write_config(config, videos.root, out, method, division, seed)
    if prepare_only:
        display.say(f'prepared: vlprompt train {file}')
        return file
    config = Config.fromfile(str(file))
    return Runs(out, file, config, division.classes, display).all()


def _check_numbers(
    epochs: int | None, batch_size: int | None, val_share: float
) -> None:
    for name, value in (('epochs', epochs), ('batch-size', batch_size)):
        if value is not None and value < 1:
            raise UserError(f'--{name} {value}, expected at least 1')
    if not 0 < val_share < 1:
        raise UserError(f'--val-share {val_share}, expected between 0 and 1')


def _read(
    folder: str | Path, classes: str | Sequence[str] | None
) -> VideoFolder:
    if Path(folder).is_file():
        return read_listed(folder, classes)
    if classes is not None:
        raise UserError(
            '--classes is for lists: the folders of a folder name its classes '
            '(and classes.csv in it gives them other names)'
        )
    return read_folder(folder)


def _name_of(folder: Path) -> str:
    return re.sub(r'[^\w.-]+', '_', folder.resolve().stem)


def _divide(
    folder: VideoFolder, out: Path, share: float, seed: int, display: Display
) -> Division:
    """Check the videos, divide them, and say what was found."""
    paths = [video.path for video in folder.videos]
    with (
        display.live(),
        display.stage('check the videos', 'videos') as stage,
    ):
        prints = check_videos(
            folder.root,
            paths,
            out,
            usable_cores(),
            stage.expect,
            stage.advance,
        )
    division = divide(folder, prints, share, seed)
    if changed := changes(read_split(out), division):
        display.say(f'since the last time: {changed} videos')
    write_split(out, folder.root, division, share, seed)
    unread = ''
    if division.left_out:
        unread = f' ({len(division.left_out)} unreadable, left out)'
    display.say(
        f'{len(division.classes)} classes, {len(folder.videos)} videos{unread}'
    )
    for path, reason in division.left_out[:SHOWN]:
        display.say(f'  {path}: {reason}')
    for line in (*folder.notes, *division.notes):
        display.say(line)
    how = 'as the folder is' if folder.is_divided else f'seed {seed}'
    counts = ' / '.join(str(len(division.of(s))) for s in ('train', 'val'))
    display.say(f'split {counts} ({how}) -> {out / "split.json"}')
    return division


def _plan(
    config: Config,
    machine: Machine,
    division: Division,
    batch: int | None,
    epochs: int | None,
    display: Display,
) -> None:
    plan = choose(
        machine,
        len(division.of('train')),
        recipe.frames_of(config),
        recipe.is_small(config),
        batch,
        epochs,
    )
    recipe.use_plan(config, plan)
    for line in plan.why:
        display.say(f'  {line}')


def _write_config(
    config: Config,
    root: Path,
    out: Path,
    method: str,
    division: Division,
    seed: int,
) -> Path:
    """Write the whole config into the folder of results."""
    for name in set(config) - TOP_KEYS:  # variables, such as pipelines
        config.pop(name)
    content = '\n'.join(video.digest for video in division.videos)
    config.made_from = dict(
        folder=os.path.abspath(root),
        videos=hashlib.sha256(content.encode()).hexdigest(),
    )
    config.work_dir = os.path.abspath(out / 'train')
    config.randomness = dict(seed=seed)
    stem = re.sub(r'\W+', '_', f'{method}_{out.resolve().name}')
    file = out / f'{stem}.py'
    write_text(file, config.pretty_text)
    return file
