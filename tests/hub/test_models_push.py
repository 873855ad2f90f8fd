"""The command that hands on a model."""

import json
import os
from pathlib import Path

import pytest
from mmengine.registry import DefaultScope
from pushed_models import CLASSES, make_video, toy_config, train

from vlprompt.apis import VideoClassifier
from vlprompt.cli.models_push import main
from vlprompt.errors import UserError


@pytest.fixture(autouse=True)
def no_scope_is_left(monkeypatch):
    monkeypatch.setattr(DefaultScope, '_instance_dict', {})


@pytest.fixture(scope='module')
def work_dir(tmp_path_factory) -> Path:
    """The folder of a run: its config, a checkpoint, numbers of a test."""
    folder = tmp_path_factory.mktemp('run')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultScope, '_instance_dict', {})
        config = toy_config('vilt/vilt_toy', folder)
        train(config, folder)
        config.dump(folder / 'vilt_toy.py')
    (folder / 'last_checkpoint').write_text(str(folder / 'epoch_1.pth'))
    (folder / 'metrics.json').write_text('{"acc/top1": 0.25}')
    return folder


@pytest.fixture
def target(tmp_path):
    """Where a model is written to; large files do not stay."""
    yield tmp_path / 'model'
    for file in tmp_path.rglob('*.safetensors'):
        file.unlink()


def test_a_run_becomes_a_model_that_a_name_can_be(
    work_dir, target, tmp_path, capsys
):
    assert main([str(work_dir), f'--to={target}']) == str(target)
    shown = capsys.readouterr().out
    assert f'Wrote {target}: config.json ' in shown
    video = make_video(tmp_path)
    before = VideoClassifier(str(work_dir), device='cpu')
    after = VideoClassifier(str(target), device='cpu')
    assert after(video, CLASSES) == before(video, CLASSES)
    facts = json.loads((target / 'vlprompt.json').read_text())
    assert facts['measured']['numbers'] == {'acc/top1': 0.25}


def test_a_config_and_its_checkpoint(work_dir, target):
    words = [str(work_dir / 'vilt_toy.py'), str(work_dir / 'epoch_1.pth')]
    main([*words, f'--to={target}', '--license=mit'])
    assert 'license: mit' in (target / 'README.md').read_text()
    with pytest.raises(UserError, match='this model learns'):
        main([words[0], f'--to={target}'])


def test_numbers_of_an_earlier_checkpoint_stay_behind(work_dir, target):
    checkpoint, metrics = work_dir / 'epoch_1.pth', work_dir / 'metrics.json'
    times = metrics.stat().st_atime, metrics.stat().st_mtime
    before = checkpoint.stat().st_mtime - 60
    os.utime(metrics, (before, before))
    try:
        main([str(work_dir), f'--to={target}'])
    finally:
        os.utime(metrics, times)
    assert 'Nothing was measured' in (target / 'README.md').read_text()
    main([str(work_dir), f'--to={target}', f'--metrics={metrics}'])
    assert '| acc/top1 | 0.25 |' in (target / 'README.md').read_text()


@pytest.mark.parametrize('name', ['me/toy', 'hf://me/toy'])
def test_a_dry_run_shows_all_and_writes_nothing(
    work_dir, target, name, monkeypatch, capsys
):
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', True)
    assert main([str(work_dir), name, '--dry-run']) == ''
    shown = capsys.readouterr().out
    assert 'library_name: vlprompt' in shown
    assert '--model hf://me/toy' in shown
    assert 'Would write config.json ' in shown
    main([str(work_dir), f'--to={target}', '--dry-run'])
    assert not target.exists()


def test_a_name_pushes(work_dir, monkeypatch, capsys):
    sent = []
    monkeypatch.setattr(
        'vlprompt.hub.upload._upload',
        lambda _, folder, *rest: (
            sent.append((sorted(os.listdir(folder)), *rest)) or 'hf://me/toy'
        ),
    )
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', False)
    assert main([str(work_dir), 'me/toy', '--private']) == 'hf://me/toy'
    ((files, name, visibility),) = sent
    assert (name, visibility) == ('me/toy', 'private')
    assert 'model.safetensors' in files
    assert 'Pushed hf://me/toy' in capsys.readouterr().out


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (['run'], 'expected hf://user/name'),
        (['run', 'name'], 'expected hf://user/name'),
        (['run', 'me/toy@dev'], 'a push makes the newest revision'),
        (['me/toy'], 'expected MODEL or MODEL CHECKPOINT'),
        (['a', 'b', 'c', 'me/toy'], 'expected MODEL or MODEL CHECKPOINT'),
        (['a', 'b', 'c', '--to=x'], 'expected MODEL or MODEL CHECKPOINT'),
        (['unknown_model', 'me/toy'], "no model 'unknown_model'"),
    ],
)
def test_words_that_do_not_fit_are_one_line(words, line):
    with pytest.raises(UserError, match=line):
        main(words)
