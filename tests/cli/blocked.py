"""Python without the heavy packages, for commands that must not need them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = (
    'av',
    'cv2',
    'decord',
    'matplotlib',
    'mmaction',
    'mmcv',
    'mmengine',
    'numpy',
    'open_clip',
    'safetensors',
    'sklearn',
    'timm',
    'torch',
    'torchvision',
)
PROGRAM = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in {missing}:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)

sys.meta_path.insert(0, Missing())
{program}
"""


def run(program: str, missing=HEAVY) -> subprocess.CompletedProcess:
    """Run a program where some packages seem not to be installed."""
    text = PROGRAM.format(missing=missing, program=program)
    return subprocess.run(
        [sys.executable, '-c', text],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={'PYTHONPATH': str(ROOT), 'PATH': ''},
    )


def vlprompt(*words: str, missing=HEAVY) -> subprocess.CompletedProcess:
    """Run a command where some packages seem not to be installed."""
    program = f"""
sys.argv = ['vlprompt', *{words}]
from vlprompt.__main__ import main
main()
"""
    return run(program, missing)
