"""What every registered part must do, asked of each of them.

A new part adds its smallest valid config to ``EXAMPLES``.
"""

import copy
import inspect
import re
from functools import cache

import pytest
import torch
from mmaction.structures import ActionDataSample
from tiny import CLASSES, TINY

from vlprompt.errors import UserError
from vlprompt.models import SimilarityHead, load_clip, roles
from vlprompt.models.builder import build_part, check_role
from vlprompt.registry import MODELS

DEEP = dict(type='DeepPrompts')
LEARNER = dict(type='PromptLearner', text=DEEP, visual=DEEP)
BASE = dict(
    type='VideoTextRecognizer',
    clip=dict(arch=TINY),
    backbone=dict(type='CLIPVisionTower'),
    texts=dict(type='ClassTexts', template='[3] {}.'),
    prompts=LEARNER,
    cls_head=dict(type='SimilarityHead'),
    trainable=['prompts.*'],
    data_preprocessor=dict(
        type='ActionDataPreprocessor', format_shape='NCTHW'
    ),
)
FRAMES = 6  # of the longest clip
# The role of a folder's classes, and those of its classes that use the role.
ROLES = dict(
    adapters=roles.Adapter,
    conditioners=roles.Conditioner,
    heads=roles.Head,
    poolers=roles.Pooler,
    prompts=roles.Prompts,
    texts=roles.Texts,
    token_poolers=roles.TokenPooler,
)
OTHER_ROLES = dict(VideoConditionalPrompts=roles.LastLayerPrompts)
WITHOUT_ROLE = ('Coupling', 'PromptLearner', 'ViLTPrompts')
HEAD = dict(type='SimilarityHead')
PLAIN = dict(texts=dict(type='ClassTexts'), prompts=None)
CACHED = torch.arange(len(CLASSES))
SENTENCES = {name: [f'{name} here', 'a sentence'] for name in CLASSES}


def tower(*adapters, **kwargs):
    return dict(type='CLIPVisionTower', adapters=adapters, **kwargs)


def pooled(*patterns, **pooler):
    """Vanilla CLIP with a pooler whose weights are learnt."""
    return dict(PLAIN, pooler=pooler, trainable=['pooler.*', *patterns])


def paired(head, **options):
    """Vanilla CLIP with a head that scores pairs, in a batch."""
    return dict(
        texts=dict(type='BatchLabelTexts'),
        prompts=None,
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type=head,
            alignment=dict(type='SymmetricContrastiveLoss'),
            **options,
        ),
        trainable=['cls_head.*'],
    )


def adapted(*adapters, **kwargs):
    """Vanilla CLIP with adapters that are learnt."""
    return dict(
        PLAIN,
        backbone=tower(*adapters, **kwargs),
        trainable=['backbone.adapters.*'],
    )


def shared(*adapters):
    """CLIP with adapters without parameters; its tower is learnt."""
    return dict(
        PLAIN, backbone=tower(*adapters), trainable=['backbone.visual.*']
    )


def described(texts, **kwargs):
    """The text tower learns from sentences about the classes."""
    return dict(
        texts=dict(type=texts, descriptions=SENTENCES),
        prompts=None,
        trainable=['text_encoder.text.transformer.*'],
        **kwargs,
    )


def in_batch(alignment, **kwargs):
    """The text tower learns from the texts of a batch."""
    return dict(
        texts=dict(type='BatchLabelTexts', template=['a {}', 'some {} here']),
        prompts=None,
        cls_head=dict(type='ContrastiveHead', alignment=dict(type=alignment)),
        trainable=['text_encoder.text.transformer.*'],
        **kwargs,
    )


def beside_teacher(loss, *patterns):
    """VL prompting with a regularizer that compares with the frozen CLIP."""
    return dict(
        teacher=dict(texts=dict(type='ClassTexts', template='a {}.')),
        cls_head=dict(HEAD, regularizers=dict(teacher=dict(type=loss))),
        trainable=['prompts.*', *patterns],
    )


