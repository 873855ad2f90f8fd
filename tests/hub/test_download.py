"""Models of the Hub, from its cache, and what is said where there is none."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub.errors import (
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
)

from vlprompt import hub
from vlprompt.errors import UserError
from vlprompt.hub.address import parse_address

COMMIT = 'a2e27a78a2b5d802e894b8a1ef14f3a8ce490963'
NAME = 'microsoft/xclip-base-patch16-zero-shot'


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of the Hub."""
    folder = tmp_path / 'cache'
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_CACHE', str(folder))
    return folder


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', True)


def put(cache: Path, name: str, files: dict[str, str]) -> Path:
    """Files of a model, as ``huggingface_hub`` keeps them."""
    root = cache / f'models--{name.replace("/", "--")}'
    snapshot = root / 'snapshots' / COMMIT
    for folder in (snapshot, root / 'blobs', root / 'refs'):
        folder.mkdir(parents=True)
    (root / 'refs/main').write_text(COMMIT)
    for i, (file, text) in enumerate(files.items()):
        (root / 'blobs' / str(i)).write_text(text)
        (snapshot / file).symlink_to(Path('../../blobs', str(i)))
    return snapshot


@pytest.mark.parametrize('weights', ['model.safetensors', 'pytorch_model.bin'])
def test_offline_a_model_comes_from_the_cache(cache, offline, weights):
    snapshot = put(cache, NAME, {'config.json': '{}', weights: ''})
    for address in (f'hf://{NAME}', f'hf://{NAME}@main'):
        assert hub.pull(address) == snapshot
    assert hub.pull(f'hf://{NAME}@{COMMIT}') == snapshot


def test_a_folder_stays_where_it_is(tmp_path):
    assert hub.pull(str(tmp_path)) == tmp_path
    with pytest.raises(UserError, match='no folder at'):
        hub.pull(str(tmp_path / 'none'))


def test_offline_the_line_says_what_to_fetch_and_where_to_put_it(
    cache, offline
):
    begin = time.monotonic()
    with pytest.raises(UserError) as error:
        hub.pull(f'hf://{NAME}')
    assert time.monotonic() - begin < 5
    line = str(error.value)
    assert '\n' not in line
    assert 'HF_HUB_OFFLINE=1' in line
    assert f'hf download {NAME} --local-dir FOLDER' in line
    assert '--model FOLDER' in line


def test_a_model_that_is_half_in_the_cache_is_missing(cache, offline):
    put(cache, NAME, {'config.json': '{}'})
    with pytest.raises(UserError, match='hf download'):
        hub.pull(f'hf://{NAME}')


class FakeHub:
    """A Hub with one model.

    Args:
        folder: Where it is put on request.
        files: What it has.
        error: What asking for it raises.
    """

    def __init__(self, folder, files, error=None) -> None:
        self.folder, self.files, self.error = folder, files, error
        self.asked = 0
        self.fetched = []

    def model_info(self, *_, **__):
        self.asked += 1
        if self.error is not None:
            raise self.error
        return SimpleNamespace()

    def snapshot_download(self, repo, allow_patterns, local_files_only, **_):
        if local_files_only:
            raise LocalEntryNotFoundError('not there')
        for name in set(allow_patterns) & set(self.files):
            (self.folder / name).write_text('{}')
            self.fetched.append(name)
        return str(self.folder)


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Puts a model on a Hub."""

    def make(*files: str, error=None) -> FakeHub:
        found = FakeHub(tmp_path, files, error)
        monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', False)
        monkeypatch.setattr('huggingface_hub.HfApi', lambda: found)
        monkeypatch.setattr(
            'huggingface_hub.snapshot_download', found.snapshot_download
        )
        return found

    return make


OTHERS = ('tf_model.h5', 'vocab.json', 'training.py', 'optimizer.pt')


@pytest.mark.parametrize(
    ('there', 'fetched'),
    [
        (
            ('config.json', 'preprocessor_config.json', 'model.safetensors')
            + ('pytorch_model.bin',),
            ('config.json', 'preprocessor_config.json', 'model.safetensors'),
        ),
        (
            ('config.json', 'pytorch_model.bin'),
            ('config.json', 'pytorch_model.bin'),
        ),
        (
            ('config.json', 'open_clip_config.json', 'model.safetensors')
            + ('open_clip_model.safetensors', 'open_clip_pytorch_model.bin'),
            ('config.json', 'open_clip_config.json')
            + ('open_clip_model.safetensors',),
        ),
        (
            ('config.json', 'vlprompt.json', 'model.safetensors')
            + ('clip.safetensors', 'pytorch_model.bin'),
            ('config.json', 'vlprompt.json', 'model.safetensors')
            + ('clip.safetensors',),
        ),
        (
            ('config.json', 'vlprompt.json', 'model.safetensors'),
            ('config.json', 'vlprompt.json', 'model.safetensors'),
        ),
    ],
    ids=['transformers', 'pickle', 'open_clip', 'ours', 'ours with a tag'],
)
def test_only_what_is_needed_is_fetched(fake, there, fetched):
    found = fake(*there, *OTHERS)
    assert hub.pull(f'hf://{NAME}') == found.folder
    assert sorted(found.fetched) == sorted(fetched)


def test_no_pickle_of_ours_is_fetched(fake):
    found = fake('config.json', 'vlprompt.json', 'pytorch_model.bin')
    with pytest.raises(UserError, match=r'has no model\.safetensors'):
        hub.pull(f'hf://{NAME}')
    assert 'pytorch_model.bin' not in found.fetched


def test_a_repository_without_a_model_is_one_line(fake):
    fake('README.md')
    with pytest.raises(UserError, match='no model that is known here'):
        hub.pull(f'hf://{NAME}')


def test_without_a_network_the_hub_is_asked_once(fake):
    found = fake(error=ConnectionError('no route'))
    with pytest.raises(UserError, match=r'ConnectionError.*hf download'):
        hub.pull(f'hf://{NAME}')
    assert found.asked == 1


def test_a_name_that_is_not_there_is_one_line(fake):
    response = SimpleNamespace(
        status_code=404, headers={}, request=None, text=''
    )
    fake(error=RepositoryNotFoundError('no', response=response))
    with pytest.raises(UserError, match='hf auth login'):
        hub.pull(f'hf://{NAME}')


@pytest.mark.parametrize(
    'text',
    [
        'hf://name',
        'hf://user/name/more',
        'hf://../..',
        'hf://user/..',
        'hf:///etc/passwd',
        'hf://user/na me',
        'hf://user/name@',
        'hf://user/name@../../refs',
        'hf://user/name@/etc',
        'hf://-user/name',
        'hf://user--x/name',
        'hf://user/name\n',
        'hf://',
    ],
)
def test_an_address_that_is_none_is_refused(text):
    with pytest.raises(UserError, match='expected hf://user/name'):
        hub.pull(text)


def test_an_address_has_a_revision_or_none():
    assert parse_address('hf://me/a.b_c-1').revision is None
    address = parse_address('hf://me/x@refs/pr/1')
    assert address == ('me/x', 'refs/pr/1')
    assert str(address) == 'hf://me/x@refs/pr/1'
