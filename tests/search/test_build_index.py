"""Indexes: what is embedded, what is kept, what is forgotten."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from toy_scenes import WORLD, frames_of

from vlprompt.apis import VideoEmbedder, build_index, open_index
from vlprompt.search import build, rewrite
from vlprompt.search.parts import Block, part_numbers, read_part, write_part
from vlprompt.search.rewrite import compact
from vlprompt.search.shards import Shard
from vlprompt.search.videos import list_videos
from vlprompt.toy.files import write_video

SPAN = dict(window=1.0, stride=0.5)
NUMBER = 3 * 7 + 3  # windows of the clips


def equal(one, other):
    """Whether two indexes have the same windows, bit for bit."""
    one, other = open_index(one), open_index(other)
    same = one.features().tobytes() == other.features().tobytes()
    rows = zip(one.windows, other.windows, strict=True)
    return same and all(np.array_equal(a, b) for a, b in rows)


def test_an_index_is_arrays_and_lines(made, clips, embedder):
    features = np.load(made / 'img_emb/img_emb_0000.npy')
    lines = (made / 'metadata/metadata_0000.jsonl').read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert features.dtype == np.float16
    assert features.shape == (NUMBER, 128) == (len(rows), 128)
    assert np.allclose(np.linalg.norm(features.astype('f4'), axis=1), 1, 1e-3)
    assert rows[1]['path'] == 'blue_heart.mp4'
    assert (rows[1]['start'], rows[1]['end']) == (0.5, 1.5)
    assert rows[-1]['path'] == 'sub folder/yellow.mp4'
    assert rows[1]['size'] == (clips / 'blue_heart.mp4').stat().st_size
    expected = [
        *embedder.embed(clips / 'blue_heart.mp4', 8, window=1, stride=0.5)
    ]
    own = [row['path'] for row in rows].count('blue_heart.mp4')
    for row, window in zip(features[:own], expected, strict=True):
        assert np.array_equal(row, window.features.numpy().astype('f2'))
    manifest = json.loads((made / 'manifest.json').read_text())
    assert manifest['width'] == 128 and manifest['window'] == 1
    assert manifest['decoder'].startswith('PyAV')


def test_a_video_is_decoded_once(videos, embedder, tmp_path, monkeypatch):
    from vlprompt.clips import sources

    opened = []
    open_reader = sources.open_reader
    monkeypatch.setattr(
        sources,
        'open_reader',
        lambda path: opened.append(path) or open_reader(path),
    )
    build_index(videos, tmp_path / 'new', embedder, **SPAN)
    assert len(opened) == len(set(opened)) == 4


def test_only_what_is_new_or_has_changed_is_embedded(
    index, videos, embedder, count_embedded
):
    assert build_index(videos, index, embedder, **SPAN).embedded == 0
    write_video(videos / 'new.mp4', frames_of('red star spinning'), 10)
    write_video(videos / 'red_star.mp4', frames_of('red star growing'), 10)
    (videos / 'blue_heart.mp4').unlink()
    os.utime(videos / 'green_arrow.mp4')  # its contents are the same
    built = build_index(videos, index, embedder, **SPAN)
    assert count_embedded == ['new.mp4', 'red_star.mp4']
    assert (built.embedded, built.forgotten) == (2, 2)
    assert (built.videos, built.windows) == (4, 7 + 3 * 3)
    build_index(videos, index.parent / 'fresh', embedder, **SPAN)
    assert equal(index, index.parent / 'fresh')
    assert 'blue_heart.mp4' not in open_index(index).paths


def test_what_cannot_be_read_is_in_a_table(videos, embedder, tmp_path):
    (videos / 'bad.mp4').write_text('text')
    index = tmp_path / 'index'
    built = build_index(videos, index, embedder, **SPAN)
    assert built.videos == 4 and len(built.problems) == 1
    table = (index / 'problems.csv').read_text().splitlines()
    assert table == ['path,reason', 'bad.mp4,not a video: text']
    (videos / 'bad.mp4').unlink()
    build_index(videos, index, embedder, **SPAN)
    assert not (index / 'problems.csv').exists()


def test_what_was_embedded_before_ctrl_c_is_kept(
    made, clips, embedder, tmp_path
):
    def stop(done, *_):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(clips, tmp_path, embedder, **SPAN, listen=stop)
    assert build_index(clips, tmp_path, embedder, **SPAN).embedded == 1
    assert equal(made, tmp_path)


def test_a_video_that_goes_in_the_meantime_is_a_problem(
    videos, embedder, tmp_path
):
    def remove(*_):
        (videos / 'sub folder/yellow.mp4').unlink(missing_ok=True)
        (videos / 'red_star.mp4').unlink(missing_ok=True)

    index = tmp_path / 'index'
    built = build_index(
        videos, index, embedder, **SPAN, num_workers=0, listen=remove
    )
    assert built.videos == 2
    assert [p.name for p in built.problems] == [
        'red_star.mp4',
        'sub folder/yellow.mp4',
    ]


@pytest.mark.parametrize('workers', [0, 3])
def test_three_shards_are_one_run(
    made, clips, videos, embedder, tmp_path, workers
):
    """And one batch is no other: what is read together changes no bit."""
    index = tmp_path / 'shards'
    for number in (2, 0, 1):
        build_index(
            clips,
            index,
            embedder,
            **SPAN,
            shard=Shard(number, 3),
            num_workers=workers,
        )
    assert part_numbers(index) == [0, 1, 2]
    assert equal(made, index)
    assert compact(index) == 1
    assert equal(made, index)


def test_a_batch_has_windows_of_one_video(videos, embedder, tmp_path):
    """Otherwise its size, and with it the last bits, depend on others."""
    alone, index = tmp_path / 'alone', tmp_path / 'index'
    (alone / 'videos').mkdir(parents=True)
    shutil.copy2(videos / 'red_star.mp4', alone / 'videos')
    build_index(videos, index, embedder, **SPAN, batch_size=5)
    build_index(alone / 'videos', alone / 'i', embedder, **SPAN, batch_size=5)
    together = open_index(index)
    own = together.paths.index('red_star.mp4')
    rows = together.features()[together.windows.video == own]
    assert np.array_equal(rows, open_index(alone / 'i').features())


@pytest.mark.slow
def test_a_killed_run_goes_on(made, clips, model, tmp_path):
    """SIGKILL after some parts; then the rest, and no more than that."""
    index = tmp_path / 'index'
    program = (
        'import sys, time\n'
        'from vlprompt.apis import VideoEmbedder, build_index\n'
        'from vlprompt.search import build\n'
        'build.ROWS = 1\n'
        f'embedder = VideoEmbedder({model!r}, device="cpu", template="{{}}")\n'
        f'build_index({str(clips)!r}, {str(index)!r}, embedder, 1.0, 0.5,\n'
        '    listen=lambda done, *_: time.sleep(600 if done == 2 else 0))\n'
    )
    child = subprocess.Popen([sys.executable, '-c', program])
    deadline = time.monotonic() + 120
    while len(part_numbers(index)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(open_index(index).paths) == 2
    embedder = VideoEmbedder(model, device='cpu', template='{}')
    assert build_index(clips, index, embedder, **SPAN).embedded == 2
    assert equal(made, index)


@pytest.mark.parametrize('stop', ['img_emb', 'metadata', 'remove'])
def test_a_run_that_is_killed_while_it_forgets(
    index, videos, embedder, monkeypatch, stop
):
    """Wherever that is, the next one comes to the same end."""
    (videos / 'blue_heart.mp4').unlink()

    def fail(*_):
        raise KeyboardInterrupt

    def write_half(index, number, blocks):
        write_part(index, number, blocks)
        (index / f'metadata/metadata_{number:04}.jsonl').unlink()
        fail()

    with monkeypatch.context() as patch:
        if stop == 'img_emb':
            patch.setattr(rewrite, 'write_part', fail)
        elif stop == 'metadata':
            patch.setattr(rewrite, 'write_part', write_half)
        else:
            patch.setattr(rewrite, 'remove_part', fail)
        with pytest.raises(KeyboardInterrupt):
            build_index(videos, index, embedder, **SPAN)
    assert len(open_index(index)) == NUMBER
    build_index(videos, index, embedder, **SPAN)
    build_index(videos, index.parent / 'fresh', embedder, **SPAN)
    assert equal(index, index.parent / 'fresh')


def test_small_parts_are_put_together(
    made, clips, embedder, tmp_path, monkeypatch
):
    index = tmp_path / 'index'
    monkeypatch.setattr(build, 'ROWS', 1)
    build_index(clips, index, embedder, **SPAN)
    assert len(part_numbers(index)) == 4
    monkeypatch.setattr(rewrite, 'FULL', 10)
    assert compact(index) == 2
    assert equal(made, index)
    names = [b.video.path for n in (4, 5) for b in read_part(index, n)]
    assert names == sorted(names)


def test_of_a_video_that_is_there_twice_the_newest_counts(index):
    (old, *_) = read_part(index, 0)
    video = old.video._replace(mtime=old.video.mtime + 1)
    features = np.roll(old.features[:1], 1, axis=1)
    write_part(index, 7, [Block(video, old.times[:1], features)])
    opened = open_index(index)
    assert len(opened) == NUMBER - 6
    assert np.array_equal(opened.features()[:1], features)


def test_videos_are_sorted_by_their_paths(clips):
    paths = [video.path for video in list_videos(clips)]
    assert paths == sorted(paths)
    assert paths[-1] == 'sub folder/yellow.mp4'
    assert WORLD.fps == 10 and Path(clips).is_dir()