OST = dict(
    texts=dict(type='TwoLevelTexts', spatial=SENTENCES, temporal=SENTENCES),
    prompts=None,
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='OptimalTransportHead', alignment=dict(type='SoftTargetKLLoss')
    ),
    trainable=['text_encoder.text.transformer.*'],
)


def pooling_tokens(video):
    """Heads on statistics of the tokens of both towers."""
    text = dict(type='DistanceCovariancePooler', reduced_dim=4)
    return dict(
        PLAIN,
        backbone=tower(token_pooler=dict(type=video, reduced_dim=4)),
        text_encoder=dict(type='TokenPoolingTextTower', token_pooler=text),
        cls_head=dict(
            type='ProbabilityEnsembleHead',
            members=dict(
                linear=dict(
                    type='LinearHead', num_classes=len(CLASSES), dropout=0.0
                ),
                bdc=dict(HEAD, test_divisor=5),
            ),
            weights=[dict(cosine=0.2, linear=0.3, bdc=0.5)],
        ),
        trainable=[
            'backbone.token_pooler.*',
            'text_encoder.token_pooler.*',
            'cls_head.*',
        ],
    )


# For each registered class a change of BASE that has it in the model.
EXAMPLES = {
    'AIMAdapter': adapted(dict(type='AIMAdapter', num_temporal=2)),
    'BottleneckAdapter': adapted(dict(type='BottleneckAdapter')),
    'CLIPTextTower': dict(text_encoder=dict(type='CLIPTextTower')),
    'CLIPVisionTower': dict(
        backbone=dict(type='CLIPVisionTower', patch_tokens=True)
    ),
    'SampledClassTexts': dict(
        texts=dict(type='SampledClassTexts', template='[3] {}.', num=4)
    ),
    'CaptionTexts': dict(
        texts=dict(type='CaptionTexts', template='[3] {}'),
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type='SymmetricContrastiveLoss'),
        ),
    ),
    'ClassPrompts': dict(
        prompts=dict(
            type='PromptLearner',
            text=dict(type='ClassPrompts', num_classes=len(CLASSES)),
        )
    ),
    'ClassTexts': dict(texts=dict(type='ClassTexts', template='[1] {} [2]')),
    'ClassTokenPooler': pooled(
        type='ClassTokenPooler', num_positions=FRAMES, dropout=0.0
    ),
    'DescriptionTexts': described('DescriptionTexts'),
    'TemplatedDescriptionTexts': described('TemplatedDescriptionTexts'),
    'BatchDescriptionTexts': described(
        'BatchDescriptionTexts',
        cls_head=dict(
            type='ContrastiveHead', alignment=dict(type='SoftTargetKLLoss')
        ),
    ),
    'TwoLevelTexts': OST,
    'OptimalTransportHead': OST,
    'Conv1dPooler': pooled(type='Conv1dPooler'),
    'Coupling': dict(
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0, 1]),
            couplings=[dict(source='text', target='visual', layers=[0, 1])],
        )
    ),
    'DeepPrompts': dict(
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0]),
            visual=dict(type='DeepPrompts', num=5, layers=[1, 2]),
        )
    ),
    'DistanceCovariancePooler': pooling_tokens('DistanceCovariancePooler'),
    'FeatureDistillationLoss': beside_teacher(
        'FeatureDistillationLoss', 'cls_head.regularizers.*'
    ),
    'FrameClassificationHead': dict(
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='FrameClassificationHead'),
    ),
    'FramesPreprocessor': dict(
        data_preprocessor=dict(type='FramesPreprocessor', format_shape='NCTHW')
    ),
    'HeadShift': shared(dict(type='HeadShift')),
    'IdentityPooler': dict(
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(HEAD, fusion='decision'),
    ),
    'JointFrames': shared(dict(type='JointFrames', layers=[1, 3])),
    'ContrastiveHead': in_batch('SymmetricContrastiveLoss'),
    'MoTEHead': dict(
        PLAIN,
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='MoTEHead', num_layers=2, num_supervised=len(CLASSES)
        ),
        trainable=['cls_head.blocks.*', 'cls_head.positions'],
    ),
    'LSTMPooler': pooled(type='LSTMPooler'),
    'BatchLabelTexts': in_batch('SymmetricContrastiveLoss'),
    'LinearHead': dict(
        texts=None,
        prompts=None,
        backbone=tower(project=False),
        cls_head=dict(
            type='LinearHead', num_classes=len(CLASSES), dropout=0.0
        ),
        trainable=['cls_head.*', 'backbone.visual.ln_post.*'],
    ),
    'LinearAdapter': adapted(dict(type='LinearAdapter', dropout=0.0)),
    'LoRA': adapted(dict(type='LoRA', rank=2, scale=0.7)),
    'LogitConsistencyLoss': beside_teacher('LogitConsistencyLoss'),
    'MeanPooler': dict(pooler=dict(type='MeanPooler')),
    'MeanThenNormPooler': dict(
        texts=None,
        prompts=None,
        backbone=tower(project=False),
        pooler=dict(type='MeanThenNormPooler'),
        cls_head=dict(
            type='LinearHead', num_classes=len(CLASSES), dropout=0.0
        ),
        trainable=['cls_head.*', 'backbone.visual.ln_post.*'],
    ),
    'MessageToken': adapted(dict(type='MessageToken')),
    'PreAttentionSTAdapter': adapted(
        dict(type='PreAttentionSTAdapter', hidden=8)
    ),
    # that of the last layer never learns
    'PreMLPSTAdapter': adapted(
        dict(type='PreMLPSTAdapter', hidden=8, layers=[0, 1, 2])
    ),
    'NeighborKV': shared(dict(type='NeighborKV')),
    'SymmetricContrastiveLoss': in_batch('SymmetricContrastiveLoss'),
    'MotionLoss': dict(
        PLAIN,
        backbone=tower(dict(type='BottleneckAdapter')),
        cls_head=dict(HEAD, regularizers=dict(motion=dict(type='MotionLoss'))),
        trainable=['backbone.adapters.*'],
    ),
    'PositionPrompts': dict(
        prompts=dict(type='PromptLearner', text=dict(type='PositionPrompts'))
    ),
    'ProbabilityEnsembleHead': pooling_tokens('DistanceCovariancePooler'),
    'CacheHead': dict(
        PLAIN, cls_head=dict(type='CacheHead'), trainable=['cls_head.keys']
    ),
    'PromptLearner': dict(prompts=LEARNER),
    'SigmoidContrastiveLoss': dict(
        in_batch('SigmoidContrastiveLoss'),
        trainable=['text_encoder.text.transformer.*', 'cls_head.logit_bias'],
    ),
    'SoftTargetKLLoss': in_batch('SoftTargetKLLoss'),
    'ScenarioCosineLoss': dict(
        texts=dict(
            type='ClassTexts', template='[3] {}.', anchor_template='a {}.'
        ),
        cls_head=dict(
            HEAD,
            regularizers=dict(scenario=dict(type='ScenarioCosineLoss')),
        ),
    ),
    'RandomTemplateTexts': dict(
        texts=dict(type='RandomTemplateTexts', template=['a {}', 'some {}']),
        prompts=None,
        trainable=['text_encoder.text.transformer.*'],
    ),
    'SimilarityHead': dict(
        trainable=['prompts.*', 'cls_head.logit_scale'],
    ),
    'StochasticTextHead': paired(
        'StochasticTextHead',
        num_frames=FRAMES,
        support_weight=0.8,
        dropout=0.0,
    ),
    'StoredFramesTower': dict(backbone=dict(type='StoredFramesTower')),
    'TemporalDistanceCovariancePooler': pooling_tokens(
        'TemporalDistanceCovariancePooler'
    ),
    'TemporalContext': adapted(
        dict(type='TemporalContext', num_tokens=4, max_merged=3)
    ),
    'TemporalShift': dict(backbone=tower(dict(type='TemporalShift'))),
    'TestTimeCacheHead': dict(
        cls_head=dict(
            type='TestTimeCacheHead',
            positive=dict(size=3, alpha=3.0, beta=8.0),
            negative=dict(
                size=2,
                alpha=0.117,
                beta=1.0,
                entropy=(0.2, 0.5),
                mask=(0.03, 1.0),
            ),
        )
    ),
    'TemporalToken': adapted(
        dict(type='TemporalToken', num_frames=1, dropout=0.0)
    ),
    'TokenPoolingTextTower': pooling_tokens('DistanceCovariancePooler'),
    'TokenDropPath': dict(backbone=tower(dict(type='TokenDropPath'))),
    'TextConsistencyLoss': beside_teacher('TextConsistencyLoss'),
    'TextPoolingHead': paired('TextPoolingHead', dropout=0.0),
    'TightTransformerHead': dict(
        texts=dict(type='BatchLabelTexts'),
        prompts=None,
        pooler=dict(type='IdentityPooler'),
        backbone=tower(dict(type='MessageToken')),
        clip=dict(arch={**TINY, 'embed_dim': 16}),
        cls_head=dict(
            type='TightTransformerHead',
            alignment=dict(type='SymmetricContrastiveLoss'),
            num_layers=2,
            dropout=0.0,
        ),
        trainable=['cls_head.blocks.*', 'cls_head.ln_pool.*'],
    ),
    'TimeEmbedding': dict(
        PLAIN,
        backbone=tower(
            embeddings=[
                dict(type='TimeEmbedding', num_frames=2, resize='nearest')
            ]
        ),
        trainable=['backbone.embeddings.*'],
    ),
    'TokenInteractionHead': dict(
        paired('TokenInteractionHead'),
        text_encoder=dict(type='CLIPTextTower', all_tokens='longest'),
    ),
    'TransformerPooler': pooled(type='TransformerPooler', num_layers=2),
    'UnitMeanPooler': dict(pooler=dict(type='UnitMeanPooler')),
    'ViLTPrompts': dict(prompts=dict(type='ViLTPrompts', depth=3, split=1)),
    'VideoConsistencyLoss': beside_teacher('VideoConsistencyLoss'),
    'VideoConditionalPrompts': dict(
        prompts=dict(
            type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
        ),
        backbone=tower(dict(type='TemporalContext', num_tokens=4)),
        text_encoder=dict(type='CLIPTextTower', stop_before_last=True),
        conditioner=dict(type='VideoConditionalPrompts'),
        trainable=['conditioner.*'],
    ),
    'VideoSpecificPrompts': dict(
        PLAIN,
        backbone=tower(patch_tokens=True),
        conditioner=dict(type='VideoSpecificPrompts'),
        trainable=['conditioner.*'],
    ),
    'VideoTextRecognizer': dict(),
    'VitaTokens': adapted(dict(type='VitaTokens', num_frames=1)),
}
# Parameters of which a row is only used by longer clips or texts are left
# with zeros in their gradient; none may be left with zeros alone.


