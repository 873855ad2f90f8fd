"""``python -m tools.metafiles``: write what is said about the configs.

Each model is built without values to count its size, which takes minutes;
``--keep-sizes`` is for changes that leave the models as they are.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path

from mmengine.config import Config
from rich.progress import track

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.utils import register_all_modules

from .documents import rewrite_header, rewrite_readme
from .entries import KeptSizes, index, metafile
from .facts import Size, Sizes

ROOT = Path(__file__).parents[2]


def make_all(
    folders: list[Path], size_of: Callable[[Config], Size]
) -> Iterator[tuple[Path, str]]:
    """Each file, and what belongs into it.

    Args:
        folders: Of configs with a README.
        size_of: Size of a config.
    """
    yield ROOT / 'model-index.yml', index(folders)
    for folder in track(folders, 'counting'):
        configs = {
            path: Config.fromfile(path) for path in sorted(folder.glob('*.py'))
        }
        metadata = metafile(folder, size_of, configs.__getitem__)
        yield folder / 'metafile.yml', metadata
        learned = {
            path.stem: size_of(config).learned
            for path, config in configs.items()
        }
        readme = folder / 'README.md'
        yield readme, rewrite_readme(readme, learned)
        for path in configs:
            yield path, rewrite_header(path)


def main() -> None:
    """Write the files, or say which would change."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--check', action='store_true', help='write nothing, fail instead'
    )
    parser.add_argument(
        '--keep-sizes',
        action='store_true',
        help='count only the sizes that the metafiles do not have',
    )
    args = parser.parse_args()
    register_all_modules()
    folders = sorted(path.parent for path in ROOT.glob('configs/*/README.md'))
    size_of = KeptSizes(folders) if args.keep_sizes else Sizes()
    changed = [
        (path, text)
        for path, text in make_all(folders, size_of)
        if not path.is_file() or path.read_text() != text
    ]
    names = [str(path.relative_to(ROOT)) for path, _ in changed]
    if args.check and names:
        raise UserError(
            f'{", ".join(names)}: not as `python -m tools.metafiles` makes '
            'them'
        )
    for path, text in changed:
        path.write_text(text)
        print(path.relative_to(ROOT))


if __name__ == '__main__':
    run_command(main)
