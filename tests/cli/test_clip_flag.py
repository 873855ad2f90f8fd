"""``--clip`` of every command is looked at before slow imports."""

import json
import subprocess
import sys

COMMANDS = (
    ['classify', 'a.mp4'],
    ['index', '.'],
    ['embed', '.', '--out', 'out'],
    ['export', 'clip_toy', '--torch', 'a.pt2'],
    ['web'],
    ['train', '.'],
    ['convert', 'vifi', 'a.pth', 'b.pth'],
)
PROGRAM = """
import json, sys
sys.modules['torch'] = None  # to import it is an error
from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
for words in json.loads(sys.argv[1]):
    try:
        start(words)
    except UserError as error:
        print(error)
"""


def test_a_missing_file_is_named_without_torch(tmp_path):
    (tmp_path / 'class').mkdir()
    words = [[*command, '--clip', 'gone.pt::ema'] for command in COMMANDS]
    done = subprocess.run(
        [sys.executable, '-c', PROGRAM, json.dumps(words)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    line = 'no file of CLIP weights at gone.pt::ema (--clip)'
    assert done.stdout.splitlines() == [line] * len(COMMANDS), done.stderr
