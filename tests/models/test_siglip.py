"""Models of SigLIP's towers: their tokenizers, bias and sigmoid loss."""

import builtins

import open_clip
import pytest
import torch
from helpers import build, clips, samples
from tiny import CLASSES
from tiny_texts import text_arch
from tiny_timm import VISION

from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.models.texts import ClassTexts, RandomTemplateTexts


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
        ClassTexts(other.tokenizer, template='{}').set_classes(CLASSES)
    with pytest.raises(UserError, match="CLIP's own tokenizer"):
        load_clip(text_arch('MobileCLIP2-L'), tokenizer=folders['siglip'])


@pytest.mark.parametrize(
    'kind, folder', [('SigLIP', 'siglip'), ('MetaCLIP2', 'metaclip2')]
)
def test_drawn_texts_end_where_all_texts_do(folders, kind, folder):
    """The largest id is that of a word here, not of the end."""
    clip = load_clip(text_arch(kind), tokenizer=folders[folder])
    texts = RandomTemplateTexts(
        clip.tokenizer, template=['{}', 'a photo of {}'], classes=CLASSES
    )
    everything, drawn = texts.eval()(), texts.train()()
    assert torch.equal(drawn.ends, everything.ends[drawn.drawn])
    length = drawn.ids.size(1)
    assert torch.equal(drawn.ids, everything.ids[drawn.drawn, :length])


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


def test_every_contrastive_loss_has_the_bias(float64):
    """T-MASS has a loss of its own, which has to add it too."""
    model = build(
        texts=dict(type='BatchLabelTexts', template='a photo of a {}'),
        prompts=None,
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='StochasticTextHead',
            num_frames=4,
            dropout=0.0,
            alignment=dict(type='SigmoidContrastiveLoss'),
        ),
        trainable=['cls_head.*'],
    ).double()
    inputs, labels = clips(2).double(), samples(0, 1)

    def loss():
        torch.manual_seed(1)  # of the points
        return model(inputs, labels, mode='loss')['loss_alignment']

    bias = model.train().cls_head.logit_bias
    low = loss()
    (slope,) = torch.autograd.grad(low, bias)
    bias.data += 1e-6
    assert (loss() - low).item() == pytest.approx(1e-6 * slope.item(), 1e-4)
    assert slope.item() != 0


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
