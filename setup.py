"""Installation, with the configs and tools that MMEngine's hub looks for."""

import re
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
# What vlprompt/shipped.py looks for; links to it in a checkout.
SHIPPED = ('configs', 'tools', 'model-index.yml')
# They need the repository.
NOT_SHIPPED = (
    '__pycache__',
    'benchmark',
    'quickstart.*',
    'run_tests.sh',
    'setup_env.sh',
)
EXTRAS = (
    'analysis',
    'export',
    'ray',
    'search',
    'slurm',
    'tokenizers',
    'track',
    'video',
    'web',
)
FOR_DEVELOPERS = ('docs', 'tests')


def read(name: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / name).read_text(encoding='utf-8')


def requirements(name: str) -> list[str]:
    """The lines of a file of requirements."""
    lines = read(f'requirements/{name}.txt').splitlines()
    return [line for line in lines if line and not line.startswith('#')]


class BuildWithConfigs(build_py):
    """Puts configs and tools into ``vlprompt/.mim``, as MMAction2 does.

    An editable installation has those of the checkout.
    """

    def run(self) -> None:
        """Build the package and what belongs to it."""
        super().run()
        if not self.editable_mode:
            copy_shipped(Path(self.build_lib) / 'vlprompt/.mim')


def copy_shipped(folder: Path) -> None:
    """Copy the configs and tools, for a wheel."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    ignore = shutil.ignore_patterns(*NOT_SHIPPED)
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
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
    keywords='CLIP, video, action recognition, prompt learning, MMAction2',
    classifiers=[
        'Development Status :: 4 - Beta',
        'Intended Audience :: Science/Research',
        'Programming Language :: Python :: 3',
        'Topic :: Scientific/Engineering :: Artificial Intelligence',
        'Typing :: Typed',
    ],
    python_requires='>=3.10',
    packages=find_packages(include=['vlprompt', 'vlprompt.*']),
    package_data={
        'vlprompt': ['py.typed'],
        'vlprompt.datasets.lists': ['class_lists/*.txt'],
        'vlprompt.pages': ['*.j2'],
        'vlprompt.protocols': ['*.csv'],
        'vlprompt.toy': ['toy_clip.*'],
        'vlprompt.web': ['*.css'],
    },
    install_requires=requirements('runtime'),
    extras_require={
        **{name: requirements(name) for name in (*EXTRAS, *FOR_DEVELOPERS)},
        'all': [line for name in EXTRAS for line in requirements(name)],
    },
    entry_points={
        'console_scripts': ['vlprompt = vlprompt.__main__:main'],
    },
    cmdclass={'build_py': BuildWithConfigs},
    zip_safe=False,
)
