"""Folders of others: what is read, and what is refused in one line."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope
from pushed_models import CLASSES, toy_config, train
from safetensors.torch import load_file, save_file

from vlprompt import hub
from vlprompt.apis import init_recognizer
from vlprompt.errors import UserError


@pytest.fixture(autouse=True)
def no_scope_is_left(monkeypatch):
    monkeypatch.setattr(DefaultScope, '_instance_dict', {})


@pytest.fixture(scope='module')
def pushed(tmp_path_factory) -> Path:
    """A folder as it is pushed."""
    root = tmp_path_factory.mktemp('pushed')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultScope, '_instance_dict', {})
        config = toy_config('vilt/vilt_toy', root)
        hub.write_folder(config, train(config, root), root / 'model')
    return root / 'model'


@pytest.fixture
def folder(pushed, tmp_path):
    """A copy that may be changed; large files are links."""
    target = tmp_path / 'model'
    target.mkdir()
    for file in pushed.iterdir():
        if file.stat().st_size > 1e6:
            (target / file.name).symlink_to(file)
        else:
            shutil.copy(file, target)
    return target


def refused(folder: Path, words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        found = hub.read_folder(folder)
        init_recognizer(found.config, found.checkpoint, 'cpu')
    assert '\n' not in str(error.value)


def change(folder: Path, path: str, value: object) -> None:
    """Put a value into config.json, at a dotted path."""
    file = folder / 'config.json'
    config = json.loads(file.read_text())
    *above, last = path.split('.')
    place = config
    for key in above:
        place = place[int(key)] if key.isdigit() else place[key]
    place[int(last) if last.isdigit() else last] = value
    file.write_text(json.dumps(config))


STEPS = 'test_dataloader.dataset.pipeline'
SHELL = {'type': 'os.system', 'command': 'touch harmed'}
CODE = {
    'a function of a module': (f'{STEPS}.0', SHELL),
    'one in the model': ('model.pooler', SHELL),
    'one with a scope': (
        f'{STEPS}.0',
        {'type': 'system', '_scope_': 'os', 'command': 'touch harmed'},
    ),
    'a module': (f'{STEPS}.0', {'type': 'antigravity'}),
    'a class of MMEngine': ('model.pooler', {'type': 'mmengine.Config'}),
    'a hook of a run': ('model.pooler', {'type': 'CheckpointHook'}),
    'a type that is no text': (f'{STEPS}.0', {'type': 5}),
    'a type that is a list': (f'{STEPS}.0', {'type': ['os', 'system']}),
    'imports': ('custom_imports', {'imports': ['antigravity']}),
    'a base': ('_base_', 'elsewhere.py'),
    'hooks': ('custom_hooks', []),
    'a pickle to load': (
        'model.init_cfg',
        {'type': 'Pretrained', 'checkpoint': 'http://here/evil.pth'},
    ),
    'weights of elsewhere': ('model.clip.pretrained', '../../evil.pt'),
    'weights by an absolute path': ('model.clip.pretrained', '/etc/passwd'),
    'a second stage': ('model.clip.finetuned', 'evil.pth'),
    'a text tower of elsewhere': (
        'model.clip.arch.text_cfg',
        {'hf_model_name': 'evil/model'},
    ),
    'a file in the pipeline': (f'{STEPS}.1.mode', '../../etc/passwd'),
    'a class list in a file': (
        'test_dataloader.dataset.classes',
        '/etc/passwd',
    ),
    'a list of videos': ('test_dataloader.dataset.ann_file', 'list.txt'),
    'another model': ('model.type', 'Recognizer2D'),
}


@pytest.mark.parametrize('what', CODE)
def test_a_config_that_does_more_than_describe_is_refused(
    folder, what, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    change(folder, *CODE[what])
    refused(folder, r'config\.json')
    assert not (tmp_path / 'harmed').exists()


def test_what_the_check_is_for(tmp_path, monkeypatch):
    """MMEngine runs a function that a type names."""
    from vlprompt.registry import TRANSFORMS

    monkeypatch.chdir(tmp_path)
    TRANSFORMS.build({'type': 'os.mkdir', 'path': 'harmed'})
    assert (tmp_path / 'harmed').exists()


def test_weights_of_another_clip_are_refused(folder, pushed):
    clip = load_file(pushed / 'clip.safetensors')
    clip['visual.proj'] = clip['visual.proj'] + 1
    (folder / 'clip.safetensors').unlink()
    save_file(clip, folder / 'clip.safetensors')
    refused(folder, 'trained on another CLIP')


def test_weights_and_facts_that_differ_are_refused(folder):
    facts = json.loads((folder / 'vlprompt.json').read_text())
    facts['clip']['fingerprint'] = '0' * 32
    (folder / 'vlprompt.json').write_text(json.dumps(facts))
    refused(folder, 'do not belong together')


def test_weights_with_other_keys_are_refused(folder):
    state = load_file(folder / 'model.safetensors')
    state['more'] = torch.ones(1)
    save_file(state, folder / 'model.safetensors')
    refused(folder, 'unexpected more')


def test_damaged_weights_are_refused(folder):
    path = folder / 'model.safetensors'
    path.write_bytes(path.read_bytes()[:-100])
    refused(folder, r'model\.safetensors is damaged')


def test_a_folder_without_its_clip_says_so(folder):
    (folder / 'clip.safetensors').unlink()
    refused(folder, r'has no clip\.safetensors')


@pytest.mark.parametrize(
    ('name', 'text', 'words'),
    [
        ('config.json', '{"model": NaN}', 'NaN is no number'),
        ('config.json', '[]', 'a JSON object expected'),
        ('config.json', '[' * 100_000, 'is not JSON'),
        ('config.json', 'import os', 'is not JSON'),
        ('vlprompt.json', '{"format": 2}', 'another version of vlprompt'),
        ('vlprompt.json', '{"format": 1, "clip": 3}', 'belong together'),
    ],
)
def test_files_that_hold_something_else_are_refused(folder, name, text, words):
    (folder / name).write_text(text)
    refused(folder, words)


@pytest.mark.parametrize('name', ['model.pth', 'pytorch_model.bin', 'm.ckpt'])
def test_pickles_alone_are_refused(tmp_path, name):
    torch.save({}, tmp_path / name)
    refused(tmp_path, rf'pickles alone \({name}\)')


def test_a_pickle_in_the_place_of_weights_is_refused(folder):
    (folder / 'model.safetensors').unlink()
    torch.save({}, folder / 'pytorch_model.bin')
    refused(folder, r'pickles alone')


def test_an_empty_folder_and_none_say_what_is_expected(tmp_path):
    refused(tmp_path, r'has no model: expected model\.safetensors')
    refused(tmp_path / 'none', 'no folder at')


def test_the_class_names_come_along(pushed):
    found = hub.read_folder(pushed)
    dataset = found.config.test_dataloader.dataset
    assert list(dataset.classes) == CLASSES
    sizes = [step.scale for step in dataset.pipeline if 'scale' in step]
    assert sizes == [(48, 48)]
