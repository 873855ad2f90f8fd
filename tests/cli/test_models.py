"""Shipped configs: their list, and copies to edit."""

import pytest

from vlprompt.apis import load_config
from vlprompt.cli import models, models_copy
from vlprompt.cli.shipped_configs import shipped_configs
from vlprompt.errors import UserError
from vlprompt.shipped import config_folder


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
    assert all(f' {config.name} ' in shown for config in listed)
    assert max(map(len, shown.splitlines())) < 80


def test_a_row_says_what_the_metafile_says(capsys):
    (config,) = models.main(['ViLT-CLIP', 'b16_k400', '_PT_pv_mpl'])
    assert config.name == 'vilt/vilt_b16_k400_pt_pv_mpl'
    assert (config.method, config.data) == ('ViLT-CLIP', 'K-400')
    assert (config.frames, config.trainable) == (16, 849_152)
    (line,) = (x for x in capsys.readouterr().out.splitlines() if '849' in x)
    assert line.split() == [config.name, 'K-400', '16', '849,152', '150', 'M']


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
