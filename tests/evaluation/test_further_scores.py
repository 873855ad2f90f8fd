"""Scores that retrieval reports beside a model's own."""

import numpy as np
import pytest
import torch

from vlprompt.errors import UserError
from vlprompt.evaluation import VideoTextRetrievalMetric
from vlprompt.evaluation import retrieval_scores as scores_module
from vlprompt.evaluation.retrieval import (
    summarize,
    text_to_video_ranks,
    video_to_group_ranks,
)
from vlprompt.evaluation.retrieval_scores import dual_softmax
from vlprompt.retrieval_directions import directions

OWNER = [0, 1, 1, 2, 2, 2, 3]


def samples():
    generator = torch.Generator().manual_seed(0)
    video = torch.randn(4, 6, generator=generator)
    text = video[OWNER] + 3 * torch.randn(7, 6, generator=generator)
    return [
        dict(
            sample_idx=i,
            video_feature=video[i],
            text_feature=text[[o == i for o in OWNER]],
        )
        for i in range(4)
    ]


def metrics_of(further=None, **options):
    metric = VideoTextRetrievalMetric(**options)
    metric.further = further or {}
    metric.process({}, samples())
    return metric.evaluate(4)


def cosines():
    text = torch.cat([s['text_feature'] for s in samples()]).double()
    video = torch.stack([s['video_feature'] for s in samples()]).double()
    text = text / text.norm(dim=1, keepdim=True)
    video = video / video.norm(dim=1, keepdim=True)
    return (text @ video.T).numpy()


def slow_dual_softmax(scores, temperature):
    """Each score times the share of its query among all queries."""
    by_text, by_video = np.empty_like(scores), np.empty_like(scores)
    weights = np.exp(scores / temperature)
    for m in range(scores.shape[0]):
        for n in range(scores.shape[1]):
            share = weights[m, n] / sum(weights[:, n])
            by_text[m, n] = scores[m, n] * share
            share = weights[m, n] / sum(weights[m])
            by_video[m, n] = scores[m, n] * share
    return by_text, by_video


def expected(name, by_text, by_video):
    ranks = dict(
        t2v=text_to_video_ranks(by_text, np.array(OWNER)),
        v2t=video_to_group_ranks(by_video, np.array(OWNER)),
    )
    return {
        f'{name}/{way}/{key}': value
        for way, found in ranks.items()
        for key, value in summarize(found).items()
    }


def test_dual_softmax_equals_the_loops():
    scores = cosines()
    found = dual_softmax(scores, 0.1)
    for ours, theirs in zip(
        found, slow_dual_softmax(scores, 0.1), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)
    assert not np.allclose(*found)


def test_dual_softmax_has_rows_of_its_own():
    plain, both = metrics_of(), metrics_of(dsl=0.1)
    rows = expected('dsl', *slow_dual_softmax(cosines(), 0.1))
    assert both == pytest.approx({**plain, **rows})
    assert next(iter(both)) == 't2v/R1'
    assert both['dsl/t2v/MnR'] != both['t2v/MnR']


@pytest.mark.parametrize('blocks', [(1024, 256), (3, 2)])
def test_a_further_score_is_told_a_caption_of_each_video(monkeypatch, blocks):
    monkeypatch.setattr(scores_module, 'CAPTIONS', blocks[0])
    monkeypatch.setattr(scores_module, 'VIDEOS', blocks[1])

    def compare(features, own):
        return -torch.cdist(features.text, features.video + own)

    text = torch.cat([s['text_feature'] for s in samples()])
    places = [samples()[i] for i in range(4)]
    scores = np.array(
        [
            [
                -(t - s['video_feature'] - s['text_feature'][0]).norm().item()
                for s in places
            ]
            for t in text
        ]
    )
    rows = expected('told', scores, scores)
    found = metrics_of(further=dict(told=compare))
    assert found == pytest.approx({**metrics_of(), **rows})


@pytest.mark.parametrize('temperature', [0, -1.0, float('nan')])
def test_a_temperature_is_above_zero(temperature):
    with pytest.raises(UserError, match='expected a temperature above 0'):
        VideoTextRetrievalMetric(dsl=temperature)


def test_what_rows_are_called():
    found = directions(['t2v/R1', 'v2t/R1', 'captions', 'dsl/t2v/R1'])
    assert found == {
        't2v': 'text to video',
        'v2t': 'video to text',
        'dsl/t2v': 'text to video, dual softmax over all queries',
        'dsl/v2t': 'video to text, dual softmax over all queries',
    }


@pytest.mark.parametrize('blocks', [(1024, 256), (3, 2)])
def test_words_come_with_their_captions(monkeypatch, blocks):
    """Of any number; a caption that is there twice is compared once."""
    monkeypatch.setattr(scores_module, 'CAPTIONS', blocks[0])
    monkeypatch.setattr(scores_module, 'VIDEOS', blocks[1])
    made, lengths = samples(), []
    for i, sample in enumerate(made):
        number = len(sample['text_feature'])
        length = torch.arange(1, number + 1) + i
        lengths += length.tolist()
        mask = torch.arange(6 + i) < length[:, None]
        sample['text_mask'] = mask
        sample['text_tokens'] = mask[..., None] * torch.ones(6)
    twice = made[3]
    for key in ('text_feature', 'text_tokens', 'text_mask'):
        twice[key] = twice[key].expand(2, *twice[key].shape[1:])
    seen = []

    def compare(features):
        """A score that tells how many words a caption has."""
        words = features.text_tokens[..., 0].sum(dim=1)
        assert torch.equal(words, features.text_mask.sum(dim=1).float())
        seen.append(len(words))
        return words[:, None] + 0.01 * features.video[:, 0]

    metric = VideoTextRetrievalMetric()
    metric.compare = compare
    found = []
    metric.on_results = found.append
    metric.process({}, made)
    metric.evaluate(4)
    (ranking,) = found
    firsts = torch.stack([s['video_feature'][0] for s in made])
    expected = np.array([*lengths, lengths[-1]])[:, None]
    expected = expected + 0.01 * firsts.numpy()
    np.testing.assert_allclose(ranking.scores, expected, atol=1e-6)
    assert sum(seen) == 7 * len(range(0, 4, blocks[1]))
