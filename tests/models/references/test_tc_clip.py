"""TC-CLIP by its formulas: frames, heads, tokens, videos, texts in loops."""

import pytest
import reference
import torch
from reference_models import (
    LAYERS,
    TOKENIZER,
    build,
    clips,
    close,
    compare,
    cross_entropy,
    embed,
    linear,
    mlp,
    norm,
    project,
    quick_gelu,
    samples,
    unit,
)
from tiny import CLASSES, TINY

from vlprompt.errors import UserError

SHARE, NUM, MOST = 0.3, 5, 3  # 4 of 16 patches, to 5 tokens, 3 a round
TC_CLIP = dict(
    backbone=dict(
        type='CLIPVisionTower',
        adapters=[
            dict(
                type='TemporalContext',
                share=SHARE,
                num_tokens=NUM,
                max_merged=MOST,
            )
        ],
    ),
    text_encoder=dict(type='CLIPTextTower', stop_before_last=True),
    texts=dict(type='ClassTexts', template='[a photo of a] {}.'),
    prompts=dict(
        type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
    ),
    conditioner=dict(type='VideoConditionalPrompts'),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
    trainable=[
        'backbone.*',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'prompts.*',
        'conditioner.*',
        'cls_head.logit_scale',
    ],
)


def attend(x, context, block, table):
    """A frame's (N, D) tokens attend to themselves and to the context.

    Returns what attention adds, and the (P,) weights that the class token
    gives to the patches, averaged over the heads.
    """
    attn, count = block.attn, len(x)
    seen = x if context is None else torch.cat([x, context])
    normed = norm(seen, block.ln_1)
    packed = normed @ attn.in_proj_weight.T + attn.in_proj_bias
    q, k, v = packed.split(x.size(-1), -1)
    size, out, looks = x.size(-1) // attn.num_heads, [], []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:count, part] @ k[:, part].T / size**0.5
        if context is not None:
            own, others = table[h, 0]
            bias = [own] * count + [others] * len(context)
            scores = scores + torch.stack(bias)
        weights = scores.softmax(-1)
        looks.append(weights[0, 1:17])
        out.append(weights @ v[:, part])
    added = linear(torch.cat(out, -1), attn.out_proj)
    return added, torch.stack(looks).mean(0)


