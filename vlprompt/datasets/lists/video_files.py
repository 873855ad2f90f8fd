"""The files of a list of videos, or what is wrong with them."""

import logging
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError, docs_url

from .path_resolver import PathResolver, ResolvedPaths

FIRST = 50


def find_video_files(
    root: str | Path,
    paths: Sequence[str],
    ann_file: str | Path,
    page: str = 'data#layout',
) -> list[str]:
    """A file for each path of a list, see :class:`PathResolver`.

    One line is logged with the number of files that are missing, which keep
    their literal paths, and one with that of files found by name.

    Args:
        root: The folder that the paths are below.
        paths: The paths.
        ann_file: The list, for messages.
        page: Of the documentation, which says how the folder is laid out.

    Raises:
        UserError: If there is no such folder, it has none of the first
            ``FIRST`` videos, or several files of a name that is needed.
    """
    if not Path(root).is_dir():
        raise UserError(
            f'no folder of videos at {root} ({docs_url(page)} '
            'says what belongs there)'
        )
    resolved = PathResolver(root).resolve(paths)
    for path, files in resolved.ambiguous.items():
        more = f' or {len(files) - 2} more' if len(files) > 2 else ''
        raise UserError(
            f'{path} of {ann_file} is not below {root}, and its name does '
            f'not tell which file is meant: {" or ".join(files[:2])}{more}'
        )
    if set(paths[:FIRST]) <= set(resolved.missing):
        raise UserError(
            f'{root} has none of the first videos of {ann_file}, such as '
            f'{paths[0]} ({docs_url(page)} '
            'says what belongs there)'
        )
    _report(resolved, f'of the {len(set(paths))} videos of {ann_file}', root)
    return resolved.files


def _report(resolved: ResolvedPaths, listed: str, root: str | Path) -> None:
    from mmengine.logging import print_log

    moved, missing = resolved.moved, resolved.missing
    if moved:
        path, file = next(iter(moved.items()))
        print_log(
            f'{len(moved)} {listed} were found by name below {root}, such as '
            f'{path} at {file}',
            'current',
        )
    if missing:
        print_log(
            f'{len(missing)} {listed} are missing below {root}: '
            f'{", ".join(missing[:3])}{", ..." * (len(missing) > 3)}',
            'current',
            logging.WARNING,
        )