def registered():
    return sorted(
        {
            cls.__name__
            for cls in MODELS.module_dict.values()
            if cls.__module__.startswith('vlprompt.')
        }
    )


def build(name, **changes):
    """The model of an example; the same weights each time."""
    model = _build(name, **changes) if changes else _build_once(name)
    tokenizer = _tokenizer()
    return copy.deepcopy(model, {id(tokenizer): tokenizer})


@cache
def _tokenizer():
    """The one that all models share; a copy of it takes long."""
    return load_clip(TINY).tokenizer


@cache
def _build_once(name):
    return _build(name)


def _build(name, **changes):
    torch.manual_seed(0)
    model = MODELS.build({**BASE, **EXAMPLES[name], **changes})
    if name != 'CaptionTexts':
        model.set_classes(CLASSES)
    for module in model.modules():
        if hasattr(module, 'drop_prob'):
            module.drop_prob = 0.0
        if hasattr(module, 'set_cache'):
            module.set_cache(torch.randn(len(CLASSES), 24), CACHED)
    # what starts at zero would keep others from learning
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.02 * torch.randn_like(p)
    return model


def clips(batch=2, frames=3):
    generator = torch.Generator().manual_seed(batch * 10 + frames)
    return torch.randn(batch, 1, 3, frames, 32, 32, generator=generator)


