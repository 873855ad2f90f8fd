"""What a clip counts in the table of the zoo."""

from types import SimpleNamespace

import pytest
import torch

from vlprompt.errors import UserError
from vlprompt.toy.zoo_score import OTHER, _score

FIRST, SECOND = next(iter(OTHER.items()))
NAMES = [f'star {FIRST}', f'star {SECOND}', 'star blinking', 'heart blinking']


def hits_of(scores, label):
    hits = {key: [] for key in ('all', 'blind', 'ordered', 'direction')}
    sample = SimpleNamespace(
        pred_score=torch.tensor(scores), gt_label=torch.tensor([label])
    )
    _score(sample, NAMES, hits)
    return hits


def test_equal_scores_are_chance():
    hits = hits_of([0.25] * 4, 0)
    assert (hits['all'], hits['direction']) == ([0.25], [0.5])
    hits = hits_of([0.4, 0.1, 0.4, 0.1], 0)
    assert (hits['all'], hits['direction']) == ([0.5], [1.0])
    assert hits_of([0.4, 0.1, 0.4, 0.1], 3)['blind'] == [0]


def test_scores_that_are_no_numbers():
    with pytest.raises(UserError, match='scores of 1 of 1 videos'):
        hits_of([0.25, 0.25, 0.25, float('nan')], 0)
