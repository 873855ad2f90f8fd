"""Text towers without a mask or with another tokenizer, against open_clip."""

import pytest
import torch
from helpers import assert_same, deep_prompts
from open_clip.tokenizer import HFTokenizer, SimpleTokenizer
from tiny import CLASSES
from tiny_texts import TEXTS, text_arch

from vlprompt.errors import UserError
from vlprompt.models import CLIPTextTower, load_clip
from vlprompt.models.adapters.inside_part import InsidePart
from vlprompt.models.clip.model import make_model
from vlprompt.models.text_ends import finish_texts
from vlprompt.models.texts import ClassTexts

FAMILIES = [*TEXTS]
UNMASKED = [name for name in FAMILIES if name != 'MetaCLIP2']


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


@pytest.mark.parametrize('with_cp', [False, True])
def test_gradients_of_all_weights_equal_open_clip(loaded, with_cp):
    clip, tokenize = loaded
    clip.text.requires_grad_()
    ids = tokenize([f'a photo of a {name}.' for name in CLASSES])
    tower = CLIPTextTower(clip.text, with_cp=with_cp)
    texts = tokens(clip, 'a photo of a {}.')
    grads = []
    for encode in (lambda: clip.text(ids), lambda: tower(texts)):
        clip.text.zero_grad()
        torch.manual_seed(2)
        out = encode()
        (out * torch.randn_like(out)).sum().backward()
        grads.append({n: p.grad for n, p in clip.text.named_parameters()})
    for name, grad in grads[0].items():
        torch.testing.assert_close(
            grads[1][name], grad, atol=1e-9, rtol=1e-8, msg=name
        )
    assert all(grad.abs().sum() > 1e-8 for grad in grads[0].values())


class Added(InsidePart):
    """Adds a matrix of its own to the queries, as LoRA does."""

    matrices = ('q',)

    def __init__(self, width):
        super().__init__()
        self.added = torch.nn.Parameter(torch.randn(width, width) / 4)

    def delta(self, name, x):
        return x @ self.added.T


def test_what_is_added_to_matrices_may_be_in_the_weights(loaded):
    clip, tokenize = loaded
    tower = CLIPTextTower(clip.text, adapters=[dict(type=Added)]).double()
    texts = tokens(clip, 'a photo of a {}.')
    ours, plain = tower(texts), CLIPTextTower(clip.text)(texts)
    blocks = clip.text.transformer.resblocks
    for block, (part,) in zip(blocks, tower.adapters, strict=True):
        block.attn.in_proj_weight.data[:16] += part.added.data
    ids = tokenize([f'a photo of a {name}.' for name in CLASSES])
    torch.testing.assert_close(ours, clip.text(ids), atol=1e-11, rtol=1e-10)
    assert not torch.allclose(ours, plain, atol=1e-4)


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
        finish_texts(None, every, texts), expected, atol=1e-12, rtol=1e-12
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


def test_tokens_of_other_towers_are_not_pooled():
    """Their embeddings would be means of nothing."""
    from vlprompt.models import CLIPVisionTower

    visual = load_clip(text_arch('CLIPA', pool_type='avg')).visual
    pooler = dict(type='DistanceCovariancePooler', reduced_dim=4)
    with pytest.raises(UserError, match='token_pooler embeds tokens as'):
        CLIPVisionTower(visual, token_pooler=pooler)
