"""Published descriptions become {class name: [sentence, ...]}."""

import json

import pytest

from vlprompt.cli.data_descriptions import main
from vlprompt.datasets import load_class_names
from vlprompt.errors import UserError

NAMES = ('brush_hair', 'ApplyLipstick', 'cartwheel')
HMDB51 = load_class_names('hmdb51')
TEXTS = (
    'Brush hair: a brush goes through hair',
    'Apply lipstick: a mouth gets a color',
    'Cartwheel: hands on the floor, legs in the air',
)
WHOLE = {name: [text] for name, text in zip(NAMES, TEXTS, strict=True)}


@pytest.fixture
def convert(tmp_path, monkeypatch):
    """Writes a file, converts it, gives the result."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'names.txt').write_text('\n'.join(NAMES))

    def call(content, name='in.json', *flags):
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name).write_text(text)
        main([name, '--classes', 'names.txt', '--out', 'a/out.json', *flags])
        return json.loads((tmp_path / 'a/out.json').read_text())

    return call


@pytest.mark.parametrize(
    'content',
    [
        dict(enumerate(TEXTS)),
        dict(enumerate(TEXTS, start=1)),
        {2: TEXTS[2], 0: TEXTS[0], 1: [TEXTS[1]]},
        [*TEXTS],
        {
            'Cartwheel': TEXTS[2],
            'brush hair': [TEXTS[0]],
            'apply lipstick': TEXTS[1],
            'more': 'x',
        },
    ],
)
def test_json_is_joined(convert, content, capsys):
    assert convert(content) == WHOLE
    shown = capsys.readouterr().out
    assert 'name another' not in shown
    assert 'Wrote a/out.json: 3 classes, 1 sentences of each' in shown


@pytest.mark.parametrize(
    ('name', 'text'),
    [
        ('in.csv', 'SNo,Class Name,GPT3 discription\n{2}{0}{1}'),
        ('in.csv', 'id,description\n{2}{0}{1}'),
        ('in.tsv', 'index\tdescription\n{2}{0}{1}'),
        ('in.csv', 'what,description\n{0}{1}{2}'),
    ],
)
def test_tables_are_joined(convert, name, text):
    separator = ',' if name == 'in.csv' else '\t'
    columns = text.split('\n')[0].split(separator)
    lines = []
    for place, sentence in enumerate(TEXTS):
        values = {
            'SNo': len(NAMES) - place,  # not the order of the names
            'Class Name': NAMES[place],
            'GPT3 discription': '\n\n' + sentence.replace(' ', '\n', 1),
            'id': place,
            'index': place,
            'what': 'x',
            'description': sentence,
        }
        cells = [f'"{values[column]}"' for column in columns]
        lines.append(separator.join(cells) + '\n')
    assert convert(text.format(*lines), name) == WHOLE


def test_a_table_may_have_several_rows_of_a_class(convert):
    text = 'class,words\n'
    text += ''.join(f'{name},w{i}\n' for name in NAMES for i in range(2))
    found = convert(text, 'in.csv', '--column', 'words')
    assert found == {name: ['w0', 'w1'] for name in NAMES}


def test_a_table_may_be_joined_by_its_numbers(convert):
    text = 'id,name,text\n0,x,a\n1,y,b\n2,z,c\n'
    found = convert(text, 'in.csv', '--by', 'number')
    assert [*found.values()] == [['a'], ['b'], ['c']]
    with pytest.raises(UserError, match='by name, 3 of the 3'):
        convert(text, 'in.csv')
    with pytest.raises(UserError, match='to join by number'):
        convert('name,text\nx,a\n', 'in.csv', '--by', 'number')


def test_wrong_pairs_are_seen(convert, capsys):
    """The order of the file is not that of the list."""
    convert([TEXTS[1], TEXTS[0], TEXTS[2]])
    shown = capsys.readouterr().out
    rows = [line for line in shown.splitlines() if 'brush_hair' in line]
    assert 'Apply' in rows[0]
    assert 'ApplyLipstick' in rows[0].split('│')[-2]
    assert '2 classes have sentences that name another class' in shown


def test_names_that_begin_another_are_seen(tmp_path, monkeypatch, capsys):
    """HMDB-51 in the order of a published list."""
    monkeypatch.chdir(tmp_path)
    texts = [f'{name.replace("_", " ")}: a person' for name in HMDB51]
    (tmp_path / 'in.json').write_text(json.dumps(texts))
    for order, number in (('official', 0), ('vifi', 4)):
        flags = ['--classes', 'hmdb51', '--order', order, '--out', 'out.json']
        main(['in.json', *flags])
        shown = capsys.readouterr().out
        assert shown.count('name another class') == (number > 0)
        assert not number or f'{number} classes have sentences' in shown


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ([*TEXTS[:2]], 'describes 2 classes by number, the class list has 3'),
        ([*TEXTS, 'x'], 'describes 4 classes by number, the class list has 3'),
        ({0: 'a', 1: 'b', 3: 'c'}, "'3'"),
        ({'cartwheel': 'a', 'x': 'b'}, "2 of the 3 in the class list .*'brus"),
        ({0: 'a', 1: [], 2: 'c'}, r"'1' is \[\]"),
        ({0: 'a', 1: [''], 2: 'c'}, r"'1' is \[''\]"),
        ({0: 'a', 1: 5, 2: 'c'}, "'1' is 5"),
        (5, 'holds 5'),
        ({}, r'holds \{\}'),
        ('{"0": ', 'is not JSON'),
    ],
)
def test_what_does_not_fit_is_refused(convert, content, message):
    with pytest.raises(UserError, match=message):
        convert(content)


def test_a_table_without_sentences_is_refused(convert):
    with pytest.raises(UserError, match=r"columns \['id', 'name'\]"):
        convert('id,name\n0,a\n', 'in.csv')


def test_out_is_json(convert):
    with pytest.raises(UserError, match=r'expected a \.json file'):
        main(['in.json', '--classes', 'hmdb51', '--out', 'out.txt'])


@pytest.mark.parametrize('name', ['gone.json', 'gone.csv'])
def test_a_file_that_is_not_there_is_refused(convert, name):
    with pytest.raises(UserError, match=name):
        main([name, '--classes', 'hmdb51', '--out', 'out.json'])
