"""The configs of all methods, for a folder."""

from pathlib import Path

import pytest

from vlprompt.datasets.pipelines import count_frames, count_views
from vlprompt.errors import UserError
from vlprompt.own_videos import recipe
from vlprompt.own_videos.machine import Machine, choose

METHODS = (
    'a5', 'a6', 'actionclip', 'aim', 'aim_text', 'maple', 'mote', 'openvclip',
    'st_adapter', 'st_adapter_text', 't2l', 'vifi', 'vifi_image', 'vifi_text',
    'vilt', 'vita', 'vlp', 'xclip', 'zeroi2v', 'ViLT-CLIP',
)  # fmt: skip
CPU = Machine('cpu', 'the processor', 16 << 10, 2, False)
CLASSES = ('golf', 'yoga')


def adapted(method, clip=None):
    config = recipe.find_base(method, None, clip)
    frames, small = recipe.frames_of(config), recipe.is_small(config)
    plan = choose(CPU, 100, frames, small)
    recipe.use_plan(config, plan)
    recipe.use_videos(config, Path('videos'), Path('out'), CLASSES)
    return config, plan


def learnt_places(part):
    """What the model has for each frame, anywhere in it."""
    if isinstance(part, dict):
        yield from (part[k] for k in recipe.LEARNT_PLACES if k in part)
        part = list(part.values())
    if isinstance(part, list | tuple):
        for inner in part:
            yield from learnt_places(inner)


@pytest.mark.parametrize('method', METHODS)
def test_every_method_takes_a_folder(method):
    config, plan = adapted(method)
    for name in ('train', 'val', 'test'):
        loader = config[f'{name}_dataloader']
        assert loader.dataset.classes == list(CLASSES)
        assert count_frames(loader.dataset.pipeline) == plan.frames == 8
    assert count_views(config.test_dataloader.dataset.pipeline) == (1, 1)
    assert set(learnt_places(config.model)) <= {8}
    assert config.train_cfg.max_epochs == plan.epochs
    head = config.model.cls_head
    counted = {head.get(k) for k in ('num_classes', 'num_supervised')}
    assert counted <= {None, len(CLASSES)}
    plain = recipe.vanilla(config)
    assert plain.model.clip.arch == config.model.clip.arch
    assert plain.model.trainable == []
    assert plain.test_dataloader.dataset.classes == list(CLASSES)


@pytest.mark.parametrize('method', ['vilt', 'vifi', 'xclip', 'aim', 'vita'])
def test_the_toy_clip_of_a_method(method):
    config, _ = adapted(method, 'toy')
    assert recipe.is_small(config)
    assert recipe.vanilla(config).model.clip.arch.embed_dim == 128


def test_larger_batches_and_the_schedule():
    config, plan = adapted('aim')
    assert config.auto_scale_lr.enable
    warm_up = config.param_scheduler[0].end / plan.epochs
    assert warm_up == pytest.approx(2.5 / 30)


@pytest.mark.parametrize('given', ['~/a.pt', '~/a.pt::ema', 'a.pt::ema'])
def test_clip_is_any_file_that_other_commands_take(
    tmp_path, monkeypatch, given
):
    monkeypatch.setenv('HOME', str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'a.pt').touch()
    config = recipe.find_base('vilt', None, given)
    recipe.place_clip(config, given, tmp_path)
    expected = str(tmp_path / given.removeprefix('~/'))
    assert config.model.clip.pretrained == expected
    with pytest.raises(UserError, match='no file of CLIP weights at b.pt::a'):
        recipe.place_clip(config, 'b.pt::a', tmp_path)
