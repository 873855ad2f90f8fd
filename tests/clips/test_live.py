"""Streams, of which a file stands for one."""

import itertools
import time

import numpy as np
import pytest
from toy_scenes import SCENES, THINGS, frames_of

from vlprompt.clips import live
from vlprompt.clips.live import Shown
from vlprompt.clips.windows import Span
from vlprompt.errors import UserError


def test_a_file_is_watched_like_a_stream(classifier, toy):
    seen = list(classifier.watch(toy.three, window=2, stride=1))
    whole = list(classifier.predict(toy.three, window=2, stride=1))
    assert len(seen) == len(whole) == 17
    for a, b in zip(seen, whole, strict=True):
        assert (a.start, a.end) == pytest.approx((b.start, b.end))
        assert a.names == b.names
        np.testing.assert_allclose(a.scores, b.scores, atol=1e-5)


def test_what_ends_before_a_window_is_one(classifier, toy):
    (only,) = classifier.watch(str(toy.clips[1]), window=5, stride=5)
    assert only.names[0] == THINGS[1]
    assert (only.start, only.end) == (0, pytest.approx(2))


def test_a_result_is_there_when_its_window_has_passed(
    classifier, toy, monkeypatch
):
    read = []

    def counted(address):
        for frame in itertools.count():
            read.append(frame)
            yield Shown(frame / 10, images[frame % len(images)])

    images = frames_of(SCENES[0])
    monkeypatch.setattr(live, '_read', counted)
    monkeypatch.setattr(live, 'is_live', lambda address: False)
    watched = classifier.watch('endless', window=1, stride=0.5)
    ends = [next(watched).end for _ in range(3)]
    assert ends == pytest.approx([1, 1.5, 2]) and len(read) == 20
    watched.close()


def test_a_camera_that_is_faster_loses_frames(classifier, toy, monkeypatch):
    images = frames_of(SCENES[0])

    def camera(address):
        for frame in range(400):
            time.sleep(0.001)
            yield Shown(frame / 100, images[frame % len(images)])

    monkeypatch.setattr(live, '_read', camera)
    steps, span = classifier._single, Span(0.2, 0.1)
    clips = []
    for clip in live.watch('camera', steps, span):
        time.sleep(0.15)  # a model that takes longer than the stride
        clips.append(clip)
    assert 2 <= len(clips) < 38
    ends = [clip.end for clip in clips]
    assert ends == sorted(ends) and ends[-1] == pytest.approx(4, abs=0.15)
    for clip in clips:
        assert clip.end - clip.start == pytest.approx(0.2, abs=0.05)


def test_what_cannot_be_watched(classifier, tmp_path):
    (tmp_path / 'text.mp4').write_text('no video')
    for address, expected in (
        (97, r'cannot open camera 97 \(/dev/video97\): no such file'),
        (str(tmp_path / 'text.mp4'), 'cannot open .*text.mp4: invalid data'),
        ('rtsp://127.0.0.1:9/x', 'cannot open rtsp://127.0.0.1:9/x'),
    ):
        with pytest.raises(UserError, match=expected) as caught:
            list(classifier.watch(address))
        assert '\n' not in str(caught.value)


def test_a_stream_that_breaks_off_is_named(classifier, monkeypatch):
    def breaking(address):
        yield Shown(0, frames_of(SCENES[0])[0])
        raise UserError(f'{address} broke off: gone')

    monkeypatch.setattr(live, '_read', breaking)
    with pytest.raises(UserError, match='camera broke off'):
        list(classifier.watch('camera'))
