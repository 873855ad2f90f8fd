"""A toy model, and folders of videos to index."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / 'clips'))

from toy_scenes import SCENES, THINGS, WORLD, frames_of

from vlprompt.apis import VideoEmbedder
from vlprompt.search import build_index
from vlprompt.shipped import find_config
from vlprompt.toy.clip_file import expand
from vlprompt.toy.files import CLIP, SHIPPED, write_video

SPAN = dict(window=1.0, stride=0.5)


@pytest.fixture(scope='session')
def model(make_once) -> str:
    """A config of the toy CLIP."""

    def make(folder: Path) -> None:
        expand(SHIPPED / CLIP, folder / CLIP)
        base, clip = find_config('clip/clip_toy.py'), str(folder / CLIP)
        (folder / 'toy.py').write_text(
            f'_base_ = [{base!r}]\n'
            f'model = dict(clip=dict(pretrained={clip!r}))\n'
        )

    return str(make_once('search_model', make) / 'toy.py')


@pytest.fixture(scope='session')
def embedder(model) -> VideoEmbedder:
    """The model; nobody changes it."""
    return VideoEmbedder(model, device='cpu', template='{}')


@pytest.fixture(scope='session')
def clips(make_once) -> Path:
    """A folder with a video of 4 s for each thing, and one in a folder."""

    def make(folder: Path) -> None:
        (folder / 'sub folder').mkdir()
        for thing, name in zip(THINGS, SCENES, strict=True):
            path = folder / f'{thing.replace(" ", "_")}.mp4'
            write_video(path, frames_of(name, 4), WORLD.fps)
        frames = frames_of('yellow star spinning', 2)
        write_video(folder / 'sub folder/yellow.mp4', frames, WORLD.fps)

    return make_once('search_clips', make)


@pytest.fixture
def videos(clips, tmp_path) -> Path:
    """A copy of these that a test may change."""
    return Path(shutil.copytree(clips, tmp_path / 'videos'))


@pytest.fixture(scope='session')
def made(make_once, clips, embedder) -> Path:
    """An index of the clips; nobody changes it."""
    return make_once(
        'search_index',
        lambda folder: build_index(clips, folder, embedder, **SPAN),
    )


@pytest.fixture
def index(made, clips, videos, tmp_path) -> Path:
    """A copy of the index that a test may change, of a copy of the clips."""
    path = Path(shutil.copytree(made, tmp_path / 'index'))
    text = (path / 'manifest.json').read_text()
    text = text.replace(str(clips), str(videos))
    (path / 'manifest.json').write_text(text)
    return path


@pytest.fixture
def count_embedded(monkeypatch) -> Callable[[], list[str]]:
    """Notes which videos are embedded."""
    from vlprompt.search import build, encoding

    names: list[str] = []

    def counted(embedder, sources, **options):
        names.extend(Path(source.name).name for source in sources)
        return encoding.embed_apart(embedder, sources, **options)

    monkeypatch.setattr(build, 'embed_apart', counted)
    return names
