"""What is pushed is what others get."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.registry import DefaultScope
from pushed_models import CLASSES, make_video, toy_config, train

from vlprompt import hub
from vlprompt.apis import VideoClassifier
from vlprompt.errors import UserError

CONFIGS = (
    'vilt/vilt_toy',  # prompts, the whole CLIP frozen
    'xclip/xclip_toy',  # a trained tower and a frozen one
    'vifi/vifi_toy',  # all but the word embeddings is learned
    'aim/aim_toy',  # a linear head, no texts
    'clip/clip_toy',  # nothing learned
    'vita/vita_toy',
    'a5/a5_toy',
    'mixtures/aim_vlp_toy',
)


@pytest.fixture(autouse=True)
def no_scope_is_left(monkeypatch):
    monkeypatch.setattr(DefaultScope, '_instance_dict', {})


@pytest.fixture(autouse=True)
def no_large_files_are_left(tmp_path):
    yield
    for file in tmp_path.rglob('*.safetensors'):
        file.unlink()


@pytest.fixture(scope='module')
def clip(tmp_path_factory) -> Path:
    """The folder of the toy CLIP."""
    return tmp_path_factory.mktemp('clip')


@pytest.fixture(scope='module')
def video(tmp_path_factory) -> str:
    return make_video(tmp_path_factory.mktemp('video'))


@pytest.fixture(scope='module')
def vilt(tmp_path_factory, clip) -> Path:
    """A folder as it is pushed, and beside it the run."""
    root = tmp_path_factory.mktemp('vilt')
    config = toy_config('vilt/vilt_toy', clip)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultScope, '_instance_dict', {})
        checkpoint = train(config, root)
        config.dump(root / 'config.py')
        metrics = {'acc/top1': 0.5, 'acc/top5': 0.875, 'decoder': 'PyAV 1'}
        metrics |= {'acc/scored': 7, 'acc/listed': 8}
        (root / 'metrics.json').write_text(json.dumps(metrics))
        hub.write_folder(
            config,
            checkpoint,
            root / 'pushed',
            name='me/toy',
            license_id='mit',
            metrics=root / 'metrics.json',
        )
    return root


@pytest.mark.parametrize('name', CONFIGS)
def test_a_model_comes_back_as_it_was(tmp_path, name, video, clip):
    config = toy_config(name, clip)
    learns = bool(config.model.trainable)
    checkpoint = train(config, tmp_path) if learns else None
    before = VideoClassifier(config, checkpoint, 'cpu')
    hub.write_folder(config, checkpoint, tmp_path / 'pushed')
    found = hub.read_folder(hub.pull(str(tmp_path / 'pushed')))
    after = VideoClassifier(found.config, found.checkpoint, 'cpu')
    assert after(video) == before(video)
    assert [n for n, _ in sorted(after(video))] == sorted(CLASSES)
    old, new = before.model.state_dict(), after.model.state_dict()
    assert list(old) == list(new)
    assert all(torch.equal(old[key], new[key]) for key in old)


def test_the_folder_has_no_code_and_no_paths_of_this_machine(vilt):
    names = {file.name for file in (vilt / 'pushed').iterdir()}
    assert names == {
        'README.md',
        'clip.safetensors',
        'config.json',
        'model.safetensors',
        'vlprompt.json',
    }
    for file in ('config.json', 'vlprompt.json', 'README.md'):
        text = (vilt / 'pushed' / file).read_text()
        assert '/toy/' not in text and 'ann_file' not in text
    config = json.loads((vilt / 'pushed/config.json').read_text())
    assert set(config) == {'default_scope', 'model', 'test_dataloader'}


def test_facts_say_what_the_model_is(vilt):
    facts = json.loads((vilt / 'pushed/vlprompt.json').read_text())
    assert facts['classes'] == facts['trained_on'] == CLASSES
    assert (facts['frames'], facts['views']) == (8, '1x1')
    assert facts['clip']['pretrained'] == 'clip.safetensors'
    assert len(facts['clip']['fingerprint']) == 32
    assert facts['learned'] == 37_120
    assert facts['preprocessing']['size'] == [48, 48]
    found = facts['measured']
    assert found['numbers'] == {'acc/top1': 0.5, 'acc/top5': 0.875}
    assert found['list']['name'] == 'novel_val.txt'
    assert (found['list']['scored'], found['list']['videos']) == (7, 8)
    assert (found['views'], found['decoder']) == ('1x1', 'PyAV 1')
    assert {'vlprompt', 'torch', 'open_clip_torch'} <= set(facts['versions'])


def test_the_card_is_one_that_the_hub_reads(vilt):
    from huggingface_hub import ModelCard

    card = ModelCard.load(vilt / 'pushed/README.md')
    assert card.data.library_name == 'vlprompt'
    assert card.data.pipeline_tag == 'video-classification'
    assert card.data.license == 'mit'
    results = {r.metric_name: r.metric_value for r in card.data.eval_results}
    assert results == {'top-1, 1x1 views': 0.5, 'top-5, 1x1 views': 0.875}
    assert '--model hf://me/toy --classes ' in card.text
    assert '| acc/top1 | 0.5 |' in card.text
    assert 'novel_val.txt`, 7 of 8 videos scored, 1x1 views' in card.text


def test_the_card_of_a_public_clip_names_it():
    from vlprompt.hub.card import _base_model

    clip = dict(arch='ViT-B-16-quickgelu', pretrained='openai')
    assert _base_model(clip) == 'timm/vit_base_patch16_clip_224.openai'


class FakeApi:
    """Records what would be sent.

    Args:
        private: Whether the repository, once made, is private.
    """

    def __init__(self, private: bool = False) -> None:
        self.private = private
        self.calls = []

    def create_repo(self, repo_id, private, exist_ok):
        self.calls.append(('create', repo_id, private, exist_ok))

    def model_info(self, repo_id, **_):
        return SimpleNamespace(private=self.private)

    def upload_folder(self, repo_id, folder_path, allow_patterns, **_):
        files = sorted(
            file.name
            for file in Path(folder_path).iterdir()
            if file.name in allow_patterns
        )
        self.calls.append(('upload', repo_id, files))


@pytest.fixture
def api(monkeypatch) -> FakeApi:
    found = FakeApi()
    monkeypatch.setattr('huggingface_hub.HfApi', lambda: found)
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', False)
    return found


def test_a_push_makes_the_repository_and_sends_the_files(vilt, api):
    assert hub.push(vilt / 'pushed', 'me/toy') == 'hf://me/toy'
    files = [
        'README.md',
        'clip.safetensors',
        'config.json',
        'model.safetensors',
        'vlprompt.json',
    ]
    assert api.calls == [
        ('create', 'me/toy', False, True),
        ('upload', 'me/toy', files),
    ]


def test_a_private_model_is_not_pushed_to_a_public_repository(vilt, api):
    with pytest.raises(UserError, match='exists and is public'):
        hub.push(vilt / 'pushed', 'me/toy', 'private')
    assert [call[0] for call in api.calls] == ['create']
    api.private = True
    hub.push(vilt / 'pushed', 'me/toy', 'private')
    assert [call[0] for call in api.calls] == ['create', 'create', 'upload']


def test_offline_a_push_says_what_to_do(vilt, monkeypatch):
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', True)
    with pytest.raises(UserError, match='hf upload me/toy FOLDER'):
        hub.push(vilt / 'pushed', 'me/toy')


def test_a_push_that_fails_is_one_line(vilt, api, monkeypatch):
    def fail(*_, **__):
        raise ConnectionError('no\nroute')

    monkeypatch.setattr(api, 'upload_folder', fail, raising=False)
    with pytest.raises(UserError, match='ConnectionError: no route') as error:
        hub.push(vilt / 'pushed', 'me/toy')
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'custom_imports': {'imports': ['mine']}}, 'imports mine'),
        ({'model.clip.pretrained': None}, 'random weights'),
        ({'model.cls_head.average_clips': len}, 'is a builtin_function'),
    ],
)
def test_what_others_could_not_read_is_not_pushed(
    tmp_path, clip, change, words
):
    config = toy_config('clip/clip_toy', clip)
    config.merge_from_dict(change)
    with pytest.raises(UserError, match=words):
        hub.write_folder(config, None, tmp_path / 'pushed')
    assert not (tmp_path / 'pushed').exists()


def test_models_of_others_are_not_pushed(tmp_path, clip):
    config = toy_config('clip/clip_toy', clip)
    config.model.type = 'Recognizer2D'
    with pytest.raises(UserError, match='Recognizer2D cannot be pushed'):
        hub.write_folder(config, None, tmp_path / 'pushed')


def test_nothing_is_written_among_other_files(tmp_path, clip):
    (tmp_path / 'thesis.tex').touch()
    with pytest.raises(UserError, match=r'holds thesis\.tex'):
        hub.write_folder(toy_config('clip/clip_toy', clip), None, tmp_path)


def test_a_model_of_half_precision_is_pushed_in_full(clip, tmp_path, vilt):
    config = toy_config('vilt/vilt_toy', clip)
    config.model.frozen_dtype = 'bfloat16'
    checkpoint = str(vilt / 'epoch_1.pth')
    hub.write_folder(config, checkpoint, tmp_path / 'pushed')
    for name in ('model.safetensors', 'clip.safetensors'):
        first, second = vilt / 'pushed' / name, tmp_path / 'pushed' / name
        assert first.read_bytes() == second.read_bytes()


def test_class_names_do_not_break_the_table_of_the_card(clip, tmp_path):
    config = toy_config('clip/clip_toy', clip)
    config.test_dataloader.dataset.classes = ['a | b', 'c\nd']
    written = hub.write_folder(config, None, tmp_path / 'pushed')
    assert r'| class names | a \| b, c d |' in written.card


def test_nothing_of_an_earlier_model_stays(clip, tmp_path):
    frozen = toy_config('clip/clip_toy', clip)
    hub.write_folder(frozen, None, tmp_path / 'pushed')
    assert (tmp_path / 'pushed/clip.safetensors').exists()
    learned = toy_config('vifi/vifi_toy', clip)
    learned.model.trainable = ['*']
    checkpoint = train(learned, tmp_path)
    hub.write_folder(learned, checkpoint, tmp_path / 'pushed')
    assert not (tmp_path / 'pushed/clip.safetensors').exists()


def test_a_folder_that_is_not_finished_is_no_model(
    clip, tmp_path, monkeypatch
):
    def fill_disk(*_):
        raise OSError(28, 'No space left on device')

    config = toy_config('clip/clip_toy', clip)
    hub.write_folder(config, None, tmp_path / 'pushed')
    monkeypatch.setattr('vlprompt.hub.writer.save_file', fill_disk)
    with pytest.raises(OSError, match='No space'):
        hub.write_folder(config, None, tmp_path / 'pushed')
    with pytest.raises(UserError):
        hub.read_folder(tmp_path / 'pushed')


def test_a_pulled_model_can_be_pushed_again(vilt, tmp_path):
    found = hub.read_folder(vilt / 'pushed')
    hub.write_folder(found.config, found.checkpoint, tmp_path / 'again')
    for name in ('model.safetensors', 'clip.safetensors', 'config.json'):
        first, second = vilt / 'pushed' / name, tmp_path / 'again' / name
        assert first.read_bytes() == second.read_bytes()
