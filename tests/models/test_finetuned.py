"""A fine-tuned CLIP as the frozen CLIP of a second stage."""

import pytest
import torch
from safetensors.torch import save_file
from tiny import CLASSES, TINY

from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.registry import MODELS

TOWERS = ['backbone.*', 'text_encoder.text.transformer.*']


def build(clip, trainable, **parts):
    cfg = dict(
        type='VideoTextRecognizer',
        clip=clip,
        backbone=dict(type='CLIPVisionTower'),
        texts=dict(type='ClassTexts'),
        cls_head=dict(type='SimilarityHead'),
        trainable=trainable,
    )
    model = MODELS.build({**cfg, **parts})
    model.set_classes(CLASSES)
    return model


@pytest.fixture
def pretrained(tmp_path):
    torch.manual_seed(0)
    clip = load_clip(TINY)
    weights = {'logit_scale': torch.tensor(clip.logit_scale)}
    for prefix, tower in (('visual.', clip.visual), ('', clip.text)):
        for name, p in tower.named_parameters():
            weights[prefix + name] = p.detach()
    save_file(weights, tmp_path / 'clip.safetensors')
    return str(tmp_path / 'clip.safetensors')


@pytest.fixture
def first_stage(pretrained, tmp_path):
    """A model with other weights than it started from, and its file."""
    model = build(dict(arch=TINY, pretrained=pretrained), TOWERS)
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.1 * torch.randn_like(p)
    path = tmp_path / 'stage1.pth'
    torch.save(dict(state_dict=model.state_dict()), path)
    return model, str(path)


def second_stage(pretrained, finetuned):
    return build(
        dict(arch=TINY, pretrained=pretrained, finetuned=finetuned),
        ['prompts.*'],
        texts=dict(type='ClassTexts', template='[2] {}.'),
        prompts=dict(type='PromptLearner', text=dict(), visual=dict()),
    )


def test_the_second_stage_starts_from_the_first(pretrained, first_stage):
    first, path = first_stage
    second = second_stage(pretrained, path)
    ours = dict(second.named_parameters())
    for name, p in first.named_parameters():
        assert torch.equal(ours[name], p), name
        assert not ours[name].requires_grad


def test_its_prompts_belong_to_the_fine_tuned_clip(pretrained, first_stage):
    state = second_stage(pretrained, first_stage[1]).state_dict()
    assert all('visual.conv1' not in name for name in state)
    with pytest.raises(UserError, match='another CLIP'):
        second_stage(pretrained, None).load_state_dict(state)


def test_a_checkpoint_of_another_clip_is_refused(first_stage, tmp_path):
    other = load_clip(TINY)
    weights = {'logit_scale': torch.tensor(other.logit_scale)}
    for prefix, tower in (('visual.', other.visual), ('', other.text)):
        for name, p in tower.named_parameters():
            weights[prefix + name] = p.detach()
    save_file(weights, tmp_path / 'other.safetensors')
    with pytest.raises(UserError, match='from another CLIP'):
        second_stage(str(tmp_path / 'other.safetensors'), first_stage[1])


def test_a_checkpoint_with_prompts_is_no_first_stage(pretrained, first_stage):
    second = second_stage(pretrained, first_stage[1])
    path = first_stage[1].replace('stage1', 'stage2')
    torch.save(dict(state_dict=second.state_dict()), path)
    with pytest.raises(UserError, match='more than a fine-tuned CLIP'):
        second_stage(pretrained, path)


def test_files_that_are_none(pretrained, tmp_path):
    with pytest.raises(UserError, match='train the first stage'):
        second_stage(pretrained, str(tmp_path / 'none.pth'))
    (tmp_path / 'text.pth').write_text('no checkpoint')
    with pytest.raises(UserError, match='is a text'):
        second_stage(pretrained, str(tmp_path / 'text.pth'))
