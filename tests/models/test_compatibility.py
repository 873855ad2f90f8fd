"""Parts that do not fit each other, and CLIPs by name."""

import pytest
import torch
from tiny import CLASSES, TINY

from vlprompt.errors import UserError
from vlprompt.models.clip.model import make_model
from vlprompt.models.towers import CLIPTextTower, CLIPVisionTower
from vlprompt.registry import MODELS


def build(**parts):
    cfg = dict(
        type='VideoTextRecognizer',
        clip=dict(arch=TINY),
        backbone=dict(type='CLIPVisionTower'),
        texts=dict(type='ClassTexts'),
        cls_head=dict(type='SimilarityHead'),
    )
    return MODELS.build({**cfg, **parts})


IDENTITY = dict(type='IdentityPooler')
LINEAR = dict(type='LinearHead', num_classes=5)
PAIR = dict(
    type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
)


@pytest.mark.parametrize(
    ('parts', 'message'),
    [
        (dict(pooler=IDENTITY), 'IdentityPooler gives frames'),
        (
            dict(cls_head=dict(type='SimilarityHead', fusion='decision')),
            'MeanPooler gives one video, SimilarityHead takes frames',
        ),
        (
            dict(
                pooler=dict(type='LSTMPooler', reduce=IDENTITY),
                cls_head=LINEAR,
            ),
            'LSTMPooler gives frames',
        ),
        (dict(cls_head=LINEAR), 'LinearHead takes no texts'),
        (dict(texts=None), 'SimilarityHead needs texts'),
        (
            dict(
                pooler=IDENTITY,
                cls_head=dict(PAIR, type='TokenInteractionHead'),
            ),
            "TokenInteractionHead .* all_tokens='longest'",
        ),
        (
            dict(backbone=dict(type='CLIPVisionTower', project=False)),
            'width 32 cannot be compared with texts of width 24',
        ),
        (
            dict(
                pooler=dict(
                    type='TransformerPooler', num_layers=2, init='text'
                )
            ),
            'of width 24 cannot start from .* of width 16',
        ),
        (
            dict(conditioner=dict(type='VideoSpecificPrompts')),
            'needs patch_tokens=True',
        ),
        (
            dict(
                pooler=IDENTITY,
                backbone=dict(type='CLIPVisionTower', patch_tokens=True),
                conditioner=dict(type='VideoSpecificPrompts'),
                cls_head=dict(PAIR, type='TokenInteractionHead'),
                text_encoder=dict(type='CLIPTextTower', all_tokens='full'),
            ),
            'leave out the conditioner VideoSpecificPrompts',
        ),
        (
            dict(cls_head=dict(type='SimilarityHead', fusion='late')),
            "fusion='late'",
        ),
        (
            dict(
                pooler=IDENTITY,
                cls_head=dict(type='SimilarityHead', fusion='image'),
            ),
            "use cls_head=dict\\(type='FrameClassificationHead'\\)",
        ),
        (
            dict(texts=dict(type='ClassTexts', template='clip80')),
            "'clip80' has no {}",
        ),
        (
            dict(
                texts=dict(type='ClassTexts', template=['[2] {}', '{}']),
                prompts=dict(type='PromptLearner', text=dict()),
            ),
            'templates with',
        ),
        (
            dict(
                backbone=dict(
                    type='CLIPVisionTower',
                    adapters=[
                        dict(type='AIMAdapter'),
                        dict(type='MessageToken'),
                    ],
                )
            ),
            'AIMAdapter works inside the block',
        ),
        (
            dict(
                texts=dict(type='ClassTexts', template='[a photo] {}'),
                prompts=dict(
                    type='PromptLearner',
                    text=dict(type='ClassPrompts', num_classes=5),
                ),
            ),
            'start at random',
        ),
    ],
)
def test_parts_that_do_not_fit(parts, message):
    with pytest.raises(UserError, match=message):
        build(**parts).set_classes(CLASSES)


