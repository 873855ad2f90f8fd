"""Installation, with the configs and tools that MMEngine's hub looks for."""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
MIM = ('configs', 'tools', 'model-index.yml')


def read(name: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / name).read_text(encoding='utf-8')


def requirements(name: str) -> list[str]:
    """The lines of a file of requirements."""
    lines = read(f'requirements/{name}.txt').splitlines()
    return [line for line in lines if line and not line.startswith('#')]


class BuildWithConfigs(build_py):
    """Puts configs and tools into ``vlprompt/.mim``, as MMAction2 does.

    An editable installation gets links, so that edits are seen.
    """

    def run(self) -> None:
        """Build the package and what belongs to it."""
        super().run()
        if self.editable_mode:
            link_configs()
        else:
            copy_configs(Path(self.build_lib) / 'vlprompt/.mim')


def link_configs() -> None:
    """Links from the package in the checkout to its configs and tools."""
    folder = ROOT / 'vlprompt/.mim'
    folder.mkdir(exist_ok=True)
    for name in MIM:
        link = folder / name
        if not link.exists():
            link.symlink_to(Path('../..') / name)


def copy_configs(folder: Path) -> None:
    """Copies of the configs and tools, for a wheel."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in MIM:
        source = ROOT / name
        if source.is_dir():
            ignore = shutil.ignore_patterns('__pycache__')
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy(source, folder / name)


setup(
    name='vlprompt',
    version=re.search(r"'(.+)'", read('vlprompt/version.py'))[1],
    description='Prompt learning for video: image CLIP in MMAction2',
    long_description=read('README.md'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.10',
    packages=find_packages(include=['vlprompt', 'vlprompt.*']),
    package_data={
        'vlprompt.datasets.lists': ['class_lists/*.txt'],
        'vlprompt.protocols': ['*.csv'],
        'vlprompt.toy': ['toy_clip.*'],
    },
    install_requires=requirements('runtime'),
    extras_require={
        'analysis': requirements('analysis'),
        'decode': requirements('decode'),
        'tests': requirements('tests'),
    },
    entry_points={
        'console_scripts': ['vlprompt = vlprompt.__main__:main'],
    },
    cmdclass={'build_py': BuildWithConfigs},
    zip_safe=False,
)
