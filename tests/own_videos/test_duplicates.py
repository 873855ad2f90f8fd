"""The same video, found again; others that look alike are not."""

import cv2
import numpy as np
import pytest

from vlprompt.own_videos.duplicates import difference_hash, find_duplicates
from vlprompt.own_videos.prints import print_video
from vlprompt.toy.files import write_video
from vlprompt.toy.world import World, class_names, clip_names, render_clip

WORLD = World()
NAME = class_names()[0]


def write(path, frames, size=64, gain=1.0, add=0, quality=None):
    """A clip, as it is, smaller, brighter or as JPEG would have it."""
    changed = []
    for frame in frames:
        frame = cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA)
        frame = np.clip(frame * gain + add, 0, 255).astype(np.uint8)
        if quality:
            _, code = cv2.imencode(
                '.jpg', frame, [cv2.IMWRITE_JPEG_QUALITY, quality]
            )
            frame = cv2.imdecode(code, cv2.IMREAD_COLOR)
        changed.append(frame)
    write_video(path, np.stack(changed), WORLD.fps)
    return str(path)


def pairs_of(files):
    prints = [print_video(file) for file in files]
    assert not any(found.problem for found in prints)
    return find_duplicates([found.brightness() for found in prints])


@pytest.mark.parametrize(
    'change',
    [{}, dict(size=48), dict(size=128), dict(add=20), dict(quality=30)],
    ids=str,
)
def test_the_same_clip_otherwise_encoded(tmp_path, change):
    frames = render_clip(WORLD, 'val', NAME, 0)
    one = write(tmp_path / 'one.mp4', frames)
    other = write(tmp_path / 'other.mp4', frames, **change)
    assert pairs_of([one, other]) == [(0, 1)]


def test_other_clips_of_one_class_and_other_classes(tmp_path):
    clips = [c for c in clip_names(WORLD) if c[2] < 2][::3]
    files = [
        write(tmp_path / f'{i}.mp4', render_clip(WORLD, *clip))
        for i, clip in enumerate(clips)
    ]
    assert len(files) > 60
    assert pairs_of(files) == []


def test_a_hash_is_what_is_brighter_on_its_right():
    rising = np.tile(np.arange(16, dtype=np.uint8) * 8, (16, 1))
    assert (difference_hash(rising[None]) == 255).all()
    assert (difference_hash(rising[None, :, ::-1].copy()) == 0).all()


def test_many_videos_that_are_black_cost_little():
    black = [np.zeros((4, 16, 16), np.uint8)] * 2000
    assert find_duplicates(black) == []  # and not two million pairs


def test_a_file_that_is_no_video(tmp_path):
    (tmp_path / 'a.mp4').write_text('not a video')
    assert print_video(str(tmp_path / 'a.mp4')).problem
    assert print_video(str(tmp_path / 'missing.mp4')).problem
