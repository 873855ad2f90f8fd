"""Models and their answers from Python."""

import pickle

import pytest
import torch
from commands import NUM_VIDEOS, line_of, test_tool, train
from mmengine.dataset import Compose

from vlprompt.apis import VideoClassifier, init_recognizer, load_config
from vlprompt.apis.inference import read_video, scope_of
from vlprompt.errors import UserError

CLASSES = ('running', 'jumping', 'riding a bike')  # of tiny.py
TSN = (
    'mmaction::recognition/tsn/'
    'tsn_imagenet-pretrained-r50_8xb32-1x1x3-100e_kinetics400-rgb.py'
)
VANILLA = {
    'model.trainable': [],
    'model.prompts': None,
    'model.texts.template': 'a photo of a {}.',
}


@pytest.fixture
def vanilla(config):
    """A model that learns nothing, with four views of a video."""
    torch.manual_seed(0)
    views = {'test_dataloader.dataset.pipeline.1.num_clips': 4}
    return VideoClassifier(load_config(config, {**VANILLA, **views}))


@pytest.mark.e2e
def test_the_answers_are_those_of_the_test_command(config, world, tmp_path):
    # the CLIP is random: the fingerprint wants the same one in each model
    seed = ['--cfg-options', 'randomness.seed=3']
    train(config, tmp_path / 'out', '--no-validate', *seed)
    checkpoint = str(tmp_path / 'out/epoch_2.pth')
    center = 'test_dataloader.dataset.pipeline.1.test_mode'
    flags = ['--dump', 'scores.pkl', *seed, f'{center}=True']
    test_tool.main([config, checkpoint, *flags])
    with open('scores.pkl', 'rb') as file:
        rows = pickle.load(file)
    torch.manual_seed(3)
    config = load_config(config, {center: True})
    classifier = VideoClassifier(config, checkpoint, 'cpu')
    assert not classifier.model.training and len(rows) == NUM_VIDEOS
    for i, row in enumerate(rows):
        answer = classifier(world / f'videos/{i}.mp4')
        expected = row['pred_score'].sort(descending=True)
        scores = torch.tensor([score for _, score in answer])
        torch.testing.assert_close(scores, expected.values)
        names = [CLASSES[c] for c in expected.indices]
        assert [name for name, _ in answer] == names


def test_any_class_names_at_call_time(vanilla, world):
    video = world / 'videos/0.mp4'
    names = ['opening a door', 'a dog', 'CLOSING']
    given = dict(vanilla(video, classes=names))
    assert set(given) == set(names)
    assert sum(given.values()) == pytest.approx(1)
    assert dict(vanilla(video, names[::-1])) == pytest.approx(given, abs=1e-6)
    assert {name for name, _ in vanilla(video)} == set(CLASSES)


def test_embeddings_are_the_unit_mean_of_the_views(vanilla, world):
    videos = [world / f'videos/{i}.mp4' for i in (0, 1)]
    embedded = vanilla.embed_videos(videos)
    assert embedded.shape == (2, 16)
    assert not torch.allclose(embedded[0], embedded[1])
    with scope_of(vanilla.config):
        pipeline = Compose(vanilla.whole)
    batch = vanilla.model.data_preprocessor(read_video(pipeline, videos[1]))
    views = batch['inputs'][0].transpose(1, 2)  # (V, T, 3, H, W)
    means = [
        vanilla.model.backbone(view[None]).frames[0].mean(dim=0)
        for view in views
    ]
    assert len(means) == 4
    mean = sum(m / m.norm() for m in means)
    torch.testing.assert_close(embedded[1], mean / mean.norm())


def test_frames_that_a_pooler_keeps_are_averaged(config, world):
    torch.manual_seed(0)
    frames = {'model.pooler': dict(type='IdentityPooler')}
    fusion = {'model.cls_head.fusion': 'decision'}
    options = {**VANILLA, **frames, **fusion}
    classifier = VideoClassifier(load_config(config, options))
    embedded = classifier.embed_videos([world / 'videos/0.mp4'])
    assert embedded.shape == (1, 16)
    torch.testing.assert_close(embedded.norm(), torch.tensor(1.0))


def test_lines_for_what_cannot_be_used(config, vanilla, world, tmp_path):
    lines = {
        'no config file at gone.py': (VideoClassifier, 'gone.py'),
        'learns prompts.*': (VideoClassifier, config),
        'no checkpoint at gone.pth': (VideoClassifier, config, 'gone.pth'),
        'no video at gone.mp4': (vanilla, 'gone.mp4'),
        'a list of class names expected': (
            vanilla,
            world / 'videos/0.mp4',
            'running',
        ),
        'use inference_recognizer': (VideoClassifier, TSN, 'none', 'cpu'),
    }
    for expected, call in lines.items():
        line = line_of(*call)
        assert expected in line and '\n' not in line
    broken = tmp_path / 'broken.mp4'
    broken.write_bytes(b'not a video')
    assert str(broken) in line_of(vanilla, broken)
    odd = load_config(config, {**VANILLA, 'model.pooler': dict(type='Gone')})
    with pytest.raises(UserError, match="type='Gone' is not a registered"):
        init_recognizer(odd, None)


@pytest.mark.parametrize('change', ['missing', 'unexpected', 'misshapen'])
def test_no_checkpoint_is_loaded_in_part(change, tmp_path):
    """Of MMAction2's models neither, which its own commands would do."""
    config = load_config(TSN)
    torch.manual_seed(0)
    weights = init_recognizer(config, None, 'cpu').state_dict()
    torch.save(dict(state_dict=weights), tmp_path / 'whole.pth')
    whole = init_recognizer(TSN, str(tmp_path / 'whole.pth'), 'cpu')
    name = 'cls_head.fc_cls.weight'
    assert torch.equal(whole.state_dict()[name], weights[name])
    if change == 'missing':
        del weights[name]
    elif change == 'unexpected':
        name = 'cls_head.more'
        weights[name] = torch.zeros(2)
    else:
        weights[name] = weights[name][:7]
    path = str(tmp_path / 'part.pth')
    torch.save(dict(state_dict=weights), path)
    line = line_of(init_recognizer, config, path, 'cpu')
    assert path in line and name in line and '\n' not in line
