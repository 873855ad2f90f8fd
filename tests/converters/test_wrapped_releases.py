"""Published weights of every kind in other places and under other names."""

import os

import published
import published_bdc
import published_distillation
import published_lora
import published_ost
import published_retrieval
import published_sharing
import published_tc_clip
import published_temporal
import pytest
import torch
from safetensors.torch import save_file

from vlprompt import converters
from vlprompt.errors import UserError

KINDS = {
    'vifi': published.vifi,
    'ost': published_ost.ost,
    'bdc': published_bdc.bdc,
    'vita': published.vita,
    'xclip': published.xclip,
    'tc-clip': published_tc_clip.tc_clip,
    'actionclip': published.actionclip,
    'mmaction-actionclip': published.mmaction,
    'a5': published.a5,
    'aim': published.aim,
    'st-adapter': published_temporal.st_adapter,
    't2l': published_temporal.t2l,
    'mote': published_temporal.mote,
    'zeroi2v': published_sharing.zeroi2v,
    'openvclip': published_sharing.openvclip,
    'clip-lora': published_lora.clip_lora_model,
    'froster': published_distillation.froster,
    'promptsrc': published_distillation.promptsrc,
    'clip4clip': published.clip4clip,
    'xpool': published_retrieval.xpool,
    'tmass': published_retrieval.tmass,
    'wti': published_retrieval.wti,
    'maple': published.maple,
    'huggingface': published.huggingface,
}
FRONTS = (
    'module.',
    '_orig_mod.',
    'module._orig_mod.',
    'module.module.',
    'model.',
    '_forward_module.model.',
    'module._fsdp_wrapped_module.',
    'my_model.',
)
PLACES = (
    'model',
    'model_state_dict',
    'state_dict',
    'module',
    'net',
    'params',
    'weights',
    'ema',
    'model_ema',
    'model.state_dict',
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder, whose large files are removed."""
    monkeypatch.chdir(tmp_path)
    yield
    for file in os.listdir():
        os.remove(file)


@pytest.fixture(scope='module')
def base():
    """The CLIP that some kinds need for what their files lack."""
    return published.base_clip()


@pytest.fixture(scope='module', params=KINDS)
def release(request, base):
    """The weights of a kind, and what they become."""
    state = KINDS[request.param]().state
    expected = converters.convert(request.param, dict(state), base)
    return request.param, state, expected


def same(found, expected):
    for ours, theirs in (
        (found.clip, expected.clip),
        (found.parts, expected.parts),
    ):
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[k], theirs[k]) for k in ours)
    assert found.model == expected.model


@pytest.mark.parametrize('front', FRONTS)
def test_what_stands_in_front_is_taken_off(release, front, base):
    kind, state, expected = release
    given = {front + name: tensor for name, tensor in state.items()}
    same(converters.convert(kind, given, base), expected)


def test_what_stands_inside_is_taken_off(release, base):
    kind, state, expected = release
    given = {
        name.replace('.0.', '.0._checkpoint_wrapped_module.'): tensor
        for name, tensor in state.items()
    }
    assert given.keys() != state.keys()
    same(converters.convert(kind, given, base), expected)


@pytest.mark.parametrize('place', PLACES)
def test_every_place_is_looked_at(release, place, base):
    kind, state, expected = release
    content = dict(state)
    for key in reversed(place.split('.')):
        content = {key: content, 'epoch': 3, 'optimizer': {}}
    same(converters.convert(kind, content, base), expected)
    other = dict(epoch=3, mine=state)
    with pytest.raises(UserError, match='keys epoch, mine.*a.pth::mine'):
        converters.convert(kind, other, base, 'a.pth')
    same(converters.convert(kind, other, base, 'a.pth::mine'), expected)


@pytest.mark.parametrize('kind', ['actionclip', 'mote'])
def test_both_parts_of_a_file_are_taken(kind, base):
    release = KINDS[kind]()
    expected = converters.convert(kind, release.state, base)
    keys = {*release.content['model_state_dict']}
    same(converters.convert(kind, release.content, base), expected)
    assert {*release.content['model_state_dict']} == keys


def test_mote_beside_its_text_tower(base):
    release = published_temporal.mote()
    text = {n: t for n, t in base.items() if not n.startswith('visual.')}
    whole = converters.convert('mote', {**text, **release.state})
    same(whole, converters.convert('mote', release.state, base))


def test_weights_that_have_diverged(release, base):
    kind, state, _ = release
    names = [n for n in state if n.endswith(('c_fc.bias', 'fc1.bias'))]
    name = names[0]
    ruined = {**state, name: state[name] * float('nan')}
    with pytest.raises(UserError, match='NaN or infinity'):
        converters.convert(kind, ruined, base)


def test_a_name_does_not_say_what_a_file_is(release, base):
    kind, state, expected = release
    torch.save(dict(state), 'a.safetensors')
    save_file({k: v.contiguous() for k, v in state.items()}, 'b.pth')
    for path in ('a.safetensors', 'b.pth'):
        content = converters.read(kind, path)
        same(converters.convert(kind, content, base, path), expected)