def samples(num):
    return [
        ActionDataSample(metainfo=dict(text=CLASSES[i])).set_gt_label(i)
        for i in range(num)
    ]


def total(model, inputs):
    torch.manual_seed(0)  # some texts are drawn
    losses = model(inputs, samples(len(inputs)), mode='loss')
    return sum(v for k, v in losses.items() if k.startswith('loss'))


def gradients(model, inputs):
    model.zero_grad()
    total(model.train(), inputs).backward()
    return {n: p.grad for n, p in model.named_parameters() if p.requires_grad}


def test_every_registered_class_has_an_example():
    assert registered() == sorted(EXAMPLES)


def test_every_registered_class_is_described():
    for name in registered():
        assert MODELS.get(name).__doc__, name


def role_of(name):
    if getattr(MODELS.get(name), 'acts_inside', False):
        return roles.InsidePart
    folder = MODELS.get(name).__module__.split('.')[2]
    if name in OTHER_ROLES:
        return OTHER_ROLES[name]
    return None if name in WITHOUT_ROLE else ROLES.get(folder)


def methods(role):
    """The names of the arguments of what a role can be asked to do."""
    for name, method in inspect.getmembers(role, inspect.isfunction):
        if name == '__call__' or not name.startswith('_'):
            name = 'forward' if name == '__call__' else name
            yield name, [*inspect.signature(method).parameters]


