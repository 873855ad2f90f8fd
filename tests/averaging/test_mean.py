"""The mean of states, against sums by hand."""

import pytest
import torch

from vlprompt.averaging import Recipe, Source, mix, recipe_line, recipe_of
from vlprompt.errors import UserError


def state(seed, dtype=torch.float32):
    torch.manual_seed(seed)
    return dict(
        a=torch.randn(50, 7).to(dtype),
        b=torch.randn(()).to(dtype),
        count=torch.tensor(seed),
    )


@pytest.mark.parametrize('dtype', [torch.float32, torch.float16])
def test_the_ends_are_the_states_bit_for_bit(dtype):
    one, other = state(1, dtype), state(2, dtype)
    for name in ('a', 'b'):
        assert torch.equal(mix([(1, one), (0, other)])[name], one[name])
        assert torch.equal(mix([(0, one), (1, other)])[name], other[name])
        assert mix([(0, one), (1, other)])[name].dtype == torch.float32


def test_it_is_the_sum_by_hand():
    states = [state(i) for i in range(5)]
    weights = [0.1, 2.0, 0.0, 0.7, 1.3]
    mixed = mix(zip(weights, states, strict=True))
    for name in ('a', 'b'):
        pairs = zip(weights, states, strict=True)
        total = sum(w * s[name].double() for w, s in pairs)
        torch.testing.assert_close(
            mixed[name].double(), total / sum(weights), rtol=0, atol=5e-7
        )


def test_half_precision_is_mixed_in_fp32():
    one, other = state(1, torch.float16), state(2, torch.float16)
    expected = 0.3 * one['a'].float() + 0.7 * other['a'].float()
    mixed = mix([(0.3, one), (0.7, other)])['a']
    torch.testing.assert_close(mixed, expected, rtol=0, atol=5e-7)
    assert (mixed.half() != mixed).any()


def test_equal_states_are_their_own_mean():
    same = state(3)
    mixed = mix([(0.1 + i / 7, same) for i in range(21)])
    assert all(torch.equal(mixed[name], same[name]) for name in same)


def test_what_is_not_in_all_is_the_last_ones():
    one = dict(state(1), only=torch.ones(2))
    other = dict(state(2), new=torch.ones(3))
    mixed = mix([(1, one), (1, other)])
    assert mixed.keys() == other.keys()
    assert mixed['count'] == 2
    assert torch.equal(mixed['new'], other['new'])


def test_the_states_stay_as_they_are():
    one, other = state(1), state(2)
    mix([(1, one), (3, other)])
    assert torch.equal(one['a'], state(1)['a'])
    assert torch.equal(other['a'], state(2)['a'])


def test_weights_that_make_no_sense():
    with pytest.raises(UserError, match='a weight of -1, expected 0 or more'):
        mix([(-1, state(0))])
    with pytest.raises(UserError, match='a weight of nan'):
        mix([(float('nan'), state(0))])
    with pytest.raises(UserError, match='all weights are 0'):
        mix([(0, state(0)), (0, state(1))])


def test_other_shapes_are_other_models():
    other = dict(state(0), a=torch.ones(50, 8))
    with pytest.raises(UserError, match=r'a is \(50, 7\) .* \(50, 8\)'):
        mix([(1, state(0)), (1, other)])


def test_a_recipe_in_a_line():
    sources = [Source(f'epoch {i}', 0.25) for i in range(1, 5)]
    recipe = Recipe('mean', sources).to_meta()
    assert recipe_line(recipe) == 'mean of 4 (epoch 1, ..., epoch 4)'
    assert recipe_of(dict(recipe=recipe)) == recipe
    assert recipe_of(None) is recipe_of(dict(recipe='mine')) is None
    chosen = dict(metric='acc/top1', list='val.txt', on_test_list=True)
    recipe = Recipe('single', sources[:1], 0.3, dict(pretrained='x'), chosen)
    assert recipe_line(recipe.to_meta()) == (
        '0.3 pretrained CLIP (x) + 0.7 epoch 1, chosen by acc/top1 on '
        'val.txt (TEST VIDEOS)'
    )
