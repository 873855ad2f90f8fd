"""Old names of configs: each is still there, or says what took its place."""

import re
from pathlib import Path

import pytest

from vlprompt.apis import load_config
from vlprompt.datasets.catalog import find_data_set
from vlprompt.errors import UserError

# Every config at the time when data sets and pipelines were joined in each.
OLD = Path(__file__).with_name('old_names.txt').read_text().split()


def line_for(path):
    with pytest.raises(UserError) as error:
        load_config(path)
    (line,) = str(error.value).splitlines()
    return line


def problem(line, folder, root):
    """What is wrong with a line that names a command and configs."""
    named = re.findall(
        rf'{folder}([\w/]+\.py)', line.partition(' is now: ')[2]
    )
    if not named:
        return 'names no config'
    gone = [name for name in named if not (root / name).is_file()]
    if gone:
        return f'names {gone}'
    command = re.search(r'vlprompt eval (\S+) .* --datasets (\w+)', line)
    if command and command[1] != 'retrieval':
        data = find_data_set(command[2])
        shots = re.search(r'--shots (\d+)', line)
        if shots and int(shots[1]) not in data.shots:
            return 'names shots without lists'
        if command[1] == 'base-to-novel' and data.base is None:
            return 'names a data set without base classes'
        if command[1] == 'zero-shot' and not data.zero_shot:
            return 'names a data set without zero-shot splits'
    return None


def test_every_old_name_exists_or_says_what_took_its_place(
    repository, monkeypatch
):
    root = repository / 'configs'
    monkeypatch.chdir(repository)
    gone = [name for name in OLD if not (root / name).is_file()]
    assert len(gone) > 80
    problems = {}
    for name in gone:
        line = line_for(f'configs/{name}')
        if not line.startswith(f'configs/{name} is now: '):
            problems[name] = line
        elif found := problem(line, 'configs/', root):
            problems[name] = found
    assert problems == {}


def test_a_name_that_exists_is_read(repository):
    from vlprompt.apis.renamed_configs import present_name

    root = repository / 'configs'
    names = [str(p.relative_to(root)) for p in root.rglob('*.py')]
    assert [name for name in names if present_name(name)] == []


def test_an_old_name_of_the_package_is_answered_alike():
    line = line_for('vlprompt::vilt/vilt_b16_hmdb51_16shot.py')
    assert line == (
        'vlprompt::vilt/vilt_b16_hmdb51_16shot.py is now: vlprompt eval '
        'few-shot vlprompt::vilt/vilt_b16_few_shot.py --datasets hmdb51 '
        '--shots 16'
    )


def test_an_old_base_is_answered(repository, tmp_path):
    base = repository / 'configs/_base_/datasets/kinetics400_aim8.py'
    (tmp_path / 'mine.py').write_text(f'_base_ = [{str(base)!r}]\n')
    line = line_for(str(tmp_path / 'mine.py'))
    assert line.startswith(f'cannot read the config {tmp_path}/mine.py: ')
    assert f'{base} is now: ' in line
    assert 'datasets/kinetics400.py with a pipeline of' in line


def test_a_name_that_never_was_is_no_old_one():
    line = line_for('configs/vilt/vilt_b16_ucf50_16shot.py')
    assert line == 'no config file at configs/vilt/vilt_b16_ucf50_16shot.py'


def test_a_folder_of_configs_is_answered_by_one_of_them(repository):
    folder = f'{repository}/configs/vilt'
    line = line_for(folder)
    assert line.startswith(f'{folder} is a folder: expected a config, such as')
    assert Path(line.split()[-1]).is_file()
