"""What is typed for a value is what arrives."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlprompt.errors import UserError
from vlprompt.written_values import read_value

TEXTS = st.text(st.characters(exclude_categories=['Cs']))
PLAIN = TEXTS.filter(
    lambda t: not t.startswith('~') and t.strip()[:1] not in ('"', "'")
)
NUMBERS = st.integers() | st.floats(allow_nan=False)
FINITE = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LITERALS = st.recursive(
    FINITE | TEXTS | st.booleans() | st.none(),
    lambda items: (
        st.lists(items)
        | st.lists(items).map(tuple)
        | st.dictionaries(TEXTS, items)
    ),
    max_leaves=8,
)
NESTED = st.recursive(
    NUMBERS | TEXTS, lambda items: st.lists(items), max_leaves=8
)


@given(PLAIN)
def test_in_place_of_a_string_a_text_arrives_as_typed(text):
    assert read_value(text, 'own') == text


@given(TEXTS, st.sampled_from(['own', None]))
def test_a_quoted_text_arrives(text, own):
    assert read_value(repr(text), own) == text


@given(st.lists(TEXTS), st.sampled_from([['a'], ('a',), [], None, [1]]))
def test_lists_of_quoted_texts_arrive(texts, own):
    assert read_value(repr(texts), own) == texts
    assert read_value(repr(tuple(texts)), own) == tuple(texts)


@given(
    st.lists(
        st.from_regex(r"(\w|\{\})([\w '.!?=*/+-]*(\w|\{\}))?", fullmatch=True),
        min_size=1,
    )
)  # fmt: skip
def test_lists_of_bare_texts_arrive(texts):
    assert read_value(f'[{",".join(texts)}]', ['a']) == texts
    assert read_value(f'[{", ".join(texts)}]', ['a']) == texts


@given(NUMBERS)
def test_numbers_arrive(number):
    own = type(number)(3)
    for place in (own, None):
        value = read_value(repr(number), place)
        assert value == number and type(value) is type(number)


@given(NESTED, st.sampled_from([[1], [], None, [[1]], False]))
def test_nested_lists_arrive(value, own):
    if isinstance(value, list):
        assert read_value(repr(value), own) == value


@given(LITERALS)
def test_literals_arrive_where_nothing_stood(value):
    assert read_value(repr(value)) == value


@pytest.mark.parametrize(
    ('text', 'own', 'expected'),
    [
        ('001', 'a', '001'),
        ('[4] {} [4]', '{}', '[4] {} [4]'),
        ('[4] {} [4]', None, '[4] {} [4]'),
        ('a video of {}, an action.', '{}', 'a video of {}, an action.'),
        ('a video of {}, an action.', None, 'a video of {}, an action.'),
        ('/data/my, videos', 'v', '/data/my, videos'),
        ('None', 'a', 'None'),
        ('true', 'a', 'true'),
        (' a ', 'a', ' a '),
        ('', 'a', ''),
        ('001', None, '001'),
        ('[brush hair,clap]', ['x'], ['brush hair', 'clap']),
        ('["brush, hair", \'clap\']', ('x',), ['brush, hair', 'clap']),
        ('brush hair, clap', ['x'], ['brush hair', 'clap']),
        ('brush hair,clap', ('x',), ('brush hair', 'clap')),
        ("[don't, can't]", ['x'], ["don't", "can't"]),
        ('[hurling (sport), massage (head, neck)]', ['x'],
         ['hurling (sport)', 'massage (head, neck)']),
        ('[smile :), b]', ['x'], ['smile :)', 'b']),
        ('[001, None, 3]', ['x'], ['001', 'None', '3']),
        ('[[a b,c],[d]]', None, [['a b', 'c'], ['d']]),
        ('[(a,b),(c,d)]', None, [('a', 'b'), ('c', 'd')]),
        ('(1,)', None, (1,)),
        ('[]', ['x'], []),
        ('1,2', None, [1, 2]),
        ('a,b', None, ['a', 'b']),
        ('"(1, 2.5)"', [1], (1, 2.5)),
        ('list.txt', ['x'], 'list.txt'),
        ('None', ['x'], None),
        ('None', None, None),
        ('none', None, 'none'),
        ('false', None, False),
        ('TRUE', False, True),
        ("'mlp'", False, 'mlp'),
        ('"false"', True, False),
        ('1_000', 1, 1000),
        ('-3', 1, -3),
        ('007', 1, 7),
        ('1e4', 1, 10000),
        ('0.05', 0, 0.05),
        ('1e-4', 0.1, 1e-4),
        ('3', 0.1, 3.0),
        ('-inf', 0.1, float('-inf')),
        ('None', 1, None),
        ('(224, 224)', 224, (224, 224)),
        ("'dynamic'", 512.0, 'dynamic'),
        ("{'type': 'X', 'n': [1]}", {}, {'type': 'X', 'n': [1]}),
        ('None', {'a': 1}, None),
        ('größe 視頻', None, 'größe 視頻'),
        ('a=b=c', None, 'a=b=c'),
    ],
)  # fmt: skip
def test_what_a_person_means(text, own, expected):
    value = read_value(text, own)
    assert value == expected and type(value) is type(expected)


@pytest.mark.parametrize(
    ('text', 'own', 'message'),
    [
        ('abc', 3, 'expected an integer, in place of 3'),
        ('', 3, 'expected an integer'),
        ('true', 3, 'expected an integer'),
        ('1,5', 0.5, 'expected a number'),
        ('abc', 0.5, 'expected a number, in place of 0.5'),
        ('no', True, 'expected True or False'),
        ('ViLTPrompts', {'type': 'X'}, 'expected a dict'),
        ('3', {'type': 'X'}, 'expected a dict'),
        ('', ['a'], 'expected a list'),
        ('[a (b, c]', ['a'], 'a bracket is not closed'),
    ],
)
def test_what_does_not_fit_is_refused(text, own, message):
    with pytest.raises(UserError, match=message):
        read_value(text, own)


def test_home_folders(monkeypatch):
    monkeypatch.setenv('HOME', '/houses/me')
    for own in ('x', None):
        assert read_value('~/videos', own) == '/houses/me/videos'
        assert read_value('~', own) == '/houses/me'
        assert read_value("'~/videos'", own) == '~/videos'
        assert read_value('~nobody-here/v', own) == '~nobody-here/v'
    assert read_value('[~/a,b~]', ['x']) == ['/houses/me/a', 'b~']
    assert read_value('~root/x', 'a') == os.path.expanduser('~root/x')
