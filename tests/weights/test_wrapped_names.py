"""What training puts in front of names, or into them, is taken off."""

import pytest
import torch
from mmengine.runner import CheckpointLoader
from ways_in import (
    ARCH,
    base_file,
    clip_weights,
    config_of,
    finetuned,
)

from vlprompt.apis import init_recognizer
from vlprompt.apis.inference import _build
from vlprompt.cli.convert import main as convert
from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.weights import load_weights_file, tensors_in

FRONTS = (
    '_orig_mod.',
    'module.',
    'module.module.',
    'module._orig_mod.',
    '_orig_mod.module.',
    'model.',
    'model._orig_mod.',
    'state_dict.',
    '_fsdp_wrapped_module.',
    'module._checkpoint_wrapped_module.',
    '_forward_module.model.',
    'clip.',
    'clip_model.',
    'encoder.',
    'net.',
    'my_own.name.of.it.',
)


def inside(name: str) -> str:
    """As FSDP, checkpointing and compilation of parts name tensors."""
    name = name.replace(
        'resblocks.0.', 'resblocks.0._checkpoint_wrapped_module._orig_mod.'
    )
    return name.replace(
        '.transformer.', '._fsdp_wrapped_module.transformer._orig_mod.'
    )


def learned() -> dict:
    """A state dict of a recognizer with other values than its CLIP has."""
    model = _build(config_of(base_file()))
    state = model.state_dict()
    return {
        name: tensor + 1 if 'ln_post' in name else tensor
        for name, tensor in state.items()
    }


@pytest.mark.parametrize('change', [str, inside], ids=['', 'inside'])
@pytest.mark.parametrize('front', FRONTS)
def test_of_a_clip(front, change):
    weights = clip_weights()
    torch.save({front + change(k): v for k, v in weights.items()}, 'a.pt')
    clip = load_clip(ARCH, 'a.pt')
    for name, tensor in clip.visual.state_dict().items():
        assert torch.equal(tensor, weights[f'visual.{name}'])
    convert(['openai', 'a.pt', 'b.safetensors'])
    written = load_weights_file('b.safetensors').tensors
    assert written.keys() == weights.keys()


@pytest.mark.parametrize('change', [str, inside], ids=['', 'inside'])
@pytest.mark.parametrize('front', FRONTS)
def test_of_a_checkpoint(front, change):
    state = learned()
    torch.save(
        dict(state_dict={front + change(k): v for k, v in state.items()}),
        'a.pth',
    )
    model = init_recognizer(config_of(base_file()), 'a.pth', 'cpu')
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, state[name])
    clip = load_clip(ARCH, base_file(), 'a.pth')
    assert torch.equal(
        clip.visual.ln_post.weight, state['backbone.visual.ln_post.weight']
    )


def test_what_was_taken_off_is_said(said):
    torch.save(
        {f'student.{k}': v for k, v in clip_weights().items()}, 'said.pt'
    )
    load_clip(ARCH, 'said.pt')
    assert 'said.pt: took student. off the names' in '\n'.join(said)


def test_two_tensors_of_one_name_are_refused():
    weights = clip_weights()
    twice = {'_orig_mod.visual.proj': weights['visual.proj'] + 1}
    torch.save({**weights, **twice}, 'a.pt')
    with pytest.raises(UserError, match='two different tensors for visual.pr'):
        load_clip(ARCH, 'a.pt')
    twice = {'_orig_mod.visual.proj': weights['visual.proj'].clone()}
    torch.save({**weights, **twice}, 'b.pt')
    load_clip(ARCH, 'b.pt')
    state = learned()
    name = 'backbone.visual.ln_post.bias'
    torch.save({**state, f'module.{name}': state[name] + 1}, 'c.pth')
    with pytest.raises(UserError, match='two different tensors'):
        CheckpointLoader.load_checkpoint('c.pth')
    with pytest.raises(UserError, match='two different tensors'):
        finetuned('c.pth')


def test_two_models_in_one_file_are_not_guessed():
    weights = clip_weights()
    both = {f'student.{k}': v for k, v in weights.items()}
    both |= {f'teacher.{k}': v + 1 for k, v in weights.items()}
    torch.save(both, 'a.pt')
    with pytest.raises(UserError, match='student. and teacher.*a.pt::student'):
        load_clip(ARCH, 'a.pt')
    clip = load_clip(ARCH, 'a.pt::teacher')
    assert torch.equal(clip.visual.proj, weights['visual.proj'] + 1)


def test_joined_parameters_of_fsdp_are_refused():
    weights = {'_fsdp_wrapped_module._flat_param': torch.ones(9)}
    with pytest.raises(UserError, match='save a full state dict'):
        tensors_in(weights, 'a.pt')


def test_names_of_other_models_keep_what_is_theirs():
    """MMAction2's may have parts called model or module."""
    weights = {'backbone.module.a': torch.ones(1), 'model.b': torch.ones(1)}
    assert tensors_in(weights, 'a.pt').keys() == weights.keys()
