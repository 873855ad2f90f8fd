"""Every variant of the zoo fits every method, or says why it does not."""

from argparse import Namespace

import pytest

from vlprompt.errors import UserError
from vlprompt.toy.zoo import SYSTEMS
from vlprompt.toy.zoo_cell import misfit, prepare
from vlprompt.toy.zoo_variants import VARIANTS, trainings_of

LINEAR = dict(
    distillation="LinearHead does not take the key 'regularizers'",
    descriptions='LinearHead takes no texts',
)
NEIGHBORS = dict.fromkeys(
    ('sharing', 'shift'), 'the method itself has NeighborKV'
)
SHIFTED = dict.fromkeys(
    ('sharing', 'shift'), 'the method itself has HeadShift'
)
DISTILLED = dict(distillation='the method itself has FeatureDistillationLoss')
TOKENS = (
    'has the mean of several texts of a class, but this model needs the '
    'tokens of each text, which have no mean: give each class a single text'
)
JOINED = (
    'needs the frames of a layer apart, which '
    'JointFrames makes one sequence: give the two different layers=[...]'
)
MISFITS = {
    'clip/clip_toy': dict(distillation='the method learns nothing'),
    'bdc/bdc_toy': dict(
        descriptions='DescriptionTexts reads descriptions already',
        sharing=f'NeighborKV {JOINED}',
        shift=f'HeadShift {JOINED}',
    ),
    'ost/ost_toy': dict(
        descriptions='TwoLevelTexts reads descriptions already'
    ),
    'wti/wti_toy': dict(descriptions=f'BatchDescriptionTexts {TOKENS}'),
    'tc_clip/tc_clip_toy': dict(
        descriptions=f'DescriptionTexts {TOKENS}',
        sharing='TemporalContext cannot tell the patches of a frame from '
        'those that another adapter adds to its keys: leave one out',
    ),
    'aim/aim_toy': LINEAR,
    'st_adapter/st_adapter_toy': LINEAR,
    'zeroi2v/zeroi2v_toy': {**LINEAR, **SHIFTED},
    'openvclip/openvclip_toy': NEIGHBORS,
    'froster/froster_toy': {**NEIGHBORS, **DISTILLED},
    'mixtures/vilt_distilled_toy': DISTILLED,
    'mixtures/lora_froster_toy': DISTILLED,
}
CONFIGS = [config for config, _ in SYSTEMS.values()]


@pytest.fixture
def args(toy, tmp_path):
    return Namespace(data=toy, out=tmp_path, epochs=2, batch_size=8)


@pytest.mark.slow
@pytest.mark.parametrize('config', CONFIGS)
def test_a_variant_fits_or_says_why(args, config):
    reasons = {
        variant: misfit(args, config, variant)
        for variant in trainings_of(list(VARIANTS))
    }
    found = {v: reason for v, reason in reasons.items() if reason}
    assert found == MISFITS.get(config, {})


def test_prompts_stay_around_descriptions(args):
    config = prepare(args, 'vilt/vilt_toy', 'descriptions')
    plain = prepare(args, 'vilt/vilt_toy', 'plain')
    assert config.model.texts == dict(
        type='DescriptionTexts',
        template='[8] {name}: {text}.',
        anchor_template='a video of a {}.',
        descriptions=str(args.data / 'descriptions.json'),
    )
    assert {**config.model, 'texts': 0} == {**plain.model, 'texts': 0}


def test_a_fault_of_a_method_is_no_misfit(args, monkeypatch):
    def fail(*given):
        raise UserError('this is broken')

    monkeypatch.setattr('vlprompt.toy.zoo_cell._try_out', fail)
    assert misfit(args, 'vilt/vilt_toy', 'sharing') == 'this is broken'
    with pytest.raises(UserError, match='this is broken'):
        misfit(args, 'vilt/vilt_toy', 'plain')
