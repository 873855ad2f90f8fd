"""BDC-CLIP."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import take_split_towers
from .vifi import OF_CLASSES, TEXT_TOWER

JOINT = (3, 7, 11)  # the layers whose frames attend to each other
ROOTS = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')
VISUAL, TEXT = 'backbone.token_pooler', 'text_encoder.token_pooler'
MEMBERS = 'cls_head.members'


def bdc(keys: KeyMapper) -> dict[str, Any]:
    """BDC-CLIP: towers named as ViFi-CLIP's, adapters and a linear head."""
    keys.drop(
        r'prompt_learner\.(token_\w+|complete_text_embeddings)', OF_CLASSES
    )
    reduced = len(keys.look('vision_reduce.weight'))
    blocks = keys.numbers(r'image_encoder\.transformer\.resblocks\.(\d+)\..+')
    joint = [i for i in JOINT if i in blocks]
    for theirs, ours in (('vision', VISUAL), ('text', TEXT)):
        keys.to_part(rf'{theirs}_norm\.(\w+)', rf'{ours}.norm.\1')
        keys.to_part(rf'{theirs}_reduce\.weight', f'{ours}.reduce.weight')
    for theirs, ours in (('q', 'query'), ('k', 'key')):
        keys.to_part(
            rf'vision_{theirs}_proj\.weight', f'{VISUAL}.{ours}.weight'
        )
    keys.to_part('logits_scale_vision', f'{MEMBERS}.bdc.logit_scale')
    members, weights = _take_linear_head(keys)
    keys.to_clip('logit_scale_clip', 'logit_scale')
    take_split_towers(keys)
    members['bdc'] = dict(
        type='SimilarityHead', temperature=0.01, test_divisor=5.0
    )
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='JointFrames', layers=joint)] if joint else [],
            token_pooler=dict(
                type='TemporalDistanceCovariancePooler', reduced_dim=reduced
            ),
        ),
        text_encoder=dict(
            type='TokenPoolingTextTower',
            token_pooler=dict(
                type='DistanceCovariancePooler', reduced_dim=reduced
            ),
        ),
        texts=dict(
            type='DescriptionTexts',
            descriptions=[f'data/{root}/descriptions.json' for root in ROOTS],
            use='random',
            template='{text}',
        ),
        cls_head=dict(
            type='ProbabilityEnsembleHead',
            members=members,
            weights=weights,
            label_smooth_eps=0.1,
        ),
        trainable=[
            'backbone.*',
            f'{TEXT}.*',
            *TEXT_TOWER,
            'cls_head.*',
        ],
    )


def _take_linear_head(
    keys: KeyMapper,
) -> tuple[dict[str, dict], list[dict[str, float]]]:
    """The linear head, if there is one, and what heads weigh.

    The weights are those that the released code has where a data set has
    none of its own, and for other classes than were trained those of its
    zero-shot tests.
    """
    weights = [dict(num_classes=160, cosine=0.9, bdc=0.1)]
    weights.append(dict(cosine=0.1, bdc=0.9))
    names = keys.find(r'vision_bdc_head(?:_downstream)?\.weight')
    if not names:
        return {}, weights
    classes = len(keys.look(names[0][0]))
    name = names[0][0].removesuffix('.weight')
    keys.to_part(rf'{name}\.(\w+)', rf'{MEMBERS}.linear.fc_cls.\1')
    head = dict(type='LinearHead', num_classes=classes, dropout=0.0, std=None)
    own = dict(num_classes=classes, cosine=0.2, linear=0.3, bdc=0.5)
    return dict(linear=head), [own, *weights]
