"""Windows of long videos: which there are, what is read and computed."""

import cv2
import numpy as np
import pytest
import torch
from toy_scenes import THINGS, WORLD, frames_of

from vlprompt.apis import Frames
from vlprompt.apis.predictions import Prediction, merge
from vlprompt.clips.windows import ShownFrames, Span
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.errors import UserError
from vlprompt.toy.files import write_video


def times_of(predictions):
    return [(round(p.start, 3), round(p.end, 3)) for p in predictions]


@pytest.mark.parametrize('which', ['classifier', 'mixing'])
def test_three_scenes_are_three_segments(which, toy, request):
    classifier = request.getfixturevalue(which)
    timeline = classifier.timeline(toy.three, window=2, stride=1)
    assert times_of(timeline.windows) == [(i, i + 2) for i in range(17)]
    assert timeline.duration == pytest.approx(18)
    if which == 'mixing':  # which has learnt nothing
        return
    found = timeline.segments()
    assert [segment.name for segment in found] == list(THINGS)
    assert found[0].start == 0 and found[2].end == pytest.approx(18)
    for segment, border in zip(found[:2], (6, 12), strict=True):
        assert segment.end == pytest.approx(border, abs=1)
    assert [a.end for a in found[:2]] == [b.start for b in found[1:]]


@pytest.mark.parametrize('which', ['classifier', 'mixing'])
def test_a_window_is_what_a_video_of_it_is(which, toy, tmp_path, request):
    classifier = request.getfixturevalue(which)
    windows = list(classifier.predict(toy.three, window=3, stride=1.5))
    frames = np.stack(VideoReader(str(toy.three)).read(range(180)))
    for window in windows:
        first, last = round(window.start * 10), round(window.end * 10)
        (alone,) = classifier.predict(Frames(frames[first:last], 10))
        assert alone.names == window.names
        np.testing.assert_allclose(alone.scores, window.scores, atol=1e-6)


def test_each_frame_is_decoded_and_encoded_once(
    classifier, toy, monkeypatch, count_frames
):
    decoded = []
    iterate = VideoReader.iterate

    def noted(self, indices=None):
        for index, frame in zip(indices, iterate(self, indices), strict=True):
            decoded.append(index)
            yield frame

    monkeypatch.setattr(VideoReader, 'iterate', noted)
    counts = count_frames(classifier)
    windows = list(classifier.predict(toy.three, window=2, stride=0.5))
    assert len(windows) == 33 and not classifier.mixes_frames
    assert decoded == sorted(set(decoded))
    # 8 of 20 frames; a stride of 5 frames shows each of them twice or more
    assert sum(counts) == len(decoded) < 33 * 8 / 2


def test_frames_go_through_the_tower_together_where_they_are_mixed(
    mixing, toy, count_frames
):
    counts = count_frames(mixing)
    windows = list(mixing.predict(toy.three, window=2, stride=1))
    assert mixing.mixes_frames and sum(counts) == 8 * len(windows) == 136


def test_lengths_that_do_not_fit(classifier, toy):
    clip = toy.clips[0]  # of 2 s
    for window, stride, expected in (
        (5, None, [(0, 2)]),
        (2, 2, [(0, 2)]),
        (1.5, None, [(0, 1.5), (1.5, 2)]),
        (0.8, 0.7, [(0, 0.8), (0.7, 1.5), (1.4, 2)]),
        (0.1, 0.1, 20),
    ):
        found = times_of(
            classifier.predict(clip, window=window, stride=stride)
        )
        assert found == expected or len(found) == expected


def test_windows_that_leave_gaps_are_refused(classifier, toy):
    for window, stride, expected in (
        (4, 0, 'a stride of 0 s'),
        (0, 1, 'windows of 0 s'),
        (4, 5, 'a stride of 5 s leaves gaps between windows of 4 s'),
        (4, -1, 'a stride of -1 s'),
        (float('nan'), 1, 'windows of nan s'),
        (None, 1, 'without a window'),
    ):
        with pytest.raises(UserError, match=expected):
            list(classifier.predict(toy.three, window=window, stride=stride))
    array = frames_of('red star circling')
    with pytest.raises(UserError, match='need the rate of the frames'):
        list(classifier.predict([array], window=1))


def test_the_frames_of_a_window_are_those_that_are_shown():
    constant = np.arange(300) / 29.97
    part = ShownFrames(constant, 29.97, 1, 5)
    assert len(part) == 120 and part.numbers[0] == 30
    assert (np.diff(part.numbers) == 1).all()
    # a frame for 9 s, then ten in one second
    slow = np.array([0, *(9 + np.arange(10) / 10)])
    part = ShownFrames(slow, 1.1, 4, 8)
    assert set(part.numbers) == {0}
    part = ShownFrames(slow, 2, 7, 11)
    assert part.numbers[:4].tolist() == [0] * 4 and part.numbers[-1] == 10


def test_merging_puts_borders_between_the_middles():
    def window(start, end, name, score=0.5):
        names = (name, *({'a', 'b'} - {name}))
        return Prediction('v', start, end, names, (score, 1 - score))

    windows = [
        window(0, 4, 'a', 0.6),
        window(1, 5, 'a', 0.8),
        window(2, 6, 'b'),
        window(3, 7, 'a'),
    ]
    merged = [tuple(segment) for segment in merge(windows)]
    assert merged == [
        (0, 3.5, 'a', pytest.approx(0.7)),
        (3.5, 4.5, 'b', 0.5),
        (4.5, 7, 'a', 0.5),
    ]
    assert list(merge([])) == []


def test_embeddings_of_windows_and_of_frames(classifier, mixing, toy):
    windows = list(classifier.embed(toy.three, window=2, stride=2))
    texts = classifier.embed_texts(THINGS)
    rows = torch.stack([w.features for w in windows])
    best = (rows @ texts.T).argmax(dim=1).tolist()
    assert best == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    frames = list(classifier.embed_frames(toy.three, stride=0.5))
    assert times_of(frames)[:2] == [(0, 0.5), (0.5, 1)] and len(frames) == 36
    (number,) = {len(f.features) for f in frames}
    assert number == rows.shape[1]
    norms = torch.stack([f.features for f in frames]).norm(dim=1)
    torch.testing.assert_close(norms, torch.ones(36))
    with pytest.raises(UserError, match='several frames at once'):
        list(mixing.embed_frames(toy.three))


def test_pictures_are_few_and_spread(classifier, tmp_path):
    frames = np.concatenate([frames_of('blue heart circling')] * 3)
    write_video(tmp_path / 'long.mp4', frames, WORLD.fps)
    timeline = classifier.timeline(tmp_path / 'long.mp4', 0.2, 0.1)
    assert len(timeline.windows) == 59
    assert 25 <= len(timeline.pictures) <= 48
    seconds = [second for second, _ in timeline.pictures]
    assert seconds == sorted(seconds)
    for _, picture in timeline.pictures:
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), 1)
        assert image.shape == (90, 90, 3)


def test_spans_are_side_by_side_by_default():
    assert Span.checked(4, None) == (4, 4)
