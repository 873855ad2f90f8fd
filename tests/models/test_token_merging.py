"""Tokens become averages of similar ones, in the rounds of the paper."""

import pytest
import torch

from vlprompt.models.layers.token_merging import merge_tokens, rounds


@pytest.mark.parametrize(
    ('frames', 'steps'),
    [
        (32, [100] * 17 + [60]),
        (16, [100] * 8 + [32]),
        (8, [100] * 3 + [68]),
        (4, [100, 36]),
        (2, [20]),
        (1, []),
    ],
)
def test_rounds_of_tc_clip(frames, steps):
    assert list(rounds(58 * frames, 96, 100)) == steps


def test_a_round_takes_no_more_than_half():
    assert list(rounds(196, 96, 100)) == [98, 2]
    assert list(rounds(33, 3, 40)) == [16, 8, 4, 2]
    assert list(rounds(7, 1, 6)) == [3, 2, 1]


def test_fewer_tokens_stay_as_they_are():
    tokens = torch.randn(2, 5, 8)
    assert torch.equal(merge_tokens(tokens, 5, 3), tokens)
    assert torch.equal(merge_tokens(tokens, 9, 3), tokens)


def test_what_is_left_over_stands_first_the_most_similar_before():
    """Tokens are angles; a, b, a, b, ..."""
    angles = torch.tensor([0.0, 0.5, 2.0, 2.3, 4.0, 4.1])
    tokens = torch.stack([angles.cos(), angles.sin()], dim=-1)[None]
    merged = merge_tokens(tokens, 5, 10)[0]
    expected = torch.stack(
        [
            tokens[0, 2],  # 0.3 from its partner
            tokens[0, 0],  # 0.5
            tokens[0, 1],
            tokens[0, 3],
            (tokens[0, 4] + tokens[0, 5]) / 2,
        ]
    )
    torch.testing.assert_close(merged, expected)


def test_averages_count_as_many_tokens_as_they_are_of():
    """Merging all of them in any number of rounds gives the mean."""
    torch.manual_seed(0)
    tokens = torch.randn(3, 11, 6, dtype=torch.float64)
    merged = merge_tokens(tokens, 1, 3)
    torch.testing.assert_close(merged, tokens.mean(dim=1, keepdim=True))


def test_equal_similarities_are_taken_in_order():
    tokens = torch.eye(4)[[0, 0, 1, 1, 2, 2, 3, 3]][None]
    merged = merge_tokens(tokens, 6, 10)[0]
    assert torch.equal(merged, torch.eye(4)[[2, 3, 0, 1, 2, 3]])


def test_autocast_does_not_blur_similarities():
    torch.manual_seed(0)
    tokens = torch.randn(1, 200, 16) + 9
    expected = merge_tokens(tokens, 20, 30)
    with torch.autocast('cpu', torch.bfloat16):
        assert torch.equal(merge_tokens(tokens, 20, 30), expected)


def test_gradients_reach_all_tokens():
    tokens = torch.randn(2, 9, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: merge_tokens(x, 3, 2), tokens)
