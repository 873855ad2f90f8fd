"""Ensembles of heads, and statistics of tokens: what does not fit."""

import pytest
import torch
from test_contracts import CLASSES, build, clips, samples

from vlprompt.errors import UserError

NAME = 'ProbabilityEnsembleHead'


def changed(**head):
    from test_contracts import EXAMPLES

    return build(NAME, cls_head={**EXAMPLES[NAME]['cls_head'], **head})


@pytest.mark.parametrize(
    ('weights', 'message'),
    [
        ([], 'no entry'),
        ([dict(cosine=1.0, text=1.0)], "'text', expected some of cosine"),
        ([dict(cosine=-0.1, bdc=1.0)], 'at least 0'),
        ([dict(cosine=0.0)], 'not all 0'),
        ([dict(num_classes=9)], 'not all 0'),
        ([dict(num_classes=9, bdc=1.0)], r'5 classes, but .* for \[9\]'),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(UserError, match=message):
        changed(weights=weights)


def test_the_entry_of_the_data_set_is_used():
    entries = [
        dict(num_classes=3, cosine=0.4, bdc=0.6),
        dict(cosine=0.3, linear=0.4, bdc=0.3),
    ]
    model = changed(weights=entries, average_clips='prob').eval()
    assert model.cls_head.used_weights() == entries[1]
    model.set_classes(CLASSES[:3])  # no linear head for these
    assert model.cls_head.used_weights() == dict(cosine=0.4, bdc=0.6)
    with torch.no_grad():
        (sample,) = model.predict(clips(1), samples(1))
    assert sample.pred_score.shape == (3,)
    assert sample.pred_score.sum().item() == pytest.approx(1)
    with pytest.raises(UserError, match='3 classes'):
        model.train()(clips(1), samples(1), mode='loss')


def test_a_member_with_weight_wants_its_classes():
    model = changed(weights=[dict(cosine=0.5, linear=0.5)])
    with pytest.raises(UserError, match='3 classes'):
        model.set_classes(CLASSES[:3])


def test_members_without_weight_are_not_computed():
    model = changed(weights=[dict(cosine=1.0, linear=0.0, bdc=0.0)]).eval()
    for member in model.cls_head.members.values():
        member.forward = None
    with torch.no_grad():
        feats, _ = model.extract_feat(clips())
        cosines = model.cls_head.member_logits('cosine', feats)
        found = model.cls_head(feats)
    torch.testing.assert_close(found, cosines.log_softmax(-1))


def test_statistics_need_a_token_pooler():
    tower = dict(type='CLIPVisionTower')
    with pytest.raises(UserError, match='backbone needs a token_pooler'):
        build(NAME, backbone=tower)


def test_both_towers_need_one():
    tower = dict(type='CLIPTextTower')
    with pytest.raises(UserError, match='text_encoder'):
        build(NAME, text_encoder=tower)


def test_tokens_are_pooled_in_the_joint_space():
    pooler = dict(type='DistanceCovariancePooler')
    tower = dict(type='CLIPVisionTower', project=False, token_pooler=pooler)
    with pytest.raises(UserError, match='project=True'):
        build(NAME, backbone=tower)


def test_a_clip_with_padding_is_refused():
    model = build(NAME)
    padded = samples(2)
    padded[0].set_metainfo(dict(num_valid_frames=2))
    padded[1].set_metainfo(dict(num_valid_frames=3))
    with pytest.raises(UserError, match='padded to 3'):
        model(clips(2, 3), padded, mode='loss')


def test_texts_of_any_kind_are_embedded_without_statistics():
    model = build(NAME).eval()
    with torch.no_grad():
        assert model.encode_texts(['a dog', 'a cat']).shape == (2, 24)
        assert model.encode_texts().shape == (len(CLASSES), 24)
