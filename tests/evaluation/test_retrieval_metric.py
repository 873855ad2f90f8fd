"""Retrieval: ranks by hand and by loops, the metric, two processes."""

from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from hypothesis import given
from hypothesis import strategies as st
from mmengine.logging import MMLogger

from vlprompt.datasets.video_class_dataset import BrokenVideo
from vlprompt.errors import UserError
from vlprompt.evaluation import VideoTextRetrievalMetric
from vlprompt.evaluation import retrieval_scores as scores_module
from vlprompt.evaluation.ranks import Ranks
from vlprompt.evaluation.retrieval import (
    summarize,
    text_to_video_ranks,
    video_to_caption_ranks,
    video_to_group_ranks,
)
from vlprompt.evaluation.retrieval_scores import cosine
from vlprompt.models import VideoTextFeatures

# Six captions of three videos.
OWNER = np.array([0, 0, 1, 2, 2, 2])
SCORES = np.array(
    [
        [0.90, 0.45, 0.20],  # 1st
        [0.30, 0.80, 0.50],  # 3rd
        [0.40, 0.40, 0.70],  # 2nd, video 0 ties
        [0.95, 0.20, 0.60],  # 2nd
        [0.10, 0.20, 0.30],  # 1st
        [0.50, 0.60, 0.30],  # 3rd
    ]
)
WORLD = 2
FIVE = ('R1', 'R5', 'R10', 'MdR', 'MnR')
ALL = (text_to_video_ranks, video_to_group_ranks, video_to_caption_ranks)


def alone(ranks):
    """Ranks without ties."""
    ranks = np.array(ranks)
    return Ranks(ranks - 1, np.zeros(len(ranks)), np.ones(len(ranks)))


def test_several_captions_by_hand():
    ranks = text_to_video_ranks(SCORES, OWNER).values('strict')
    assert ranks.tolist() == [1, 3, 2, 2, 1, 3]
    # groups: .9 .8 .5 | .4 .4 .7 | .95 .6 .6
    groups = video_to_group_ranks(SCORES, OWNER)
    assert groups.values('strict').tolist() == [2, 3, 2]
    # video 1 has .4; .45, .8 and .6 are better
    captions = video_to_caption_ranks(SCORES, OWNER)
    assert captions.values('strict').tolist() == [2, 4, 2]


def test_ties_by_hand():
    ranks = text_to_video_ranks(SCORES, OWNER)
    assert ranks.values('mean').tolist() == [1, 3, 2.5, 2, 1, 3]
    assert ranks.values('expected').tolist() == [1, 3, 2.5, 2, 1, 3]
    assert ranks.within(2, 'expected').tolist() == [1, 0, 0.5, 1, 1, 0]
    same, owner = np.full((3, 3), 0.5), np.arange(3)
    for to_ranks in ALL:
        ranks = to_ranks(same, owner)
        assert ranks.values('strict').tolist() == [1, 1, 1]
        assert ranks.values('mean').tolist() == [2, 2, 2]
        assert ranks.values('expected').tolist() == [2, 2, 2]
        for k in (1, 2, 3, 4):
            chance = [min(1, k / 3)] * 3
            assert ranks.within(k, 'expected').tolist() == pytest.approx(
                chance
            )
    # Two captions of the right video tie with one of another.
    owner = np.array([0, 0, 1])
    scores = np.array([[0.5, 0.1], [0.5, 0.2], [0.5, 0.9]])
    ranks = video_to_caption_ranks(scores, owner)
    assert ranks.values('mean').tolist() == [1.5, 1]
    assert ranks.values('expected').tolist() == pytest.approx([4 / 3, 1])
    assert ranks.within(1, 'expected').tolist() == pytest.approx([2 / 3, 1])


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=6),
    st.integers(1, 5),
    st.integers(1, 6),
)
def test_expected_ranks_are_the_mean_over_all_orders(scores, right, k):
    """The first so many of a few items are right, the others wrong."""
    right = min(right, len(scores) - 1)
    best = max(scores[:right])
    ranks = Ranks(
        *(
            np.array([number])
            for number in (
                sum(s > best for s in scores[right:]),
                sum(s == best for s in scores[right:]),
                sum(s == best for s in scores[:right]),
            )
        )
    )
    found = []
    for order in permutations(range(len(scores))):
        ranked = sorted(order, key=lambda i: -scores[i])  # stable
        places = [ranked.index(i) for i in range(right)]
        wrong_before = min(places) - sum(p < min(places) for p in places)
        found.append(1 + wrong_before)
    assert ranks.values('expected')[0] == pytest.approx(np.mean(found))
    within = np.mean([rank <= k for rank in found])
    assert ranks.within(k, 'expected')[0] == pytest.approx(within)


