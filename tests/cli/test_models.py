"""Models by name: their list, what they say, and copies to edit."""

import json

import pytest

from vlprompt.apis import load_config
from vlprompt.cli import models, models_copy, models_show
from vlprompt.errors import UserError
from vlprompt.shipped import config_folder
from vlprompt.shipped_configs import shipped_configs


def without_scopes(value):
    """What MMEngine adds to what is taken from another package, left out."""
    if isinstance(value, dict):
        items = value.items()
        return {k: without_scopes(v) for k, v in items if k != '_scope_'}
    if isinstance(value, (list, tuple)):
        return [without_scopes(item) for item in value]
    return value


def test_every_config_is_listed(capsys):
    listed = models.main([])
    files = {config.file for config in listed}
    assert files == {*config_folder().glob('[!_]*/*.py')}
    shown = capsys.readouterr().out
    for config in listed:
        group, _, name = config.name.partition('/')
        assert f'vlprompt::{group}/NAME.py' in shown
        assert f' {name} ' in shown
    assert max(map(len, shown.splitlines())) < 80


def test_a_row_says_what_the_metafile_says(capsys):
    (config,) = models.main(['ViLT-CLIP', 'b16_k400', '_PT_pv_mpl'])
    assert config.name == 'vilt/vilt_b16_k400_pt_pv_mpl'
    assert (config.method, config.data) == ('ViLT-CLIP', 'K-400')
    assert (config.frames, config.trainable) == (16, 849_152)
    (line,) = (x for x in capsys.readouterr().out.splitlines() if '849' in x)
    name = 'vilt_b16_k400_pt_pv_mpl'
    numbers = ['K-400', '16', '849,152', '150', 'M']
    assert line.split() == [name, *numbers, 'config', 'only']


@pytest.mark.parametrize(
    ('name', 'status'),
    [
        ('xclip_toy', 'measured here'),
        ('xclip_b16_k400', 'converted'),
        ('clip_b16_k400', 'converted'),
        ('vilt_b16_k400', 'config only'),
        ('vifi_decision_toy', 'config only'),
    ],
)
def test_a_status_says_what_there_is(name, status, capsys):
    listed = {c.name.partition('/')[2]: c for c in models.main([])}
    assert listed[name].status == status
    found = {c.name.partition('/')[2] for c in models.main(status.split())}
    assert name in found
    assert f' {name} ' in capsys.readouterr().out


def test_models_of_the_hub_are_listed(capsys):
    assert models.main(['xclip', 'kinetics-600']) == []
    shown = capsys.readouterr().out
    assert '--model hf://microsoft/NAME' in shown
    assert '  xclip-large-patch14-kinetics-600 ' in shown
    assert 'hmdb' not in shown


def test_the_list_for_programs(capsys):
    listed = models.main(['x-clip', '--json'])
    found = {o['name']: o for o in json.loads(capsys.readouterr().out)}
    assert found['xclip/xclip_b16_k400']['trainable'] == 131_501_056
    zero_shot = found['hf://microsoft/xclip-base-patch16-zero-shot']
    assert (zero_shot['frames'], zero_shot['status']) == (32, 'converted')
    assert {config.name for config in listed} < set(found)


def test_a_model_describes_itself(capsys):
    found = models_show.main(['xclip_b16_k400'])
    shown = capsys.readouterr().out
    assert shown.startswith('X-CLIP on Kinetics-400, 8 frames.')
    assert 'Status: converted.' in shown
    assert found['frames'] == 8
    models_show.main(['xclip_b16_k400', '--json'])
    assert json.loads(capsys.readouterr().out) == found


def test_a_folder_describes_itself(tmp_path, capsys):
    (tmp_path / 'config.json').write_text('{"model_type": "xclip"}')
    (tmp_path / 'preprocessor_config.json').write_text('{}')
    (tmp_path / 'model.safetensors').touch()
    models_show.main([str(tmp_path)])
    shown = capsys.readouterr().out
    assert 'method: X-CLIP\nframes: 8\ntemplate: {}' in shown


def test_a_search_without_results_says_so():
    with pytest.raises(UserError, match='no config has vilt and jumping in'):
        models.main(['vilt', 'jumping'])


@pytest.mark.parametrize(
    'name', ['vilt_b16_k400', 'clip/clip_toy', 'vlprompt::vita/vita_toy.py']
)
def test_a_copy_is_the_same_config_elsewhere(name, tmp_path):
    path = models_copy.main([name, str(tmp_path / 'new')])
    original = models_copy.find(name)
    assert path == tmp_path / 'new' / original.file.name
    copied = load_config(str(path)).to_dict()
    expected = load_config(str(original.file)).to_dict()
    assert without_scopes(copied) == without_scopes(expected)


def test_every_copy_names_its_bases_as_those_of_the_package():
    for config in shipped_configs():
        assert "'../" not in models_copy.portable_text(config), config.name


def test_a_copy_replaces_nothing_unasked(tmp_path):
    path = models_copy.main(['vilt_toy', str(tmp_path)])
    path.write_text('# mine')
    with pytest.raises(UserError, match='vilt_toy.py exists: --force'):
        models_copy.main(['vilt_toy', str(tmp_path)])
    assert path.read_text() == '# mine'
    models_copy.main(['vilt_toy', str(tmp_path), '--force'])
    assert path.read_text() != '# mine'


def test_an_unknown_name_gets_near_matches(tmp_path):
    with pytest.raises(UserError, match=r'vilt_b16_k40.; did you mean .*k400'):
        models_copy.main(['vilt_b16_k40', str(tmp_path)])
