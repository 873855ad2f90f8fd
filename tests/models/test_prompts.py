"""Prompt learners: sources, counts, couplings, gradients."""

import pytest
import torch

from vlprompt.errors import UserError
from vlprompt.models import PromptLearner, ViLTPrompts

WIDTHS = dict(visual=768, text=512)
DEPTHS = dict(visual=12, text=12)


def vilt(slots, **kwargs):
    return ViLTPrompts(WIDTHS, DEPTHS, slots, **kwargs)


def count(module):
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(
    ('slots', 'depth', 'shared', 'per_layer'),
    [
        (10, 12, 864_512, 4_803_072),
        (16, 10, 886_016, 4_037_120),
        (10, 10, 849_152, 4_000_256),
        (6, 12, 833_792, 4_772_352),
    ],
)
def test_bidirectional_counts(slots, depth, shared, per_layer):
    assert count(vilt(slots, depth=depth)) == shared
    assert count(vilt(slots, depth=depth, shared=False)) == per_layer


@pytest.mark.parametrize(
    ('slots', 'depth', 'expected'), [(10, 12, 153_600), (16, 10, 204_800)]
)
def test_independent_counts(slots, depth, expected):
    assert count(vilt(slots, depth=depth, coupling='none')) == expected


@pytest.mark.parametrize(
    ('coupling', 'led_by_text'),
    [('bidirectional', 2), ('text2vision', 3), ('vision2text', 0)],
)
def test_every_layer_has_the_source_the_paper_gives_it(coupling, led_by_text):
    torch.manual_seed(0)
    learner = vilt(4, depth=3, split=2, coupling=coupling, shared=False)
    prompts = learner()
    for i in range(3):
        source = 'text' if i < led_by_text else 'visual'
        target = 'visual' if i < led_by_text else 'text'
        (coupling_,) = (
            c
            for c in learner.couplings
            if c.source == source and i in c.layers
        )
        made = coupling_.maps[coupling_.layers.index(i)](prompts[source][i])
        assert torch.equal(prompts[target][i], made)
        assert prompts[source][i].shape == (4, WIDTHS[source])
    assert all(p is None for side in prompts.values() for p in side[3:])


def test_one_shared_map_serves_all_layers():
    learner = vilt(4, depth=4, split=3)
    to_visual, to_text = learner.couplings
    assert len(to_visual.maps) == len(to_text.maps) == 1
    assert to_visual.layers == (0, 1, 2)
    assert to_text.layers == (3,)


def test_maps_per_layer_start_equal():
    first, *others = vilt(4, shared=False).couplings[0].maps
    assert len(others) == 5
    assert all(torch.equal(first.weight, o.weight) for o in others)


def test_split_beyond_depth_means_text_leads_everywhere():
    learner = vilt(4, depth=3, split=6)
    assert [c.source for c in learner.couplings] == ['text']
    assert 'visual' not in learner.free


def test_words_start_the_first_text_prompts():
    word = torch.full((512,), 3.0)
    learner = vilt(2, init_vectors=[word, None], depth=2)
    first, second = learner()['text'][0]
    assert torch.equal(first, word)
    assert second.std() < 0.03


def test_initial_vectors_have_the_published_spread():
    torch.manual_seed(0)
    vectors = vilt(16, coupling='none').free['text'].vectors
    assert vectors.std().item() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize(
    ('parts', 'message'),
    [
        (
            dict(couplings=[dict(source='text', target='visual', layers=[3])]),
            'text layer 3 has no prompts to make those of visual layer 3',
        ),
        (
            dict(
                visual=dict(type='DeepPrompts', layers=[1]),
                couplings=[dict(source='text', target='visual', layers=[1])],
            ),
            'visual layer 1 would have two sources',
        ),
        (
            dict(visual=dict(type='DeepPrompts', layers=[12])),
            'layers 0 to 11',
        ),
        (
            dict(
                visual=dict(type='DeepPrompts', layers=[3], num=5),
                couplings=[dict(source='visual', target='text', layers=[3])],
            ),
            '4 learnable tokens, the visual prompts have 5',
        ),
    ],
)
def test_layers_with_wrong_sources_are_refused(parts, message):
    text = dict(type='DeepPrompts', layers=[0, 1])
    with pytest.raises(UserError, match=message):
        PromptLearner(WIDTHS, DEPTHS, 4, text=text, **parts)


def test_slots_without_prompts_are_refused():
    with pytest.raises(UserError, match='layer 0 has no prompts'):
        PromptLearner(WIDTHS, DEPTHS, 4)
    with pytest.raises(UserError, match='has 0 learnable tokens'):
        PromptLearner(WIDTHS, DEPTHS, 0, text=dict(type='DeepPrompts', num=4))


def test_unknown_coupling_and_unequal_counts_are_refused():
    with pytest.raises(UserError, match="'both', expected one of"):
        vilt(4, coupling='both')
    with pytest.raises(UserError, match='same number in both towers'):
        vilt(4, num_visual=6)
    assert vilt(4, coupling='none', num_visual=6)()['visual'][0].size(0) == 6
