"""A folder of videos."""

import shutil

import pytest
from toy_classes import CLASSES, WORLD

from vlprompt.toy.files import write_video
from vlprompt.toy.world import render_clip


@pytest.fixture(scope='session')
def clips(make_once):
    """Five clips of each of three classes, by class."""

    def make(folder):
        for name in CLASSES:
            target = folder / name.replace(' ', '_')
            target.mkdir()
            for number in range(5):
                frames = render_clip(WORLD, 'val', name, number)
                write_video(target / f'{number}.mp4', frames, WORLD.fps)

    return make_once('own_videos', make)


@pytest.fixture
def videos(clips, tmp_path, monkeypatch):
    """A copy of the clips, in the working folder."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(clips, tmp_path / 'my videos')
    return tmp_path / 'my videos'
