"""Text towers without a mask or with another tokenizer, against open_clip."""

import builtins

import open_clip
import pytest
import torch
from helpers import assert_same, build, clips, deep_prompts, samples
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer
from tiny import CLASSES
from tiny_texts import TEXTS, text_arch
from tiny_timm import VISION
from tiny_tokenizers import make_tokenizers

from vlprompt.errors import UserError
from vlprompt.models import CLIPTextTower, load_clip
from vlprompt.models.clip.model import make_model
from vlprompt.models.text_bank import at_ends
from vlprompt.models.texts import ClassTexts

FAMILIES = [*TEXTS]
UNMASKED = [name for name in FAMILIES if name != 'MetaCLIP2']


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    return make_tokenizers(tmp_path_factory.mktemp('tokenizers'))


def tokenizer_folder(family, folders):
    return folders.get(TEXTS[family].get('hf_tokenizer_name'))


@pytest.fixture(params=FAMILIES)
def loaded(request, folders):
    """A CLIP in float64, and open_clip's ids of texts."""
    return load(request.param, folders)


def load(family, folders):
    torch.manual_seed(0)
    folder = tokenizer_folder(family, folders)
    clip = load_clip(text_arch(family), tokenizer=folder)
    clip.text.double().requires_grad_(False)
    for p in clip.text.parameters():
        p += 0.05 * torch.randn_like(p)
    config = TEXTS[family]
    if folder is None:
        return clip, SimpleTokenizer(context_length=config['context_length'])
    kwargs = config.get('tokenizer_kwargs', {})
    return clip, HFTokenizer(folder, config['context_length'], **kwargs)


def tokens(clip, template, names=CLASSES):
    texts = ClassTexts(clip.tokenizer, template=template)
    texts.set_classes(names)
    return texts()


@pytest.mark.parametrize('template', ['a photo of a {}.', '{}'])
def test_texts_equal_open_clip(loaded, template):
    clip, tokenize = loaded
    ids = tokenize([template.format(name) for name in CLASSES])
    expected = clip.text(ids)
    assert expected.std(dim=0).mean() > 0.01
    ours = CLIPTextTower(clip.text)(tokens(clip, template))
    torch.testing.assert_close(ours, expected, atol=1e-12, rtol=1e-12)


def test_ids_equal_open_clips(loaded):
    clip, tokenize = loaded
    ours = tokens(clip, 'a photo of a {}.')
    theirs = tokenize([f'a photo of a {name}.' for name in CLASSES])
    for ids, end, expected in zip(ours.ids, ours.ends, theirs, strict=True):
        assert torch.equal(ids[: end + 1], expected[: end + 1])
    whole = clip.text.pool_type == 'last'
    assert (int(ours.ends.min()) == theirs.size(1) - 1) == whole


def naive(clip, texts, prompts):
    """open_clip's blocks over all positions of one text after the other."""
    text, rows = clip.text, []
    ids = texts.lengthen(text.num_pos).ids
    for c, line in enumerate(ids):
        x = text.token_embedding(line)
        for i, block in enumerate(text.transformer.resblocks):
            if prompts[i] is not None:
                prompt = prompts[i]
                prompt = prompt[c] if prompt.dim() == 3 else prompt
                x = x.index_copy(0, texts.slots[c], prompt)
            if i == 0:
                x = x + text.positional_embedding
            x = block(x[None], attn_mask=text.attn_mask)[0]
        rows.append(text.ln_final(x))
    out = torch.stack(rows)[torch.arange(len(ids)), texts.ends]
    projection = text.text_projection
    if isinstance(projection, torch.nn.Linear):
        return projection(out)
    return out @ projection