def rounds(count, num, most):
    """How many tokens each round of merging takes away."""
    for _ in range(int((count - num) / most)):
        step = min(most, count // 2)
        count -= step
        yield step
    while count > num:
        step = min(count - num, count // 2)
        count -= step
        yield step


def merge(tokens, num, most):
    """A list of (D,) tokens to (M, D), the most similar ones averaged."""
    sized = [(x, 1) for x in tokens]
    for step in rounds(len(tokens), num, most):
        ones, others = sized[::2], sized[1::2]
        best = []
        for x, _ in ones:
            cosines = [(unit(x) @ unit(y)).item() for y, _ in others]
            best.append(max((c, -j) for j, c in enumerate(cosines)))
        order = sorted(range(len(ones)), key=lambda i: -best[i][0])
        groups = [[other] for other in others]
        for i in order[:step]:
            groups[-best[i][1]].append(ones[i])
        sized = [ones[i] for i in order[step:]]
        for group in groups:
            size = sum(s for _, s in group)
            sized.append((sum(x * s for x, s in group) / size, size))
    return torch.stack([x for x, _ in sized])


def encode_clip(backbone, clip, prompts=(None,) * LAYERS):
    """(T, 3, H, W) to (T, E) frames and each layer's (M, E) context.

    Prompts are a frame's own tokens behind the others.
    """
    visual = backbone.visual
    tokens, context = [embed(visual, frame) for frame in clip], None
    contexts = []
    for i, block in enumerate(visual.transformer.resblocks):
        table = backbone.adapters[i][0].bias_table
        seeds, after = [], []
        for x in tokens:
            if prompts[i] is not None:
                own = prompts[i] if i else norm(prompts[i], visual.ln_pre)
                x = torch.cat([x[:17], own])
            added, looks = attend(x, context, block, table)
            x = x + added
            order = sorted(range(len(looks)), key=lambda p: -looks[p].item())
            seeds += [x[1 + p] for p in order[: int(SHARE * len(looks))]]
            after.append(x)
        context = merge(seeds, NUM, MOST)
        *tokens, context = (
            x + mlp(norm(x, block.ln_2), block.mlp) for x in [*after, context]
        )
        contexts.append(norm(context, visual.ln_post) @ visual.proj)
    return torch.stack([project(visual, x) for x in tokens]), contexts


def look(text, context, attn):
    """(K, D) tokens attend to a video's (M, E) context."""
    width = text.size(-1)
    if attn.in_proj_weight is None:
        maps = [attn.q_proj_weight, attn.k_proj_weight, attn.v_proj_weight]
    else:
        maps = attn.in_proj_weight.split(width)
    biases = attn.in_proj_bias.split(width)
    q, k, v = (
        x @ weight.T + bias
        for x, weight, bias in zip(
            (text, context, context), maps, biases, strict=True
        )
    )
    size, out = width // attn.num_heads, []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].T / size**0.5
        out.append(scores.softmax(-1) @ v[:, part])
    return linear(torch.cat(out, -1), attn.out_proj)


def generate(prompts, context, part):
    """(K, D) prompts of the last layer, made for one video."""
    prompts = prompts + look(
        norm(prompts, part.ln_1), norm(context, part.ln_1_kv), part.attn
    )
    hidden = quick_gelu(linear(norm(prompts, part.ln_2), part.mlp.c_fc))
    return prompts + linear(hidden, part.mlp.c_proj)


def encode_texts(model, contexts):
    """Every text through all layers again for a video: (C, E)."""
    text, part = model.text_encoder.text, model.conditioner
    tokens = model.texts.tokens
    vectors = model.prompts.free.text.vectors[0]
    blocks = text.transformer.resblocks
    mask = torch.full((77, 77), -torch.inf).triu(1).to(vectors)
    out = []
    for ids, slots in zip(tokens.ids, tokens.slots, strict=True):
        line = torch.zeros(77, dtype=torch.long)
        line[: len(ids)] = ids
        x = text.token_embedding.weight[line].index_copy(0, slots, vectors)
        x = x + text.positional_embedding
        for i, block in enumerate(blocks):
            if i == len(blocks) - 1:
                made = generate(x[slots], contexts[i].detach(), part)
                x = x.index_copy(0, slots, made)
            x = reference.block(x[None], block, mask)[0]
        end = int(line.argmax())
        out.append(norm(x[end], text.ln_final) @ text.text_projection)
    return torch.stack(out)


def tc_clip(model, inputs):
    """(B, V, 3, T, H, W) to videos, texts of each video and logits."""
    prompts = model.prompts(None)['visual']
    videos, texts, logits = [], [], []
    for clip in inputs.flatten(0, 1):
        frames, contexts = encode_clip(
            model.backbone, clip.transpose(0, 1), prompts
        )
        video, text = frames.mean(0), encode_texts(model, contexts)
        scale = model.cls_head.logit_scale.exp()
        videos.append(video)
        texts.append(text)
        logits.append(scale * unit(text) @ unit(video))
    return torch.stack(videos), torch.stack(texts), torch.stack(logits)


def compare_tc_clip(labels, frames, **parts):
    """The library's TC-CLIP in training with the formulas."""
    model, inputs = build(**{**TC_CLIP, **parts}), clips(len(labels), frames)
    video, text, logits = tc_clip(model, inputs)
    loss = cross_entropy(logits, labels)
    compare(
        model, inputs, labels, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('frames', [1, 2, 3, 5])
def test_tc_clip_equals_the_formulas(float64, frames):
    compare_tc_clip((1, 3), frames)


def test_tc_clip_equals_the_formulas_in_single_precision():
    compare_tc_clip((1, 3), 3)


def test_the_texts_are_the_ids_of_the_release():
    model = build(**TC_CLIP)
    ids = TOKENIZER([f'a photo of a {name}.' for name in CLASSES])
    ours = model.texts.tokens
    assert torch.equal(ours.ids, ids[:, : ours.ids.size(1)])
    assert not ids[:, ours.ids.size(1) :].any()
    assert ours.slots.tolist() == [[1, 2, 3, 4]] * len(CLASSES)


@pytest.mark.parametrize('layers', [[0], [0, 1, 2, 3], [1, 2]])
def test_deep_prompts_of_the_frames_count_as_their_own(float64, layers):
    prompts = dict(
        TC_CLIP['prompts'],
        visual=dict(type='DeepPrompts', num=2, layers=layers),
    )
    compare_tc_clip((1, 3), 2, prompts=prompts)


def arch(**sizes):
    """A tiny CLIP of other sizes, for both towers or ``text_``."""
    text = dict(TINY['text_cfg'])
    text |= {
        key.removeprefix('text_'): value
        for key, value in sizes.items()
        if key.startswith('text_')
    }
    own = {k: v for k, v in sizes.items() if not k.startswith('text_')}
    return dict(arch={**TINY, **own, 'text_cfg': text})


def test_the_context_is_of_the_vision_layer_with_the_texts_number(float64):
    compare_tc_clip((1, 3), 2, clip=arch(text_layers=2))


def test_the_prompts_start_from_the_last_text_layer(float64):
    compare_tc_clip((1, 3), 2, clip=arch(embed_dim=16))
    model = build(noise=0, clip=arch(embed_dim=16), **TC_CLIP)
    last = model.text_encoder.text.transformer.resblocks[-1].state_dict()
    last |= {f'ln_1_kv.{k}': last[f'ln_1.{k}'] for k in ('weight', 'bias')}
    started = model.conditioner.state_dict()
    assert started.keys() == last.keys()
    assert all(torch.equal(started[name], last[name]) for name in last)


@pytest.mark.parametrize('template', ['{} [2]', '[1] {} [1].'])
def test_prompts_may_stand_behind_the_class_name(float64, template):
    texts = dict(type='ClassTexts', template=template)
    compare_tc_clip((1, 3), 2, texts=texts)


@pytest.mark.parametrize('rows', [1, 2, 5, 11])
@pytest.mark.parametrize('template', ['[a photo of a] {}.', '{} [2]'])
def test_parts_of_the_texts_and_videos_change_nothing(
    float64, rows, template, monkeypatch
):
    monkeypatch.setattr('vlprompt.models.towers.last_layer.ROWS', rows)
    texts = dict(type='ClassTexts', template=template)
    compare_tc_clip((1, 3, 0), 2, texts=texts)


@pytest.mark.parametrize('with_cp', [True, 'mlp'])
def test_recomputing_layers_changes_nothing(float64, with_cp):
    backbone = dict(TC_CLIP['backbone'], with_cp=with_cp)
    encoder = dict(TC_CLIP['text_encoder'], with_cp=True)
    compare_tc_clip((1, 3), 3, backbone=backbone, text_encoder=encoder)


def test_patches_that_are_kept_change_nothing(float64):
    compare_tc_clip(
        (1, 3), 3, backbone=dict(TC_CLIP['backbone'], patch_tokens=True)
    )


def test_texts_without_a_video_go_on_with_the_prompts_as_they_are(float64):
    model = build(**TC_CLIP).eval()
    tokens = model.texts.tokens
    ids = torch.zeros(len(CLASSES), 77, dtype=torch.long)
    ids[:, : tokens.ids.size(1)] = tokens.ids
    vectors = [model.prompts.free.text.vectors[0], None, None, None]
    text = model.text_encoder.text
    expected = reference.encode_text(text, ids, tokens.slots, vectors)
    with torch.no_grad():
        close(model.encode_texts(), expected)
        close(model.encode_texts(CLASSES[1:3]), expected[1:3])


def test_layers_before_the_last_run_once_for_all_videos():
    model, calls = build(**TC_CLIP).eval(), []
    model.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    with torch.no_grad():
        once = model.predict(clips(3), samples(0, 1, 2))
        again = model.predict(clips(3), samples(0, 1, 2))
    assert len(calls) == 1
    for one, other in zip(once, again, strict=True):
        assert torch.equal(one.pred_score, other.pred_score)


def refused(match, **parts):
    with pytest.raises(UserError, match=match):
        model = build(**{**TC_CLIP, **parts})
        model(clips(2, 2), samples(0, 1), mode='loss')


def test_parts_that_do_not_fit_are_refused_in_a_line():
    refused('needs stop_before_last=True', text_encoder=None)
    refused('needs a conditioner', conditioner=None)
    refused(
        'without all_tokens',
        text_encoder=dict(TC_CLIP['text_encoder'], all_tokens='longest'),
    )
    refused(
        'vision layer 3 carries, but', backbone=dict(type='CLIPVisionTower')
    )
    refused('vision layer 5 carries, but', clip=arch(text_layers=6))
    refused(
        'learnable tokens', texts=dict(type='ClassTexts'), prompts=None,
        trainable=['conditioner.*'],
    )  # fmt: skip
    refused(
        'give each class a single text',
        texts=dict(type='ClassTexts', template=['[2] {}.', '[2] a {}.']),
    )
    for wrong in (dict(share=0.01), dict(share=1.5)):
        refused('expected at least one', backbone=contexts(**wrong))
    refused('at least 1 of both', backbone=contexts(num_tokens=0))


def test_other_parts_may_stand_beside_it():
    others = [dict(type='MessageToken'), dict(type='HeadShift')]
    adapters = [*others, *TC_CLIP['backbone']['adapters']]
    backbone = dict(type='CLIPVisionTower', adapters=adapters)
    model = build(**{**TC_CLIP, 'backbone': backbone})
    model(clips(2, 3), samples(0, 1), mode='loss')['loss_cls'].backward()
    for name, p in model.named_parameters():
        assert not p.requires_grad or p.grad.abs().sum() > 0, name
    # these keys are of the frames beside it as well
    adapters = [dict(type='NeighborKV'), *adapters]
    backbone = dict(type='CLIPVisionTower', adapters=adapters)
    refused('cannot tell the patches of a frame', backbone=backbone)


def contexts(**options):
    """A tower with the adapter."""
    return dict(
        type='CLIPVisionTower',
        adapters=[dict(type='TemporalContext', **options)],
    )


def test_without_merging_the_order_of_frames_is_nothing(float64):
    model = build(**{**TC_CLIP, 'backbone': contexts()}).eval()
    inputs = clips(2, 3)
    with torch.no_grad():
        one, _ = model.extract_feat(inputs)
        other, _ = model.extract_feat(inputs[:, :, :, [2, 0, 1]])
    close(model.cls_head(other), model.cls_head(one))


def test_padding_is_refused():
    model = build(**TC_CLIP)
    data_samples = samples(0, 1)
    data_samples[0].set_metainfo(dict(num_valid_frames=1))
    with pytest.raises(UserError, match='padded'):
        model(clips(2, 3), data_samples, mode='loss')


def test_features_from_elsewhere_are_refused():
    model = build(**TC_CLIP)
    visual, _ = model.extract_feat(clips(2, 2), stage='backbone')
    model.finish_feat(visual)
    with pytest.raises(UserError, match='computed before'):
        model.finish_feat(visual._replace(carried=()))