@pytest.mark.parametrize('name', [*filter(role_of, EXAMPLES)])
def test_it_plays_its_role(name):
    """It has the members, and its methods take the same arguments."""
    role = role_of(name)
    part = next(m for m in build(name).modules() if type(m).__name__ == name)
    check_role(part, role)
    for method, arguments in methods(role):
        signature = inspect.signature(getattr(type(part), method))
        assert [*signature.parameters][: len(arguments)] == arguments, method


# all but a conditioner, which is just called
@pytest.mark.parametrize(
    'role',
    [
        role
        for role in dict.fromkeys([*ROLES.values(), *OTHER_ROLES.values()])
        if role is not roles.Conditioner
    ],
)
def test_who_lacks_a_member_of_its_role_is_refused(role):
    class Nothing(torch.nn.Module):
        def forward(self):
            """Takes no arguments."""

    members = len([*inspect.get_annotations(role), *methods(role)]) - 1
    with pytest.raises(UserError, match=f'a {role.__name__} of') as error:
        build_part(dict(type=Nothing), role)
    assert str(error.value).count(' no ') == members


@pytest.mark.parametrize('name', EXAMPLES)
class TestContract:
    """Each part, in the smallest model that has it."""

    def test_its_class_is_in_the_model(self, name):
        kinds = {type(m).__name__ for m in build(name).modules()}
        assert name in kinds

    @pytest.mark.parametrize(('batch', 'frames'), [(1, 1), (3, 5)])
    def test_any_batch_and_number_of_frames(self, name, batch, frames):
        model = build(name).eval()
        with torch.no_grad():
            results = model.predict(clips(batch, frames), samples(batch))
        assert len(results) == batch
        for result in results:
            if name == 'CaptionTexts':
                assert result.video_feature.shape == (24,)
                assert result.text_feature.shape == (1, 24)
            else:
                assert result.pred_score.numel() == len(CLASSES)
                assert result.pred_score.isfinite().all()

    def test_videos_need_no_texts(self, name):
        """MMAction2's tools call a model without samples."""
        model = build(name).eval()
        with torch.no_grad():
            visual = model(clips(2, 3), mode='tensor')
            videos, _ = model.extract_feat(clips(2, 3), stage='neck')
        assert visual.frames.shape[:2] == (2, 3)
        assert videos.shape[0] == 2

    def test_frozen_parameters_do_not_move(self, name):
        model = build(name)
        before = {n: p.clone() for n, p in model.named_parameters()}
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
        total(model.train(), clips()).backward()
        optimizer.step()
        for parameter, p in model.named_parameters():
            moved = not torch.equal(p, before[parameter])
            assert moved == p.requires_grad, parameter

    def test_parameters_that_learn_get_gradients_and_others_none(self, name):
        model = build(name)
        grads = gradients(model, clips())
        assert grads
        for parameter, grad in grads.items():
            assert grad is not None, parameter
            assert grad.abs().sum() > 0, parameter
        for parameter, p in model.named_parameters():
            assert p.requires_grad or p.grad is None, parameter

    def test_checkpointing_changes_nothing(self, name):
        plain = build(name)
        recomputed = build(name)
        recomputed.backbone.with_cp = True
        if recomputed.text_encoder is not None:
            recomputed.text_encoder.with_cp = True
        expected = gradients(plain, clips())
        for parameter, grad in gradients(recomputed, clips()).items():
            torch.testing.assert_close(grad, expected[parameter])

    def test_a_second_forward_changes_nothing(self, name):
        model = build(name)
        expected = gradients(model, clips())
        model.zero_grad()
        loss = total(model, clips())
        total(model, clips(3, 2))
        loss.backward()
        for parameter, p in model.named_parameters():
            if p.requires_grad:
                assert torch.equal(p.grad, expected[parameter]), parameter

    def test_bf16_is_close(self, name):
        model = build(name).train()
        exact = total(model, clips())
        with torch.autocast('cpu', torch.bfloat16):
            loss = total(model, clips())
        torch.testing.assert_close(loss, exact, atol=0.1, rtol=0.05)
        loss.backward()

    def test_the_state_goes_round(self, name):
        model, other = build(name), build(name)
        for p in other.parameters():
            if p.requires_grad:
                p.data += 1
        other.load_state_dict(model.state_dict())
        for parameter, p in other.named_parameters():
            assert torch.equal(p, model.get_parameter(parameter)), parameter