@pytest.mark.parametrize('template', ['[3] {}.', '[1] {} [2]'])
@pytest.mark.parametrize('depth', [1, 3, 4])
@pytest.mark.parametrize('with_cp', [False, True])
def test_prompts_equal_a_loop_over_texts(loaded, depth, template, with_cp):
    clip, _ = loaded
    texts, prompts = tokens(clip, template), deep_prompts(depth, 4, 3, 16)
    ours = CLIPTextTower(clip.text, with_cp=with_cp)(texts, prompts)
    assert_same(ours, naive(clip, texts, prompts), prompts)


def test_prompts_of_each_class_equal_a_loop_over_texts(loaded):
    clip, _ = loaded
    texts = tokens(clip, 'a [2] {}.')
    prompts = [torch.randn(len(CLASSES), 2, 16).double(), None, None, None]
    prompts[0].requires_grad_()
    ours = CLIPTextTower(clip.text)(texts, prompts)
    assert_same(ours, naive(clip, texts, prompts), prompts)


def test_prompts_start_from_words(loaded):
    clip, _ = loaded
    texts = ClassTexts(clip.tokenizer, template='[a photo of a] {}')
    words = clip.tokenizer.encode('a photo of a')
    assert texts.init_ids == words and len(words) >= 4
    vectors = clip.embed_words(texts.init_ids)
    prompts = [torch.stack(vectors), None, None, None]
    texts.set_classes(CLASSES)
    plain = CLIPTextTower(clip.text)(tokens(clip, 'a photo of a {}'))
    ours = CLIPTextTower(clip.text)(texts(), prompts)
    torch.testing.assert_close(ours, plain, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize('length', ['longest', 'full'])
def test_all_tokens_end_in_the_features(loaded, length):
    clip, _ = loaded
    texts = tokens(clip, 'a photo of a {}.')
    every = CLIPTextTower(clip.text, all_tokens=length)(texts)
    expected = CLIPTextTower(clip.text)(texts)
    torch.testing.assert_close(
        at_ends(every, texts), expected, atol=1e-12, rtol=1e-12
    )


@pytest.mark.parametrize('family', ['SigLIP', 'MetaCLIP2', 'CLIPA'])
def test_a_text_that_is_too_long(family, folders):
    clip, _ = load(family, folders)
    with pytest.raises(UserError, match='tokens, CLIP takes'):
        tokens(clip, '{}', ['slowly ' * 60])


def test_special_tokens_are_no_words(folders):
    clip, _ = load('MetaCLIP2', folders)
    with pytest.raises(UserError, match='special token </s> in it'):
        tokens(clip, '{}', ['tai </s> chi'])
    # Words that the vocabulary does not have are words.
    assert tokens(clip, '{}', ['武']).ends.tolist() == [3]


def test_a_model_is_built_without_a_tokenizer():
    clip = load_clip(text_arch('SigLIP'), tokenizer='/nowhere')
    texts = ClassTexts(clip.tokenizer, template='[3] {}.')
    assert texts.init_ids == [None] * 3
    with pytest.raises(UserError, match=r'/nowhere .*clip=dict\(tokenizer='):
        texts.set_classes(CLASSES)


def test_without_transformers_the_extra_is_named(monkeypatch, folders):
    imported = builtins.__import__

    def without(name, *args, **kwargs):
        if name == 'transformers':
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, '__import__', without)
    clip = load_clip(text_arch('SigLIP'), tokenizer=folders['siglip'])
    with pytest.raises(UserError, match=r'vlprompt\[tokenizers\]') as error:
        clip.tokenizer.encode('tai chi')
    assert '\n' not in str(error.value)


def test_a_tokenizer_of_another_clip(folders):
    other = load_clip(text_arch('MetaCLIP2'), tokenizer=folders['siglip'])
    with pytest.raises(UserError, match='ends texts with 1, .* looks for 2'):
        tokens(other, '{}')
    with pytest.raises(UserError, match="CLIP's own tokenizer"):
        load_clip(text_arch('MobileCLIP2-L'), tokenizer=folders['siglip'])


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (dict(pool_type='first'), "pooled by 'first'"),
        (dict(pool_type='eos'), 'without a causal mask'),
        (dict(pool_type='argmax'), 'end otherwise than its tokenizer'),
        (dict(embed_cls=True), 'has a class token'),
    ],
)
def test_texts_that_are_read_otherwise_are_refused(text, message):
    arch = text_arch('SigLIP')
    arch['text_cfg'].update(text)
    with pytest.raises(UserError, match=message):
        make_model(arch)


