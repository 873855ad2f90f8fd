"""``python -m tools.metafiles``: write what is said about the configs.

``--check`` writes nothing and names what differs.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config
from rich.progress import track

from vlprompt.cli.common import run_command
from vlprompt.errors import UserError
from vlprompt.utils import register_all_modules

from .documents import rewrite_header, rewrite_readme
from .entries import index, metafile
from .facts import Sizes

ROOT = Path(__file__).parents[2]


def make_all() -> Iterator[tuple[Path, str]]:
    """Each file, and what belongs into it."""
    register_all_modules()
    size_of = Sizes()
    folders = sorted(path.parent for path in ROOT.glob('configs/*/README.md'))
    yield ROOT / 'model-index.yml', index(folders)
    for folder in track(folders, 'counting'):
        yield folder / 'metafile.yml', metafile(folder, size_of)
        configs = sorted(folder.glob('*.py'))
        learned = {
            path.stem: size_of(Config.fromfile(path)).learned
            for path in configs
        }
        readme = folder / 'README.md'
        yield readme, rewrite_readme(readme, learned)
        for path in configs:
            yield path, rewrite_header(path)


def main() -> None:
    """Write the files, or say which would change."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--check', action='store_true')
    check = parser.parse_args().check
    changed = [
        (path, text)
        for path, text in make_all()
        if not path.is_file() or path.read_text() != text
    ]
    names = [str(path.relative_to(ROOT)) for path, _ in changed]
    if check and names:
        raise UserError(
            f'{", ".join(names)}: not as `python -m tools.metafiles` makes '
            'them'
        )
    for path, text in changed:
        path.write_text(text)
        print(path.relative_to(ROOT))


if __name__ == '__main__':
    run_command(main)