@pytest.mark.parametrize(
    'name', [n for n in EXAMPLES if issubclass(MODELS.get(n), SimilarityHead)]
)
def test_every_head_that_compares_texts_distills(name):
    parts = {**BASE, **EXAMPLES[name]}
    loss = dict(type='FeatureDistillationLoss')
    head = dict(parts['cls_head'], regularizers=dict(near=loss))
    slots = '[' in str(parts['texts'].get('template', ''))
    own = dict(texts=dict(parts['texts'], template='a {}.')) if slots else {}
    model = build(
        name,
        cls_head=head,
        teacher=own,
        trainable=[*parts['trainable'], 'cls_head.regularizers.*'],
    )
    losses = model.train()(clips(), samples(2), mode='loss')
    assert losses['loss_near'].isfinite()
    losses['loss_near'].backward()
    for projector in model.cls_head.regularizers['near'].projectors.values():
        assert all(p.grad.isfinite().all() for p in projector.parameters())


def test_a_key_that_nobody_takes_is_refused():
    line = "ViLTPrompts does not take the key 'depht'; did you mean depth"
    with pytest.raises(UserError, match=re.escape(line)):
        build('ViLTPrompts', prompts=dict(type='ViLTPrompts', depht=3))
    with pytest.raises(TypeError, match='poler'):
        build('MeanPooler', poler=dict(type='MeanPooler'))
    with pytest.raises(
        UserError, match='registered model; did you mean MeanPooler'
    ):
        build_part(dict(type='MeanPoler'))
