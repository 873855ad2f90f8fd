"""Class lists of all formats: read, or refused in one line."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vlprompt.datasets import load_class_names
from vlprompt.datasets.lists.class_names import read_class_list
from vlprompt.errors import UserError

UCF = ('ApplyEyeMakeup', 'ApplyLipstick', 'Archery')


@pytest.mark.parametrize(
    ('name', 'text'),
    [
        ('classInd.txt', '1 ApplyEyeMakeup\n2 ApplyLipstick\n3 Archery\n'),
        ('a.txt', '0\tApplyEyeMakeup\r\n1\tApplyLipstick\r\n2\tArchery'),
        ('a.txt', '2. ApplyLipstick\n1. ApplyEyeMakeup\n3. Archery\n'),
        ('a.txt', '0: ApplyEyeMakeup\n1: ApplyLipstick\n2: Archery\n'),
        ('a.TXT', 'ApplyEyeMakeup\n\nApplyLipstick\rArchery'),
        ('a.names', 'ApplyEyeMakeup\nApplyLipstick\nArchery\n'),
        ('a.CSV', 'id,name\n0,ApplyEyeMakeup\n1,ApplyLipstick\n2,Archery'),
        ('a.csv', 'name,id\nApplyEyeMakeup,1\nApplyLipstick,2\nArchery,3'),
        ('a.csv', '0,ApplyEyeMakeup\n1,ApplyLipstick\n2,Archery\n'),
        ('a.csv', '1,ApplyEyeMakeup\n2,ApplyLipstick\n3,Archery\n'),
        ('a.csv', 'Class,Index\nArchery,2\nApplyLipstick,1\nApplyEyeMakeup,0'),
        ('a.csv', 'id,name,n\n0,ApplyEyeMakeup,4\n1,ApplyLipstick,\n'
                  '2,Archery,5'),
        ('a.tsv', 'id\tname\n0\tApplyEyeMakeup\n1\tApplyLipstick\n2\tArchery'),
        ('a.json', '["ApplyEyeMakeup", "ApplyLipstick", "Archery"]'),
        ('a.JSON', '{"Archery": 2, "ApplyEyeMakeup": 0, "ApplyLipstick": 1}'),
        ('a.json', '{"0": "ApplyEyeMakeup", "1": "ApplyLipstick",'
                   ' "2": "Archery"}'),
        ('a.json', '{"names": ["ApplyEyeMakeup", "ApplyLipstick",'
                   ' "Archery"]}'),
        ('a.json', '\ufeff["ApplyEyeMakeup", "ApplyLipstick", "Archery"]'),
        ('a.yaml', '- ApplyEyeMakeup\n- ApplyLipstick\n- Archery\n'),
        ('a.yml', '0: ApplyEyeMakeup\n1: ApplyLipstick\n2: Archery\n'),
        ('a.yaml', 'ApplyEyeMakeup: 1\nApplyLipstick: 2\nArchery: 3\n'),
        ('a.yaml', 'nc: 3\nnames:\n  0: ApplyEyeMakeup\n  1: ApplyLipstick\n'
                   '  2: Archery\n'),
        ('a.yaml', 'classes: [ApplyEyeMakeup, ApplyLipstick, Archery]\n'),
    ],
)  # fmt: skip
def test_what_is_read(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text, newline='')
    assert load_class_names(file) == UCF
    assert load_class_names(str(file), 'camel')[0] == 'apply eye makeup'


def test_where_ids_start(tmp_path):
    file = tmp_path / 'classInd.txt'
    for first in (0, 1):
        file.write_text(f'{first} yoga\n{first + 1} run\n')
        assert read_class_list(file) == (('yoga', 'run'), first)
    assert read_class_list({'run': 1, 'yoga': 0}).names == ('yoga', 'run')
    assert load_class_names({0: 'yoga', 1: 'run'}) == ('yoga', 'run')


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('a.pkl', 'x', 'not read from .pkl files, expected .txt'),
        ('a.xlsx', 'x', 'not read from .xlsx files'),
        ('a.txt', 'id,name\n0,yoga\n', 'is the header of a table'),
        ('a.txt', 'label\nyoga\nrun\n', 'is the header of a table'),
        ('a.txt', '["yoga", "run"]', 'called .json'),
        ('a.txt', '{\n"yoga": 0\n}', 'called .json'),
        ('a.txt', 'names:\n- yoga\n', 'called .json, .yaml'),
        ('a.txt', '- yoga\n- run\n', 'called .json, .yaml'),
        ('a.txt', '0,"yoga"\n1,"run, jump"\n', 'without quotes'),
        ('a.txt', '<!DOCTYPE html>\n', 'no list of plain names'),
        ('a.txt', '1 yoga\n3 run\n', 'line 2: .*the next id; expected id 2'),
        (
            'a.txt',
            '1 yoga\n1 run\n',
            'line 2: .* same id as in .* line 1: .* id 2',
        ),
        ('a.txt', '1 yoga\n2 run\nwalk\n', 'line 3: .walk., expected a num'),
        ('a.txt', '1 yoga\n2', 'line 2: .2., expected a number and a name'),
        ('a.txt', '1', 'line 1: .1., expected a number and a name'),
        ('a.txt', 'yoga 235\nrun 271\n', 'every line ends in a number'),
        ('a.list', 'yoga,0\nrun,1\n', 'every line ends in a number'),
        ('a.txt', '\n \n', 'is empty'),
        ('a.csv', '', 'is empty'),
        ('a.csv', 'id,name\n', 'is empty'),
        ('a.csv', 'yoga\nrun\n', 'expected id 0 and a name, or the header'),
        ('a.csv', 'yoga,0\nrun,1\n', 'or the header "id,name"'),
        ('a.csv', 'id;name\n0;yoga\n', 'or the header "id,name"'),
        (
            'a.csv',
            'id,name\n0,yoga\n0,run\n',
            'line 3: .* the same id as in .*line 2',
        ),
        ('a.csv', 'id,name\n0,yoga\nx,run\n', 'line 3: .* an id and a name'),
        ('a.csv', 'id,name\n\u00b2,yoga\n', 'line 2: .* an id and a name'),
        ('a.tsv', 'id,name\n0,yoga\n', 'or the header'),
        ('a.json', '{"yoga": 0, "run": 2}', "'run'.* expected id 1"),
        ('a.json', '{"yoga": 0, "yoga": 1}', "two entries 'yoga'"),
        ('a.json', '{"yoga": "run"}', r"'yoga' is 'run', expected \{name: id"),
        ('a.json', '{"1": "0", "0": "1"}', 'numbers for names and for ids'),
        ('a.json', '["yoga", null]', r'class 1 is None \(NoneType\)'),
        ('a.json', '["yoga", 1]', r'class 1 is 1 \(int\)'),
        ('a.json', '["yoga", NaN]', r'class 1 is nan \(float\)'),
        ('a.json', '["yoga", " "]', 'class 1 .* has no name'),
        ('a.json', '[["yoga"]]', r'class 0 is \[.yoga.\] \(list\)'),
        ('a.json', '"yoga"', 'expected a list of names'),
        ('a.json', '{}', 'is empty'),
        ('a.json', '{', 'is not JSON'),
        ('a.json', '[' * 100_000, 'is not JSON'),
        ('a.yaml', '- yes\n- no\n', r'class 0 is True \(bool\)'),
        ('a.yaml', '0: yoga\n0: run\n', 'two entries 0'),
        ('a.yaml', '- yoga\n-run: [', 'is not YAML'),
        ('a.yaml', '[' * 5000, 'is not YAML'),
        ('a.yaml', '? [a]\n: 0\n', 'is not YAML'),
        ('a.yaml', '- tai\u2028 chi\n', 'line separator of Unicode'),
        ('a.yaml', 'a: !!python/object:os.system {}\n', 'is not YAML'),
        ('a.txt', 'yoga\na <end_of_text> b\n', 'special token <end_of_text>'),
        ('a.txt', 'yoga\n<|EndOfText|>\n', 'special token <|'),
        ('a.txt', 'yoga\na video of {}\n', 'has {} in its name'),
    ],
)
def test_what_is_refused(tmp_path, name, text, message):
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(UserError, match=message) as error:
        load_class_names(file)
    assert name in str(error.value) and '\n' not in str(error.value)


@pytest.mark.parametrize(
    'names',
    [
        '50 salads', '100m sprint', 'level 1', 'pushing [something]',
        '3 pointer', 'Turning [x] upside down', 'a, b', 'what?', '0',
    ],
)  # fmt: skip
def test_names_that_only_look_odd(tmp_path, names):
    file = tmp_path / 'a.txt'
    file.write_text(f'yoga\n{names}\n')
    assert load_class_names(file) == ('yoga', names)


SUFFIXES = ('txt', 'csv', 'CSV', 'tsv', 'json', 'yaml', 'names', 'xml')
NAMES = st.lists(
    st.text('aB01 ,:-"\'#{}[]\u00e9', min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda name: name and '{}' not in name),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=200)
@given(NAMES, st.sampled_from(SUFFIXES), st.sampled_from([0, 1]))
def test_names_come_back_or_are_refused(names, suffix, first):
    rows = io.StringIO()
    separator = '\t' if suffix == 'tsv' else ','
    table = csv.writer(rows, delimiter=separator)
    table.writerows([('id', 'name'), *enumerate(names, first)])
    texts = dict(
        json=json.dumps({i: name for i, name in enumerate(names, first)}),
        yaml=yaml.safe_dump(names, allow_unicode=True),
        csv=rows.getvalue(),
        tsv=rows.getvalue(),
    )
    text = texts.get(suffix.lower(), ''.join(f'{name}\n' for name in names))
    read = _read(text.encode(), suffix)
    if suffix in ('txt', 'names') and all(name[0] in '01' for name in names):
        return  # these may be numbers of the names
    assert read is None or list(read) == names


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)),
    st.sampled_from(SUFFIXES),
)
def test_any_file_is_read_or_refused(content, suffix):
    names = _read(content, suffix)
    assert names is None or all(name.strip() for name in names)


def _read(content, suffix):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f'a.{suffix}')
        file.write_bytes(content)
        try:
            return read_class_list(file).names
        except UserError as error:
            assert '\n' not in str(error)
            return None
