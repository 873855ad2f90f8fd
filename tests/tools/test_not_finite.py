"""Trainings and tests with NaN end with one line, and leave nothing bad."""

import json

import pytest
import torch
from commands import line_of, test_tool, train, train_tool
from two_processes import run_two

from vlprompt.apis import VideoClassifier
from vlprompt.errors import UserError

EPOCH = 4  # iterations
POISON = 'custom_hooks.2.type=Poison'
ITERATIONS = (
    "train_cfg={'_delete_': True, 'type': 'IterBasedTrainLoop', "
    "'max_iters': 8, 'val_interval': 100}",
    "default_hooks={'checkpoint': {'type': 'CheckpointHook', 'by_epoch': "
    "False, 'interval': 2}}",
)


def stopped(config, out, *options):
    """The line with which a training ends."""
    flags = ['--work-dir', str(out), '--seed', '1', '--cfg-options', *options]
    return line_of(train_tool.main, [config, *flags])


@pytest.mark.e2e
def test_a_training_stops_and_can_be_resumed(config, tmp_path):
    out = tmp_path / 'out'
    expected = train(config, tmp_path / 'whole', '--seed', '1')
    losses = json.loads((tmp_path / 'whole/losses_0.json').read_text())
    option = f'custom_hooks.2.iteration={EPOCH + 1}'
    line = stopped(config, out, POISON, option)
    assert line == (
        'training stopped: loss_cls is nan in iteration 6 (epoch 2); the '
        f'last finite loss was {losses[EPOCH]:g}'
    )
    assert [path.name for path in out.glob('*.pth')] == ['epoch_1.pth']
    resumed = train(config, out, '--seed', '1', '--resume')
    torch.testing.assert_close(resumed, expected)


@pytest.mark.e2e
def test_a_training_by_iterations(config, tmp_path):
    options = [POISON, 'custom_hooks.2.iteration=3', *ITERATIONS]
    line = stopped(config, tmp_path / 'out', *options)
    assert 'loss_cls is nan in iteration 4 (epoch 1)' in line
    assert [p.name for p in (tmp_path / 'out').glob('*.pth')] == ['iter_2.pth']


@pytest.mark.e2e
def test_accumulated_gradients(config, tmp_path):
    options = [POISON, 'custom_hooks.2.iteration=2']
    options.append('optim_wrapper.accumulative_counts=3')
    line = stopped(config, tmp_path / 'out', *options)
    assert 'loss_cls is nan in iteration 3 (epoch 1)' in line


@pytest.mark.e2e
def test_weights_after_a_finite_loss(config, tmp_path):
    """The gradients of the last iteration before a checkpoint."""
    options = [POISON, f'custom_hooks.2.iteration={EPOCH - 1}']
    options.append('custom_hooks.2.grads=True')
    line = stopped(config, tmp_path / 'out', *options)
    assert 'is not finite after iteration 4 (epoch 1), though its' in line
    assert line.startswith('training stopped: prompts.')
    assert not list((tmp_path / 'out').glob('*.pth'))


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.parametrize('rank', [0, 1])
def test_one_of_two_processes(config, tmp_path, rank):
    logs = run_two(
        train_tool.main, tmp_path, config, '--work-dir', tmp_path,
        '--cfg-options', POISON, f'custom_hooks.2.rank={rank}',
        'custom_hooks.2.iteration=1', code=2,
    )  # fmt: skip
    for log in logs:
        assert 'error: training stopped: loss_cls is nan in iteration 2' in log
    assert not list(tmp_path.glob('*.pth'))


@pytest.mark.e2e
def test_mmactions_metric_does_not_score_nan(config, tmp_path):
    """The config's metric is ``AccMetric``."""
    options = ['--cfg-options', POISON]
    line = line_of(test_tool.main, [config, 'none', *options])
    assert 'the scores of 7 of 7 videos are not finite numbers' in line


@pytest.mark.e2e
def test_weights_that_are_loaded(config, world, tmp_path):
    train(config, tmp_path)
    path = tmp_path / 'epoch_2.pth'
    checkpoint = torch.load(path, weights_only=True)
    name = next(iter(checkpoint['state_dict']))
    checkpoint['state_dict'][name].view(-1)[0] = float('inf')
    torch.save(checkpoint, path)
    line = f'epoch_2.pth has NaN or infinity in {name}'
    assert line in line_of(test_tool.main, [config, str(path)])
    assert line in line_of(VideoClassifier, config, str(path))
    resume = [config, '--work-dir', str(tmp_path), '--resume', str(path)]
    assert line in line_of(train_tool.main, resume)


@pytest.mark.e2e
def test_a_classifier_does_not_answer_with_nan(config, world):
    classifier = VideoClassifier(config, 'none')
    video = str(world / 'videos/0.mp4')
    for parameter in classifier.model.prompts.parameters():
        torch.nn.init.constant_(parameter, float('nan'))
    classifier.model.text_bank.clear()
    with pytest.raises(UserError, match='of 1 of 1 videos are not .*0.mp4'):
        classifier(video)
    for parameter in classifier.model.backbone.parameters():
        torch.nn.init.constant_(parameter, float('nan'))
    with pytest.raises(UserError, match='features of 1 of 1 videos .*0.mp4'):
        classifier.embed_videos([video])
