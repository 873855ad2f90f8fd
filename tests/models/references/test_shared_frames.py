"""Sharing keys and values among frames, with prompts and other parts."""

import pytest
import torch
from reference_models import (
    LAYERS,
    WIDTH,
    build,
    by_frame,
    check_gradients,
    clips,
    close,
    encode_frames,
)
from shared_frames import (
    class_tokens,
    everything,
    neighbors,
    own,
    shared_block,
    shifted,
)

from vlprompt.errors import UserError
from vlprompt.models import JointFrames, NeighborKV
from vlprompt.models.towers import Layer

LINEAR = dict(type='LinearAdapter', dropout=0.0)
# Layers of this CLIP of four, the last one among them.
SOME = [1, 3]
SHARING = {
    'neighbors': (dict(type='NeighborKV'), [neighbors] * LAYERS),
    'heads': (dict(type='HeadShift'), [shifted((-1, 1), WIDTH // 2)] * LAYERS),
    'joint': (
        dict(type='JointFrames', layers=SOME),
        [own, everything, own, everything],
    ),
    'neighbors in some layers': (
        dict(type='NeighborKV', layers=SOME),
        [own, neighbors, own, neighbors],
    ),
}


def build_sharing(*adapters, depth=0, **backbone):
    """A model that learns its tower, and prompts of the first layers."""
    prompts = None
    if depth:
        visual = dict(type='DeepPrompts', num=2, layers=list(range(depth)))
        prompts = dict(type='PromptLearner', visual=visual)
    return build(
        backbone=dict(type='CLIPVisionTower', adapters=adapters, **backbone),
        prompts=prompts,
        trainable=['backbone.visual.*'] + ['prompts.*'] * bool(depth),
    )


def check_frames(model, clip, chooses):
    """Embeddings of the frames and gradients of a function of them."""
    visual, prompts = model.backbone.visual, [None] * LAYERS
    if model.prompts is not None:
        free = list(model.prompts.free['visual'].vectors)
        prompts = free + [None] * (LAYERS - len(free))
    ours = model.backbone(clip, model.make_prompts(None)['visual']).frames
    theirs = torch.stack(
        [
            class_tokens(visual, frames, chooses, prompts=prompts)
            @ visual.proj
            for frames in clip
        ]
    )
    close(ours, theirs)
    weights = torch.randn_like(theirs)
    check_gradients(model, (ours * weights).sum(), (theirs * weights).sum())


@pytest.mark.parametrize('depth', [0, 2, LAYERS])
@pytest.mark.parametrize('name', SHARING)
def test_prompts_and_shared_frames_equal_the_formulas(float64, name, depth):
    """Those that are carried on are shared, the others are a frame's own."""
    adapter, chooses = SHARING[name]
    model = build_sharing(adapter, depth=depth)
    check_frames(model, by_frame(clips(frames=4)), chooses)


@pytest.mark.parametrize('with_cp', [True, 'mlp'])
@pytest.mark.parametrize('name', SHARING)
def test_recomputed_layers_equal_the_formulas(float64, name, with_cp):
    adapter, chooses = SHARING[name]
    model = build_sharing(adapter, depth=2, with_cp=with_cp)
    check_frames(model, by_frame(clips()), chooses)


@pytest.mark.parametrize('frames', [1, 2, 3])
@pytest.mark.parametrize('name', SHARING)
def test_few_frames_equal_the_formulas(float64, name, frames):
    adapter, chooses = SHARING[name]
    model = build_sharing(adapter)
    check_frames(model, by_frame(clips(frames=frames)), chooses)


@pytest.mark.parametrize('name', SHARING)
def test_the_class_tokens_need_no_patches_of_the_last_layer(float64, name):
    adapter, _ = SHARING[name]
    clip = by_frame(clips())
    lean, full = (
        build_sharing(adapter, patch_tokens=patch_tokens).backbone(clip)
        for patch_tokens in (False, True)
    )
    assert full.tokens.shape[2] == 17
    close(lean.frames, full.frames)
    close(lean.tokens, full.tokens[:, :, :1])


@pytest.mark.parametrize('name', ['heads', 'joint'])
def test_one_frame_is_encoded_as_by_clip(float64, name):
    model, inputs = build_sharing(SHARING[name][0]), clips(frames=1)
    close(
        model.backbone(by_frame(inputs)).frames, encode_frames(model, inputs)
    )


def test_joint_frames_do_not_know_their_order(float64):
    model = build_sharing(SHARING['joint'][0])
    clip, order = by_frame(clips(frames=4)), [2, 0, 3, 1]
    frames = model.backbone(clip).frames
    close(model.backbone(clip[:, order]).frames, frames[:, order])


@pytest.mark.parametrize(
    'queries', [None, slice(0, 1), slice(3, None), slice(None, None, 4)]
)
@pytest.mark.parametrize('batch', [1, 2])
@pytest.mark.parametrize('times', [None, 1, 3])
def test_a_joint_layer_sees_the_contexts_of_all_frames(
    float64, times, batch, queries
):
    """One that is the same for all frames is there once."""
    model = build_sharing()
    block = model.backbone.visual.transformer.resblocks[0]
    tokens = torch.randn(2, 3, 17, WIDTH)
    context = torch.randn(5, WIDTH)
    if times:
        context = torch.randn(batch, times, 5, WIDTH)
    ours = JointFrames()(
        tokens, layer=Layer(block), context=context, queries=queries
    )
    for b in range(2):
        seen = context.expand(2, *context.shape[1:])[b] if times else context
        theirs = torch.stack(
            shared_block(
                list(tokens[b]),
                block,
                everything,
                context=seen.flatten(0, -2),
            )
        )
        close(ours[b], theirs if queries is None else theirs[:, queries])


def test_parts_inside_a_layer_act_on_joint_frames(float64):
    """An adapter of single tokens is the same in a joint layer."""
    joint = SHARING['joint'][0]
    clip = by_frame(clips())
    model = build_sharing(joint, LINEAR)

    def at(adapter):
        return lambda name, x: adapter.place(name, x)

    adapters = [layer[-1] for layer in model.backbone.adapters]
    for frames, ours in zip(clip, model.backbone(clip).frames, strict=True):
        theirs = class_tokens(
            model.backbone.visual,
            frames,
            SHARING['joint'][1],
            [at(adapter) for adapter in adapters],
        )
        close(ours, theirs @ model.backbone.visual.proj)


def test_x_clips_messages_join_shared_frames(float64):
    """The message of a frame is its own, its keys are its neighbours' too."""
    message = dict(type='MessageToken')
    model = build_sharing(message, dict(type='NeighborKV'))
    part = model.backbone.adapters[0][0]
    block = model.backbone.visual.transformer.resblocks[0]
    tokens = torch.randn(1, 3, 17, WIDTH)
    messages = []

    def keep(tokens, context, queries):
        messages.append(context)
        layer = Layer(block, inside=[NeighborKV()])
        return layer(tokens, context, queries)

    ours = part(tokens, layer=keep)
    for t in range(3):
        theirs = shared_block(
            list(tokens[0]), block, neighbors, context=messages[0][0, t]
        )
        close(ours[0, t], theirs[t])


def test_shared_keys_in_a_joint_layer_are_refused():
    model = build_sharing(
        dict(type='JointFrames', layers=[1]), dict(type='NeighborKV')
    )
    with pytest.raises(UserError, match='NeighborKV.*JointFrames.*layers'):
        model.backbone(by_frame(clips()))
    model = build_sharing(
        dict(type='JointFrames', layers=[1]),
        dict(type='NeighborKV', layers=[0, 2, 3]),
    )
    model.backbone(by_frame(clips()))


def test_a_convolution_over_frames_in_a_joint_layer_is_refused():
    """It would adapt the first frame alone, and see no other."""
    model = build_sharing(
        dict(type='JointFrames', layers=[1]), dict(type='PreMLPSTAdapter')
    )
    with pytest.raises(UserError, match='PreMLPSTAdapter.*JointFrames'):
        model.backbone(by_frame(clips()))


def test_joint_frames_have_to_be_the_last_adapter():
    with pytest.raises(UserError, match='JointFrames.*has to be the last'):
        build_sharing(dict(type='JointFrames'), dict(type='MessageToken'))