def test_summary_by_hand():
    ranks = np.array([1, 1, 2, 5, 6, 10, 11, 40])
    assert summarize(alone(ranks)) == dict(
        R1=25.0, R5=50.0, R10=75.0, MdR=5.5, MnR=9.5
    )


def slow_ranks(scores, owner, tie):
    """The definition, item by item: captions, groups, single captions."""

    def rank(right, wrong):
        best = max(right)
        equal = sum(s == best for s in wrong) / 2
        return (
            1 + sum(s > best for s in wrong) + (equal if tie == 'mean' else 0)
        )

    captions, videos = range(len(scores)), range(len(scores[0]))
    t2v = [
        rank(
            [scores[i][owner[i]]],
            [scores[i][j] for j in videos if j != owner[i]],
        )
        for i in captions
    ]
    by_group, by_caption = [], []
    for j in videos:
        group = [
            max(scores[i][j] for i in captions if owner[i] == g)
            for g in videos
        ]
        by_group.append(rank([group[j]], group[:j] + group[j + 1 :]))
        own = [scores[i][j] for i in captions if owner[i] == j]
        others = [scores[i][j] for i in captions if owner[i] != j]
        by_caption.append(rank(own, others))
    return t2v, by_group, by_caption


@pytest.mark.parametrize('tie', ['strict', 'mean'])
@pytest.mark.parametrize('levels', [4, 1000])
def test_ranks_equal_the_loops(tie, levels):
    """With many ties and with few, captions in any order."""
    rng = np.random.default_rng(levels)
    owner = rng.permutation(np.r_[np.arange(13), rng.integers(0, 13, 20)])
    scores = rng.integers(0, levels, (33, 13)).astype(np.float32)
    expected = slow_ranks(scores.tolist(), owner, tie)
    for to_ranks, ranks in zip(ALL, expected, strict=True):
        assert to_ranks(scores, owner).values(tie).tolist() == ranks


def test_the_size_of_msvd():
    """Scores that are drawn: every video is where chance puts it."""
    rng = np.random.default_rng(0)
    owner = np.sort(np.r_[np.arange(670), rng.integers(0, 670, 27763 - 670)])
    scores = rng.random((27763, 670), np.float32)
    t2v = text_to_video_ranks(scores, owner).values('mean')
    assert t2v.shape == (27763,)
    assert t2v.mean() == pytest.approx(670 / 2, rel=0.02)
    groups = video_to_group_ranks(scores, owner).values('mean')
    captions = video_to_caption_ranks(scores, owner).values('mean')
    assert groups.shape == captions.shape == (670,)
    assert captions.mean() == pytest.approx(27763 / 42, rel=0.2)


@pytest.mark.parametrize(
    ('scores', 'owner', 'message'),
    [
        ([[1, np.nan], [0, 1]], [0, 1], '1 of 4 similarities .* not finite'),
        ([[1, 0], [0, np.inf]], [0, 1], '1 of 4 similarities .* not finite'),
        ([[1, 0], [0, 1]], [0, 0], '1 of 2 videos have no caption'),
    ],
)
def test_scores_that_mean_nothing(scores, owner, message):
    for to_ranks in ALL:
        with pytest.raises(UserError, match=message):
            to_ranks(np.array(scores, float), np.array(owner))


def videos(num=9, dim=3, dtype=torch.float32):
    """Samples as a model leaves them: one to four captions each."""
    generator = torch.Generator().manual_seed(0)
    made = []
    for index in range(num):
        video = torch.randn(dim, generator=generator)
        noise = torch.randn(1 + index % 4, dim, generator=generator)
        made.append(
            dict(
                sample_idx=index,
                video_feature=video.to(dtype),
                text_feature=(3 * (video + 2 * noise)).to(dtype),
                truncated=index % 2,
            )
        )
    return made


def metrics_of(samples, size=None, batch=2, compare=None, **kwargs):
    metric = VideoTextRetrievalMetric(**kwargs)
    if compare:
        metric.compare = compare
    for start in range(0, len(samples), batch):
        metric.process({}, samples[start : start + batch])
    return metric.evaluate(size or len(samples))


