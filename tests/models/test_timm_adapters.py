"""Methods on vision towers of timm, against loops over timm's own blocks."""

import pytest
import torch
from timm.layers import apply_rot_embed_cat
from tiny_timm import timm_arch
from torch import nn
from torch.nn import functional as F

from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower, load_clip
from vlprompt.models.adapters.inside_part import InsidePart

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


class Added(InsidePart):
    """Adds a matrix of its own to three of a layer's, as LoRA does."""

    matrices = ('q', 'v', 'fc')

    def __init__(self, width):
        super().__init__()
        self.added = nn.ParameterDict(
            {
                name: torch.randn(rows, width) / 10
                for name, rows in (('q', 32), ('v', 32), ('fc', 128))
            }
        )

    def delta(self, name, x):
        return x @ self.added[name].T


class OneFrameBack(InsidePart):
    """Every frame attends to the tokens of the one before."""

    tokenwise = False
    shares = True

    def share(self, x):
        return x.roll(1, dims=1)


@pytest.mark.parametrize('family', ['PE-Core', 'SigLIP', 'EVA01'])
def test_what_is_added_to_matrices_may_be_in_timms_weights(family):
    made, videos = (
        tower(family, dict(type=Added)),
        torch.randn(1, 2, 3, 32, 32),
    )
    ours = made(videos.double()).frames[0]
    for block, (part,) in zip(
        made.visual.trunk.blocks, made.adapters, strict=True
    ):
        weight = block.attn.qkv.weight.data
        weight[:32] += part.added['q'].data
        weight[64:] += part.added['v'].data
        block.mlp.fc1.weight.data += part.added['fc'].data
    theirs = made.visual(videos[0].double())
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=1e-9)


@pytest.mark.parametrize('family', ['PE-Core', 'PE-Core-bigG'])
def test_shared_keys_are_turned_by_their_own_place(family):
    made = tower(family, dict(type=OneFrameBack))
    videos = torch.randn(1, 3, 3, 32, 32).double()
    tokens, rope = start(made.visual, videos)
    prefix = made.visual.trunk.num_prefix_tokens
    for block in made.visual.trunk.blocks:
        qkv = block.attn.qkv(block.norm1(tokens))
        # (T, L, 3 D) -> 3 of (T, heads, L, D / heads)
        q, k, v = qkv.unflatten(-1, (3, 2, -1)).permute(2, 0, 3, 1, 4)
        q, k = (
            torch.cat([a, apply_rot_embed_cat(b, rope)], dim=2)
            for a, b in (x.tensor_split([prefix], dim=2) for x in (q, k))
        )
        scores = q @ k.roll(1, 0).mT / k.size(-1) ** 0.5
        out = (scores.softmax(-1) @ v.roll(1, 0)).transpose(1, 2).flatten(2)
        tokens = tokens + block.attn.proj(out)
        tokens = tokens + block.mlp(block.norm2(tokens))
    theirs = finish(made.visual, tokens)
    ours = made(videos).frames[0]
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=1e-9)


@pytest.mark.parametrize('family', ['PE-Core', 'SigLIP', 'EVA01'])
def test_joint_frames_keep_their_places(family):
    """The places of a frame's patches are those of every frame's."""
    made = tower(family, dict(type='JointFrames', layers=[1, 3]))
    videos = torch.randn(2, 3, 3, 32, 32).double()
    tokens, rope = start(made.visual, videos)
    prefix = made.visual.trunk.num_prefix_tokens
    for i, block in enumerate(made.visual.trunk.blocks):
        if i in (1, 3):  # (B * T, L, D) -> (B, T * L, D)
            tokens = tokens.unflatten(0, (2, 3)).flatten(1, 2)
        turned = {}
        if rope is not None:
            sine, cosine = rope.chunk(2, dim=-1)
            sine = F.pad(sine, (0, 0, prefix, 0))
            cosine = F.pad(cosine, (0, 0, prefix, 0), value=1.0)
            frames = tokens.size(1) // len(sine)
            turned['rope'] = torch.cat([sine, cosine], -1).repeat(frames, 1)
            block.attn.num_prefix_tokens = 0
        tokens = block(tokens, **turned)
        if i in (1, 3):
            tokens = tokens.unflatten(1, (3, -1)).flatten(0, 1)
    theirs = finish(made.visual, tokens).unflatten(0, (2, 3))
    ours = made(videos).frames
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=1e-9)


@pytest.mark.parametrize(
    'part',
    [
        MESSAGE,
        dict(type='TemporalShift'),
        dict(type='PreMLPSTAdapter'),
        dict(type='PreAttentionSTAdapter'),
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