def test_prompts_of_classes_refuse_other_classes():
    model = build(
        texts=dict(type='ClassTexts', template='[2] {}'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='ClassPrompts', num_classes=4),
        ),
    )
    model.set_classes(CLASSES)
    with pytest.raises(UserError, match='5 class texts .* 4 classes'):
        model.eval().extract_feat(torch.randn(1, 1, 3, 1, 32, 32))


def test_a_linear_head_refuses_other_classes():
    model = build(texts=None, cls_head=LINEAR)
    with pytest.raises(UserError, match='3 classes for a linear head of 5'):
        model.set_classes(CLASSES[:3])


def test_captions_are_not_classes():
    model = build(texts=dict(type='CaptionTexts'), cls_head=PAIR)
    with pytest.raises(UserError, match='data set of captions'):
        model.set_classes(CLASSES)
    with pytest.raises(UserError, match='without a caption'):
        model.extract_feat(torch.randn(1, 1, 3, 1, 32, 32))


def test_a_head_of_pairs_refuses_all_classes_in_training():
    model = build(cls_head=PAIR).train()
    model.set_classes(CLASSES)
    features, _ = model.extract_feat(torch.randn(2, 1, 3, 1, 32, 32))
    with pytest.raises(UserError, match='BatchLabelTexts or CaptionTexts'):
        model.cls_head.loss(features, [])


def test_keys_that_a_model_does_without(tmp_path):
    prompted = dict(
        texts=dict(type='ClassTexts', template='[2] {}'),
        prompts=dict(type='PromptLearner', text=dict()),
        trainable=['prompts.*'],
    )
    torch.manual_seed(0)
    state = build(**prompted).state_dict()
    torch.manual_seed(0)
    plain = build()
    with pytest.raises(UserError, match='prompts.free'):
        plain.load_state_dict(state)
    torch.manual_seed(0)
    build(not_loaded=['prompts.*']).load_state_dict(state)


@pytest.mark.parametrize(
    'arch',
    [
        'ViT-B-32-quickgelu',
        'ViT-B-16-quickgelu',
        'ViT-L-14-quickgelu',
        'ViT-L-14-336-quickgelu',
        'ViT-B-32',
        'ViT-B-16',
        'ViT-L-14',
        'ViT-H-14',
        'ViT-g-14',
    ],
)
def test_clips_by_name(arch):
    """OpenAI's, and the families of LAION's and DataComp's weights."""
    with torch.device('meta'):
        clip = make_model(arch)
        vision = CLIPVisionTower(clip.visual, patch_tokens=True)
        text = CLIPTextTower(clip.text)
    assert vision.out_dim == clip.visual.output_dim
    assert text.text.text_projection.shape[1] == clip.visual.output_dim


def test_arguments_by_their_old_names():
    """``then`` and ``start`` are in configs of earlier versions."""
    pooler = dict(type='TransformerPooler', num_layers=1)
    old = dict(pooler, then=dict(type='UnitMeanPooler'), start='torch')
    new = dict(pooler, reduce=dict(type='UnitMeanPooler'), init='torch')
    models = []
    for given in (old, new):
        torch.manual_seed(0)
        models.append(build(pooler=given))
    assert type(models[0].pooler.then).__name__ == 'UnitMeanPooler'
    for a, b in zip(*(model.parameters() for model in models), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize(
    'texts',
    [
        dict(type='ClassTexts', template=['a {}.', 'a video of a {}.']),
        dict(
            type='DescriptionTexts',
            descriptions={name: ['it runs', 'it stops'] for name in CLASSES},
        ),
    ],
)
def test_tokens_of_several_texts_have_no_mean(texts):
    model = build(
        texts=texts,
        text_encoder=dict(type='CLIPTextTower', all_tokens='longest'),
        pooler=IDENTITY,
        cls_head=dict(PAIR, type='TokenInteractionHead'),
    )
    model.set_classes(CLASSES)
    with pytest.raises(UserError, match='the mean of several texts'):
        model.eval().extract_feat(torch.zeros(1, 1, 3, 2, 32, 32))