def test_keys_and_numbers_of_the_metric():
    samples = videos()
    metrics = metrics_of(samples)
    text = torch.cat([s['text_feature'] for s in samples]).double()
    video = torch.stack([s['video_feature'] for s in samples]).double()
    text, video = text / text.norm(dim=1)[:, None], video.T / video.norm(dim=1)
    owner = [i for i in range(9) for _ in range(1 + i % 4)]
    t2v, group, caption = slow_ranks((text @ video).tolist(), owner, 'strict')
    assert len(t2v) == 21 and max(t2v) > 5 and group != caption
    expected = {
        **{f't2v/{k}': v for k, v in summarize(alone(t2v)).items()},
        **{f'v2t/{k}': v for k, v in summarize(alone(group)).items()},
        **dict(captions=21, truncated=4, scored=9, listed=9),
    }
    assert metrics == pytest.approx(expected)
    assert next(iter(metrics)) == 't2v/R1'
    other = metrics_of(samples, v2t='caption', prefix='test')
    for name, value in summarize(alone(caption)).items():
        assert other[f'test/v2t/{name}'] == pytest.approx(value)


@pytest.mark.parametrize('v2t', ['group', 'caption'])
@pytest.mark.parametrize('num', [7, 33, 40])
def test_a_model_that_tells_nothing_apart_is_chance(monkeypatch, v2t, num):
    """Products of equal rows may differ by their place in a matrix."""
    monkeypatch.setattr(scores_module, 'CAPTIONS', 16)
    monkeypatch.setattr(scores_module, 'VIDEOS', 8)
    lines = []
    logger = SimpleNamespace(warning=lines.append, info=lambda line: None)
    monkeypatch.setattr(MMLogger, 'get_current_instance', lambda: logger)
    video, text = torch.randn(2, 128, generator=torch.manual_seed(0))
    samples = [
        dict(
            sample_idx=i,
            video_feature=video,
            text_feature=text.expand(3, -1),
        )
        for i in range(num)
    ]
    metrics = metrics_of(samples, v2t=v2t)
    mean = 1 + 3 * (num - 1) / 4 if v2t == 'caption' else (num + 1) / 2
    assert metrics['t2v/R1'] == pytest.approx(100 / num)
    assert metrics['v2t/R1'] == pytest.approx(100 / num)
    assert metrics['t2v/MnR'] == pytest.approx((num + 1) / 2)
    assert metrics['v2t/MnR'] == pytest.approx(mean)
    assert ['all video features are equal' in line for line in lines] == [1, 0]
    assert 'all text features are equal' in lines[1]
    assert metrics_of(samples, v2t=v2t, tie='strict')['t2v/R1'] == 100


@pytest.mark.parametrize('key', ['video_feature', 'text_feature'])
def test_features_that_are_no_numbers(key):
    samples = videos()
    for sample in samples[3:5]:
        sample[key] = sample[key] * float('nan')
    samples[3]['filename'] = 'c.mp4'
    line = '2 of 9 videos are not finite numbers, of c.mp4 first'
    with pytest.raises(UserError, match=line):
        metrics_of(samples)


def test_neither_order_nor_repeated_samples_count():
    samples = videos()
    shuffled = [samples[i] for i in (4, 2, 8, 0, 1, 7, 3, 6, 5, 0, 4)]
    seen = []

    def compare(features):
        seen.append(features)
        return cosine(features)

    metrics = metrics_of(shuffled, size=9, batch=3, compare=compare)
    assert metrics == metrics_of(samples, compare=compare)
    assert torch.equal(seen[0].video, seen[1].video)
    assert torch.equal(seen[0].text, seen[1].text)


def test_duplicates_as_in_msvd_do_not_lower_the_score():
    """A perfect model, forty equal captions each: MMAction2 gives 3 %."""
    eye = torch.eye(20)
    samples = [
        dict(
            sample_idx=i,
            video_feature=eye[i],
            text_feature=eye[i].expand(40, -1),
        )
        for i in range(20)
    ]
    for v2t in ('group', 'caption'):
        metrics = metrics_of(samples, v2t=v2t)
        assert metrics['captions'] == 800
        for way in ('t2v', 'v2t'):
            values = [metrics[f'{way}/{name}'] for name in FIVE]
            assert values == [100, 100, 100, 1, 1]


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_compared_in_single(dtype):
    half = videos(dtype=dtype)
    single = [
        {k: v.float() if hasattr(v, 'float') else v for k, v in s.items()}
        for s in half
    ]
    assert metrics_of(half) == metrics_of(single)


