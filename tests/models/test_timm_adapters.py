"""Methods on vision towers of timm, against loops over timm's own blocks."""

import pytest
import torch
from helpers import build, clips, total
from tiny_timm import timm_arch

from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower, load_clip
from vlprompt.registry import MODELS

MESSAGE = dict(type='MessageToken')
AIM = dict(type='AIMAdapter', drop_path=0.0)


def tower(family, *adapters, **kwargs):
    """Random weights everywhere, in float64."""
    torch.manual_seed(0)
    visual = load_clip(timm_arch(family)).visual
    made = CLIPVisionTower(visual, adapters=adapters, **kwargs).double()
    for p in made.parameters():
        p.data += 0.1 * torch.randn_like(p)
    return made.eval()


def start(visual, videos):
    trunk = visual.trunk
    tokens = trunk._pos_embed(trunk.patch_embed(videos.flatten(0, 1)))
    tokens, rope = tokens if isinstance(tokens, tuple) else (tokens, None)
    return trunk.norm_pre(tokens), rope


def finish(visual, tokens):
    return visual.head(visual.trunk.forward_head(visual.trunk.norm(tokens)))


def assert_equal_with_gradients(made, ours, theirs):
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=1e-9)
    weights = [p for p in made.adapters.parameters() if p.requires_grad]
    grads = []
    for out in (ours, theirs):
        torch.manual_seed(3)
        loss = (out * torch.randn_like(out)).sum()
        grads.append(torch.autograd.grad(loss, weights))
    for ours, theirs in zip(*grads, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-8)


@pytest.mark.parametrize('family', ['PE-Core', 'EVA01'])
def test_message_tokens_have_no_place(family):
    """A key that is not turned: it stands before the first patch."""
    made, videos = tower(family, MESSAGE), torch.randn(2, 3, 3, 32, 32)
    videos = videos.double()
    tokens, rope = start(made.visual, videos)
    for block, (adapter,) in zip(
        made.visual.trunk.blocks, made.adapters, strict=True
    ):
        cls = tokens[:, 0].unflatten(0, (2, 3))
        message = adapter.message_fc(cls)
        normed = adapter.message_ln(message)
        message = message + adapter.message_attn(normed, normed, normed)[0]
        own, attn = tokens.size(1), block.attn
        joined = torch.cat([message.flatten(0, 1)[:, None], tokens], dim=1)
        attn.num_prefix_tokens += 1
        joined = block(joined) if rope is None else block(joined, rope=rope)
        attn.num_prefix_tokens -= 1
        tokens = joined[:, -own:]
    theirs = finish(made.visual, tokens).unflatten(0, (2, 3))
    assert_equal_with_gradients(made, made(videos).frames, theirs)


@pytest.mark.parametrize('family', ['PE-Core', 'PE-Core-bigG', 'SigLIP'])
def test_aim_turns_keys_in_space_and_not_in_time(family):
    made, videos = tower(family, AIM), torch.randn(2, 3, 3, 32, 32)
    videos = videos.double()
    tokens, rope = start(made.visual, videos)
    extra = {} if rope is None else dict(rope=rope)
    for block, (adapter,) in zip(
        made.visual.trunk.blocks, made.adapters, strict=True
    ):
        # (B * T, L, D) -> (B * L, T, D) and back
        by_place = tokens.unflatten(0, (2, 3)).transpose(1, 2).flatten(0, 1)
        temporal = adapter.temporal(block.attn(block.norm1(by_place)))
        temporal = temporal.unflatten(0, (2, -1)).transpose(1, 2)
        tokens = tokens + temporal.flatten(0, 1)
        spatial = block.attn(block.norm1(tokens), **extra)
        tokens = tokens + spatial + adapter.spatial(spatial)
        normed = block.norm2(tokens)
        joint = adapter.scale * adapter.joint(normed)
        tokens = tokens + block.mlp(normed) + joint
    theirs = finish(made.visual, tokens).unflatten(0, (2, 3))
    assert_equal_with_gradients(made, made(videos).frames, theirs)


@pytest.mark.parametrize(
    'part',
    [
        MESSAGE,
        dict(type='TemporalShift'),
        dict(type='VitaTokens', num_frames=4),
    ],
    ids=lambda part: part['type'],
)
@pytest.mark.parametrize('family', ['PE-Core-bigG', 'SigLIP'])
def test_who_reads_a_class_token_says_that_there_is_none(part, family):
    with pytest.raises(UserError, match=f'{part["type"]} needs the class t'):
        tower(family, part)


def test_global_tokens_need_no_class_token():
    only = dict(num_global=2, local=False, summary=False, num_frames=4)
    made = tower('SigLIP', dict(type='VitaTokens', **only))
    assert made(torch.randn(1, 4, 3, 32, 32).double()).frames.isfinite().all()


def model(family='PE-Core', **parts):
    return build(
        clip=dict(arch=timm_arch(family)),
        texts=dict(
            type='ClassTexts',
            template='[3] {}.',
            anchor_template='a video of a person doing {}.',
        ),
        **parts,
    )


def test_a_conditioner_that_reads_a_class_token():
    specific = dict(
        conditioner=dict(type='VideoSpecificPrompts', heads=1),
        backbone=dict(type='CLIPVisionTower', patch_tokens=True),
    )
    assert total(model(**specific).train(), clips(), 0, 1).isfinite()
    with pytest.raises(UserError, match='VideoSpecificPrompts needs the cl'):
        model('PE-Core-bigG', **specific)


def test_vilt_clip_learns_on_pe_core(tmp_path):
    trained = model().train()
    loss = total(trained, clips(), 0, 1)
    loss.backward()
    learned = {n: p for n, p in trained.named_parameters() if p.requires_grad}
    assert all(p.grad.abs().sum() > 0 for p in learned.values())
    state = trained.state_dict()
    assert {*state} == {*learned, 'clip_fingerprint'}
    model(seed=0).load_state_dict(state)
    with pytest.raises(UserError, match='another CLIP'):
        model(seed=1).load_state_dict(state)


@pytest.mark.parametrize('layout', ['open_clip', 'module.'])
def test_weights_in_open_clips_names(layout, tmp_path):
    arch = timm_arch('PE-Core')
    torch.manual_seed(5)
    front = layout if layout == 'module.' else ''
    source = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=arch),
            backbone=dict(type='CLIPVisionTower'),
            texts=dict(type='ClassTexts'),
            cls_head=dict(type='SimilarityHead'),
        )
    )
    visual, text = source.backbone.visual, source.text_encoder.text
    state = {f'{front}visual.{n}': p for n, p in visual.state_dict().items()}
    state |= {f'{front}text.{n}': p for n, p in text.state_dict().items()}
    state[f'{front}logit_scale'] = torch.tensor(3.0)
    torch.save(state, tmp_path / 'pe.pt')
    loaded = load_clip(arch, str(tmp_path / 'pe.pt'))
    assert loaded.logit_scale == 3.0
    for name, p in loaded.visual.state_dict().items():
        assert torch.equal(p, visual.state_dict()[name])
    with pytest.raises(UserError, match='missing'):
        load_clip(timm_arch('SigLIP'), str(tmp_path / 'pe.pt'))
    with pytest.raises(UserError, match='resize_positions'):
        load_clip(arch, str(tmp_path / 'pe.pt'), resize_positions='bicubic')
