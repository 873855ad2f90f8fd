"""What decoded the videos stands in the log and in checkpoints."""

import logging
from types import SimpleNamespace

import av
import pytest
from mmengine.dataset import Compose

from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.engine.hooks import DecoderHook
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

OURS = f'VideoInit, PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}'


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


@pytest.mark.parametrize(
    ('opener', 'expected'),
    [
        ('VideoInit', OURS),
        ('LeanPyAVInit', OURS),
        ('DecordInit', 'DecordInit, decord 0'),
        ('mmaction.DecordInit', 'mmaction.DecordInit, decord 0'),
        ('OpenCVInit', 'OpenCVInit, OpenCV '),
        ('RawFrameDecode', ''),
    ],
)
def test_names(opener, expected):
    step = dict(type=opener)
    name = decoder_name([dict(type='SampleFrames', clip_len=1), step])
    if opener != 'LeanPyAVInit':  # another name of VideoInit
        assert name.startswith(expected)
    if opener not in ('OpenCVInit', 'RawFrameDecode'):
        built = decoder_name([TRANSFORMS.build(step)])
        assert built.startswith(expected.removeprefix('mmaction.'))


def runner_of(opener, resume=False):
    steps = [TRANSFORMS.build(dict(type=opener))]
    dataset = SimpleNamespace(pipeline=Compose(steps))
    loader = SimpleNamespace(dataset=SimpleNamespace(dataset=dataset))
    return SimpleNamespace(
        train_dataloader=loader,
        test_dataloader=loader,
        logger=logging.getLogger('decoder'),
        _resume=resume,
    )


def test_log_and_checkpoint(caplog):
    caplog.set_level('INFO')
    hook, checkpoint = DecoderHook(), {'meta': {'epoch': 1}}
    hook.before_train(runner_of('VideoInit'))
    hook.before_test(runner_of('DecordInit'))
    first, second = (record.getMessage() for record in caplog.records)
    assert first == f'videos are decoded by {OURS}'
    assert second.startswith('videos are decoded by DecordInit, decord 0')
    hook.before_save_checkpoint(runner_of('VideoInit'), checkpoint)
    assert checkpoint['meta'] == {'epoch': 1, 'decoder': OURS}


@pytest.mark.parametrize('resume', [False, True])
def test_a_run_that_goes_on_with_another_decoder(caplog, resume):
    hook = DecoderHook()
    hook.after_load_checkpoint(None, {'meta': {'decoder': OURS}})
    hook.before_train(runner_of('DecordInit', resume))
    text = f'the run was begun with {OURS}, and goes on with DecordInit'
    assert (text in caplog.text) == resume


def test_a_run_that_goes_on_as_before(caplog):
    for meta in ({'meta': {'decoder': OURS}}, {}):
        hook = DecoderHook()
        hook.after_load_checkpoint(None, meta)
        hook.before_train(runner_of('VideoInit', resume=True))
    assert 'begun' not in caplog.text
