"""Training on videos of the validation is announced."""

from types import SimpleNamespace

import pytest

from vlprompt.engine import TrainValOverlapHook


def run(train, val):
    """What the hook logs."""
    lines = []
    loaders = {
        f'{name}_dataloader': SimpleNamespace(dataset=paths)
        for name, paths in (('train', train), ('val', val))
    }
    TrainValOverlapHook().before_train(
        SimpleNamespace(
            logger=SimpleNamespace(warning=lines.append),
            val_loop=None if val is None else object(),
            **loaders,
        )
    )
    return lines


@pytest.mark.parametrize('val', [None, ['val/c.mp4']])
def test_lists_that_fit_are_passed_over(val):
    assert run(['train/a.mp4', 'train/b.mp4'], val) == []


def test_shared_videos_are_counted_and_named():
    (line,) = run(['t/a.mp4', 't/b.mp4'], ['v/c.mp4', 'v/b.mp4', 'v/a.mp4'])
    assert line == (
        '2 of the 3 videos of validation are among the 2 of training: '
        'b.mp4, a.mp4'
    )
    paths = [f'{i}.mp4' for i in range(5)]
    assert run(paths, paths)[0].endswith(': 0.mp4, 1.mp4, 2.mp4, ...')


def test_every_run_has_the_hook(repository):
    text = (repository / 'configs/_base_/default_runtime.py').read_text()
    assert "dict(type='TrainValOverlapHook')" in text
