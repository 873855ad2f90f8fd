"""Threads that wait sleep, in every command."""

import os
import subprocess
import sys

import pytest

from vlprompt.cli.toy_world import usable_cores

PROGRAM = (
    'import sys, vlprompt; assert "torch" not in sys.modules\nimport torch'
)


def environment(**given):
    kept = {k: v for k, v in os.environ.items() if not k.startswith('OMP_')}
    return {**kept, 'OMP_DISPLAY_ENV': 'TRUE', **given}


@pytest.mark.parametrize(
    ('given', 'expected'),
    [({}, 'PASSIVE'), ({'OMP_WAIT_POLICY': 'ACTIVE'}, 'ACTIVE')],
)
def test_pytorchs_threads_wait_as_told(given, expected):
    """What OpenMP says when PyTorch is imported."""
    done = subprocess.run(
        [sys.executable, '-c', PROGRAM],
        env=environment(**given),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    if 'OPENMP DISPLAY ENVIRONMENT' not in done.stderr:
        pytest.skip('PyTorch without OpenMP')
    assert f"OMP_WAIT_POLICY = '{expected}'" in done.stderr
    assert 'OMP_NUM_THREADS' in done.stderr


def test_all_cores_are_used_unless_the_user_says_otherwise():
    program = f'{PROGRAM}; print(torch.get_num_threads())'
    found = {}
    for given in ('', '1'):
        own = dict(OMP_NUM_THREADS=given) if given else {}
        done = subprocess.run(
            [sys.executable, '-c', program],
            env=environment(**own),
            capture_output=True,
            text=True,
        )
        found[given] = int(done.stdout)
    assert found['1'] == 1
    assert found[''] > 1 or usable_cores() == 1
