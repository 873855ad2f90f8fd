"""Weights are looked for in the places in which programs put them."""

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import CheckpointLoader
from test_wrapped_names import learned
from ways_in import ARCH, WAYS, base_file, clip_weights, config_of

from vlprompt.apis import init_recognizer, read_checkpoint
from vlprompt.cli.convert import main as convert
from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.weights import load_weights_file

PLACES = (
    'state_dict',
    'model_state_dict',
    'model',
    'module',
    'net',
    'network',
    'params',
    'weights',
    'model_state',
    'ema',
    'ema_state_dict',
    'state_dict_ema',
    'model_ema',
    'student',
    'teacher',
    'model.state_dict',
    'state_dict.model',
    'model.net.params',
)


def put(weights, place: str, **beside):
    """Weights below keys, beside what programs store too."""
    for key in reversed(place.split('.')):
        weights = {key: weights}
    return {
        **weights,
        'epoch': 3,
        'optimizer': dict(state={0: dict(a=torch.ones(1))}, param_groups=[]),
        'args': argparse.Namespace(lr=1e-3),
        'loss': torch.tensor(0.5),
        **beside,
    }


@pytest.mark.parametrize('place', PLACES)
def test_known_places(place):
    weights, state = clip_weights(), learned()
    torch.save(put(weights, place), 'clip.pt')
    torch.save(put(state, place), 'ours.pth')
    clip = load_clip(ARCH, 'clip.pt')
    assert torch.equal(clip.visual.proj, weights['visual.proj'])
    convert(['openai', 'clip.pt', 'out.safetensors'])
    model = init_recognizer(config_of(base_file()), 'ours.pth', 'cpu')
    name = 'backbone.visual.ln_post.weight'
    assert torch.equal(model.state_dict()[name], state[name])
    clip = load_clip(ARCH, base_file(), 'ours.pth')
    assert torch.equal(clip.visual.ln_post.weight, state[name])


def test_lightning():
    weights = {f'model.{k}': v for k, v in clip_weights().items()}
    torch.save(
        put(weights, 'state_dict', callbacks={}, optimizer_states=[]), 'a.ckpt'
    )
    load_clip(ARCH, 'a.ckpt')


@pytest.mark.parametrize('way', WAYS)
def test_other_places_are_named(way):
    torch.save(dict(epoch=3, mine=clip_weights(), seed=1), 'a.pt')
    with pytest.raises(UserError) as error:
        WAYS[way]('a.pt')
    assert 'it has the keys epoch, mine, seed' in str(error.value)
    assert 'a.pt::mine' in str(error.value)


def test_a_place_that_is_given():
    weights = clip_weights()
    torch.save(dict(epoch=3, mine=dict(inner=weights)), 'a.pt')
    load_clip(ARCH, 'a.pt::mine.inner')
    with pytest.raises(UserError, match='the place, as a.pt::mine.inner'):
        load_clip(ARCH, 'a.pt::mine')
    with pytest.raises(UserError, match="nothing below 'mien'.*mean mine"):
        load_clip(ARCH, 'a.pt::mien')
    convert(['openai', 'a.pt::mine.inner', 'b.safetensors'])


@pytest.mark.parametrize(
    ('own', 'averaged'),
    [
        ('model', 'model_ema'),
        ('state_dict', 'state_dict_ema'),
        ('state_dict', 'ema_state_dict'),
        ('net', 'ema'),
    ],
)
def test_averaged_weights_beside_the_others(own, averaged, said):
    weights = clip_weights()
    other = {k: v + 1 for k, v in weights.items()}
    file = f'{averaged}.pt'
    torch.save({averaged: other, own: weights}, file)
    clip = load_clip(ARCH, file)
    assert torch.equal(clip.visual.proj, weights['visual.proj'])
    assert f'{file}: took the weights below {own}' in '\n'.join(said)
    assert f'{file}::{averaged} takes' in '\n'.join(said)
    for place in (averaged, 'ema'):
        clip = load_clip(ARCH, f'{file}::{place}')
        assert torch.equal(clip.visual.proj, other['visual.proj'])


def test_averaged_weights_of_mmengine(said):
    """Its EMAHook stores the averages as state_dict."""
    state = learned()
    before = {f'module.{k}': v for k, v in state.items()}
    before['steps'] = torch.tensor(9)
    name = 'backbone.visual.ln_post.weight'
    averages = {**state, name: state[name] + 1}
    torch.save(dict(state_dict=averages, ema_state_dict=before), 'mm.pth')
    config = config_of(base_file())
    for place, expected in (
        ('', averages),
        ('::ema', averages),
        ('::model', state),
    ):
        model = init_recognizer(config, f'mm.pth{place}', 'cpu')
        assert torch.equal(model.state_dict()[name], expected[name]), place
    assert 'took averaged weights (EMA), which MMEngine' in '\n'.join(said)
    content = CheckpointLoader.load_checkpoint('mm.pth')
    assert content['ema_state_dict'].keys() == before.keys()


def test_a_student_and_a_teacher_are_not_guessed():
    weights = clip_weights()
    torch.save(dict(student=weights, teacher=weights), 'a.pt')
    with pytest.raises(UserError, match='student and teacher: say which'):
        load_clip(ARCH, 'a.pt')
    load_clip(ARCH, 'a.pt::teacher')