def test_blocks_change_nothing(monkeypatch):
    expected = metrics_of(videos())
    monkeypatch.setattr(scores_module, 'CAPTIONS', 4)
    monkeypatch.setattr(scores_module, 'VIDEOS', 2)
    assert metrics_of(videos()) == expected


def distance(features):
    """Of texts and the mean of the frames that a mask leaves: no cosine."""
    weight = features.mask[..., None].float()
    video = (weight * features.video).sum(1) / weight.sum(1)
    return -torch.cdist(features.text, video)


def framed():
    """The same samples with two frames and one of padding."""
    samples = videos()
    for sample in samples:
        video = sample['video_feature']
        frames = [video + 1, video - 1, torch.full_like(video, 99)]
        sample['video_feature'] = torch.stack(frames)
        sample['frame_mask'] = torch.tensor([True, True, False])
    return samples


def test_frames_need_the_head():
    with pytest.raises(UserError, match="type='HeadSimilarityHook'"):
        metrics_of(framed())
    samples = videos()
    for sample in samples:
        sample['frame_mask'] = torch.tensor([True])
        sample['video_feature'] = sample['video_feature'][None]
    assert metrics_of(framed(), compare=distance) == pytest.approx(
        metrics_of(samples, compare=distance)
    )


@pytest.fixture
def logged(monkeypatch):
    lines = []
    for level in ('info', 'warning'):
        monkeypatch.setattr(
            MMLogger.get_current_instance(), level, lines.append
        )
    return lines


def test_videos_that_were_skipped(logged):
    samples = videos()
    broken = dict(samples[4])  # another one in the place of the second
    broken['broken_videos'] = [BrokenVideo('b.mp4', 'no data')]
    metrics = metrics_of([samples[0], broken, *samples[2:], broken], size=9)
    assert metrics['scored'] == 8 and metrics['listed'] == 9
    assert metrics['captions'] == 19
    without = [s for s in samples if s['sample_idx'] != 1]
    expected = metrics_of(without)
    assert {**metrics, 'listed': 8} == expected
    assert '1 of 9 videos were not scored' in logged[0]
    assert 'b.mp4 (no data)' in logged[0]
    with pytest.raises(UserError, match='not one video'):
        metrics_of([broken])


def test_the_log_says_what_was_measured(logged):
    metrics_of(videos(), tie='mean')
    assert logged == [
        '21 captions and 9 videos; to text, a video ranks groups of captions '
        "(v2t='group'), tie='mean'",
        '4 of 21 captions were truncated (texts.max_tokens)',
    ]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda s: s.pop('video_feature'), 'without .video_feature.*CaptionT'),
        (lambda s: s.pop('sample_idx'), 'without .sample_idx.*meta_keys'),
        (lambda s: s.update(sample_idx=1), '8 different videos .* has 9'),
    ],
)
def test_samples_that_do_not_fit(change, message):
    samples = videos()
    change(samples[0])
    with pytest.raises(UserError, match=message):
        metrics_of(samples)


@pytest.mark.parametrize('option', [dict(v2t='video'), dict(tie='lucky')])
def test_unknown_options(option):
    with pytest.raises(UserError, match='expected one of'):
        VideoTextRetrievalMetric(**option)


class Counting:
    """Compares, and remembers the sizes of the blocks."""

    def __init__(self, compare):
        self.compare = compare
        self.blocks = []

    def __call__(self, features):
        self.blocks.append((len(features.text), len(features.video)))
        return self.compare(features)


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=WORLD
    )
    # Nine videos for two processes: the sampler repeats the first one.
    scores_module.CAPTIONS, scores_module.VIDEOS = 5, 4
    by = [Counting(cosine), Counting(distance)]
    results = [
        metrics_of([*samples, samples[0]][rank::WORLD], size=9, compare=each)
        for samples, each in zip((videos(), framed()), by, strict=True)
    ]
    torch.save((results, [each.blocks for each in by]), f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_equal_one(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=WORLD)
    expected = [
        metrics_of(videos()),
        metrics_of(framed(), compare=distance),
    ]
    blocks = []
    for rank in range(WORLD):
        results, own = torch.load(f'{tmp_path / "out"}.{rank}')
        assert results == expected
        blocks.append(own)
    for first, second in zip(*blocks, strict=True):
        assert abs(len(first) - len(second)) <= 1
        assert sum(m * n for m, n in first + second) == 21 * 9


def test_features_move_as_one():
    features = VideoTextFeatures(torch.ones(2, 3), torch.ones(4, 3))
    moved = features.to(torch.device('meta'))
    assert moved.video.is_meta and moved.text.is_meta and moved.mask is None