@pytest.mark.parametrize(
    'pooling',
    [
        dict(pool_type='avg'),
        dict(pool_type='avg', no_ln_pre=True, final_ln_after_pool=True),
    ],
    ids=['mean', 'CLIPA'],
)
def test_frames_that_are_means_of_patches(pooling):
    from vlprompt.models import CLIPVisionTower

    torch.manual_seed(0)
    visual = load_clip(text_arch('CLIPA', **pooling)).visual.double()
    frames = torch.randn(2, 3, 3, 32, 32).double()
    ours = CLIPVisionTower(visual)(frames).frames.flatten(0, 1)
    expected = visual(frames.flatten(0, 1))
    torch.testing.assert_close(ours, expected, atol=1e-12, rtol=1e-12)


def siglip_model(folders, **parts):
    arch = text_arch('SigLIP')
    arch.update(embed_dim=32, init_logit_bias=-10, vision_cfg=VISION['SigLIP'])
    clip = dict(arch=arch, tokenizer=folders['siglip'])
    return build(clip=clip, **parts)


def test_vilt_clip_learns_on_siglip(folders):
    model = siglip_model(folders).train()
    losses = model(clips(), samples(0, 1), mode='loss')
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    learned = [p for p in model.parameters() if p.requires_grad]
    assert learned and all(p.grad.abs().sum() > 0 for p in learned)
    scores = model.eval()(clips(), samples(0, 1), mode='predict')
    assert scores[0].pred_score.sum().item() == pytest.approx(1, abs=1e-5)


def test_the_sigmoid_loss_is_open_clips(folders, float64):
    model = siglip_model(
        folders,
        texts=dict(type='BatchLabelTexts', template='a photo of a {}'),
        prompts=None,
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SigmoidContrastiveLoss'),
        ),
        trainable=['cls_head.*', 'text_encoder.text.ln_final.*'],
    ).double()
    assert model.cls_head.logit_bias.item() == -10
    labels = samples(0, 3, 2)
    inputs = clips(3).double()
    feats, _ = model.train().extract_feat(inputs, data_samples=labels)
    ours = model.cls_head.loss(feats, labels)['loss_alignment']
    unit = feats.unit()
    theirs = open_clip.loss.SigLipLoss()(
        unit.video,
        unit.text,
        model.cls_head.logit_scale.exp(),
        model.cls_head.logit_bias,
    )
    torch.testing.assert_close(ours, theirs, atol=1e-12, rtol=1e-12)
    scalars = [model.cls_head.logit_scale, model.cls_head.logit_bias]
    for a, b in zip(
        torch.autograd.grad(ours, scalars, retain_graph=True),
        torch.autograd.grad(theirs, scalars),
        strict=True,
    ):
        assert a.abs() > 1e-3
        torch.testing.assert_close(a, b, atol=1e-12, rtol=1e-12)


def test_the_bias_comes_with_the_weights(folders, tmp_path):
    arch = text_arch('SigLIP')
    arch.update(init_logit_bias=-10)
    state = open_clip.CustomTextCLIP(**arch).state_dict()
    state['logit_bias'] = torch.tensor(-12.5)
    torch.save(state, tmp_path / 'siglip.pt')
    clip = load_clip(arch, str(tmp_path / 'siglip.pt'))
    assert clip.logit_bias == -12.5
    assert load_clip(text_arch('CLIPA')).logit_bias is None
    del state['logit_bias']
    torch.save(state, tmp_path / 'clip.pt')
    with pytest.raises(UserError, match='missing .*logit_bias'):
        load_clip(arch, str(tmp_path / 'clip.pt'))
