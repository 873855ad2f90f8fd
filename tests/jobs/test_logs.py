"""What a log says."""

import pytest

from vlprompt.jobs.logs import failure, position


@pytest.mark.parametrize(
    ('line', 'expected'),
    [
        (
            '11/21 09:27:32 - mmengine - INFO - Epoch(train)  [3][36/36]  '
            'lr: 8.6e-05  eta: 0:06:44  time: 1.0',
            'Epoch(train)  [3][36/36] 0:06:44 left',
        ),
        (
            'x - Epoch(test) [ 10/153]    eta: 1 day, 0:01:02  time: 2',
            'Epoch(test) [ 10/153] 1 day, 0:01:02 left',
        ),
        ('Saving checkpoint at 3 epochs', ''),
    ],
)
def test_the_position(line, expected):
    assert position(line) == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('a\nerror: no list\nb\n', 'no list'),
        ('Traceback\nKeyError: 1\n\n', 'KeyError: 1'),
        ('', 'no output'),
    ],
)
def test_why_a_command_failed(tmp_path, text, expected):
    (tmp_path / 'log.txt').write_text(text)
    assert failure(tmp_path / 'log.txt') == expected
    assert failure(tmp_path / 'none.txt') == 'no output'