def test_arrays_and_precisions():
    weights = clip_weights()
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        torch.save({k: v.to(dtype) for k, v in weights.items()}, 'a.pt')
        clip = load_clip(ARCH, 'a.pt')
        assert clip.visual.proj.dtype == torch.float32
        expected = weights['visual.proj'].to(dtype).float()
        assert torch.equal(clip.visual.proj, expected)
    torch.save(dict(model={k: v.numpy() for k, v in weights.items()}), 'a.pt')
    clip = load_clip(ARCH, 'a.pt')
    assert torch.equal(clip.visual.proj, weights['visual.proj'])


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda t: t.to('meta'), 'no values'),
        (lambda t: t.to_sparse(), 'is sparse'),
        (lambda t: 'text', r'visual.proj is no tensor \(one str\)'),
        (lambda t: None, 'visual.proj is no tensor'),
        (lambda t: t * np.nan, 'NaN or infinity in visual.proj'),
        (lambda t: t / 0, 'NaN or infinity in visual.proj'),
        (lambda t: t.to(torch.int8), 'torch.int8'),
        (
            lambda t: torch.quantize_per_tensor(t, 0.1, 0, torch.qint8),
            'is quantised',
        ),
    ],
)
def test_what_cannot_be_weights(change, message):
    weights = clip_weights()
    weights['visual.proj'] = change(weights['visual.proj'])
    torch.save(weights, 'a.pt')
    with pytest.raises(UserError, match=message):
        load_clip(ARCH, 'a.pt')


def test_a_checkpoint_that_has_diverged():
    state = learned()
    state['backbone.visual.ln_post.bias'][3] = float('nan')
    torch.save(dict(state_dict=state), 'a.pth')
    with pytest.raises(UserError, match='NaN or infinity in backbone'):
        init_recognizer(config_of(base_file()), 'a.pth', 'cpu')
    with pytest.raises(UserError, match='NaN or infinity in backbone'):
        load_clip(ARCH, base_file(), 'a.pth')


def test_large_weights_are_no_infinity():
    state = {'a': torch.full((99,), 3e38), 'b': -torch.ones(9) * 3e38}
    torch.save(state, 'a.pth')
    assert load_weights_file('a.pth').tensors.keys() == state.keys()


def test_nothing_is_run_and_what_was_left_out_is_said(said):
    class Evil:
        def __reduce__(self):
            return print, ('evil',), {}, iter([]), iter([])

    class Opens:
        def __reduce__(self):
            return open, ('owned', 'w')

    torch.save(put(learned(), 'state_dict', a=Opens(), b=[Evil()]), 'evil.pth')
    Path('owned').unlink(missing_ok=True)
    init_recognizer(config_of(base_file()), 'evil.pth', 'cpu')
    assert not Path('owned').exists()
    assert 'evil.pth: left out what are no tensors' in '\n'.join(said)
    assert 'argparse.Namespace' in '\n'.join(said)


def test_the_config_in_a_checkpoint_is_not_run():
    """MMEngine would, where a training goes on."""
    meta = dict(epoch=1, iter=3, config="open('owned', 'w')", seed=5)
    content = dict(state_dict=learned(), meta=meta, message_hub={})
    torch.save(content, 'a.pth')
    loaded = CheckpointLoader.load_checkpoint('a.pth')
    assert loaded['meta'] == dict(epoch=1, iter=3, seed=5)
    assert read_checkpoint('a.pth').seed == 5


def test_weights_alone_are_nothing_to_resume_from():
    torch.save(dict(state_dict=learned()), 'a.pth')
    with pytest.raises(UserError, match='no state of a training'):
        WAYS['resume']('a.pth')


def test_addresses(monkeypatch, tmp_path):
    """A file is downloaded once, and read as one that lies here."""
    state, loads = learned(), []

    def download(url, path, progress):
        loads.append(url)
        torch.save(dict(model=state, ema={}), path)

    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
    monkeypatch.setattr(torch.hub, 'download_url_to_file', download)
    address = 'https://example.org/ours.pth'
    for place in ('', '::model'):
        found = CheckpointLoader.load_checkpoint(address + place)
        assert found['state_dict'].keys() == state.keys()
    assert loads == [address]

    def fail(*_args, **_kwargs):
        raise OSError('no network')

    monkeypatch.setattr(torch.hub, 'download_url_to_file', fail)
    with pytest.raises(UserError, match='cannot download .*other.pth'):
        read_checkpoint('https://example.org/other.pth')


def test_names_of_hugging_face_have_a_converter():
    torch.save({'vision_model.a': torch.ones(1)}, 'a.bin')
    with pytest.raises(UserError, match='convert huggingface'):
        load_clip(ARCH, 'a.bin')


def test_eight_bits_are_read():
    weights = clip_weights()
    small = {k: v.to(torch.float8_e4m3fn) for k, v in weights.items()}
    torch.save(small, 'a.pt')
    clip = load_clip(ARCH, 'a.pt')
    assert torch.equal(clip.visual.proj, small['visual.proj'].float())
