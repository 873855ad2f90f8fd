"""Class names that make texts of CLIP, and those that do not."""

import subprocess
import sys

import pytest
from open_clip.tokenizer import SimpleTokenizer

from vlprompt.datasets import list_class_names, load_class_names
from vlprompt.errors import UserError
from vlprompt.models import ClassTexts
from vlprompt.name_rules import check_names

TOKENIZER = SimpleTokenizer()


def set_classes(names):
    ClassTexts(TOKENIZER).set_classes(names)


CALLS = pytest.mark.parametrize('read', [load_class_names, set_classes])


@CALLS
@pytest.mark.parametrize(
    ('one', 'other'),
    [
        ('Archery', 'archery'),
        ('ice  skating', 'ice skating'),
        ('caf\u00e9', 'cafe\u0301'),
        ('rock &amp; roll', 'rock & roll'),
        ('\uff39\uff4f\uff47\uff41', 'yoga'),
        ('yoga', ' yoga '),
        ('tai\tchi', 'tai chi'),
        ('tai\u00a0chi', 'tai chi'),
        ('push-up', 'push - up'),
        ('level 10', 'level 1 0'),
        ('caf\u00c3\u00a9', 'caf\u00e9'),
        ('person\u2019s head', "person's head"),
        ('yo\x07ga', 'yoga'),
        ('\ufb01ght', 'fight'),
    ],
)
def test_names_with_equal_tokens(read, one, other):
    assert TOKENIZER.encode(one) == TOKENIZER.encode(other)
    with pytest.raises(UserError) as error:
        read(['run', one, 'walk', other])
    line = str(error.value)
    assert f'the classes 1 ({one!r}) and 3 ({other!r})' in line


@CALLS
@pytest.mark.parametrize(
    ('names', 'message'),
    [
        (['yoga', 'yoga'], "classes 0 and 1 have the same name 'yoga'"),
        (['yoga', ''], r"class 1 \(''\) has no name"),
        (['yoga', ' \t'], 'class 1 .* has no name'),
        (['yoga', None], r'class 1 is None \(NoneType\)'),
        (['yoga', 3], r'class 1 is 3 \(int\)'),
        (['yoga', float('nan')], r'class 1 is nan \(float\)'),
        (['yoga', b'run'], r'\(bytes\)'),
        (['yoga', ['run']], r'\(list\)'),
        (['yoga', 'a<end_of_text>b'], 'special token <end_of_text>'),
        (['yoga', '<START_OF_TEXT>'], 'special token'),
        (['yoga', '<|startoftext|>'], 'special token'),
        (['yoga', 'a video of {}.'], 'has {} in its name'),
        (['yoga', '&nbsp;'], r"class 1 \('&nbsp;'\) has no token"),
        ([], 'is empty'),
        ({'yoga', 'run'}, 'a list of class names expected'),
        (3, 'a list of class names expected'),
        (None, 'a list of class names expected'),
    ],
)
def test_names_that_cannot_be_one(read, names, message):
    with pytest.raises(UserError, match=message) as error:
        read(names)
    assert '\n' not in str(error.value)


def test_a_special_token_in_disguise():
    with pytest.raises(UserError, match='special token <end_of_text>'):
        set_classes(['yoga', 'a &lt;end_of_text&gt; b'])


def test_names_that_differ_are_kept():
    names = (
        'yoga',
        'yoga.',
        'pushing [something]',
        'Rock & roll',
        'caf\u00e9',
    )
    assert load_class_names(names) == check_names(names) == names
    set_classes(names)


def test_a_refused_list_leaves_the_model_as_it_was():
    texts = ClassTexts(TOKENIZER, classes=['yoga', 'run'])
    tokens = texts.tokens
    with pytest.raises(UserError):
        texts.set_classes(['yoga', 'Yoga'])
    assert texts.class_names == ('yoga', 'run') and texts.tokens is tokens


def test_usual_names_need_no_tokenizer():
    """Which takes seconds to import."""
    code = (
        'import sys\n'
        'from vlprompt.datasets.lists.class_names import *\n'
        'for name in list_class_names():\n'
        '    load_class_names(name)\n'
        'assert not {"torch", "open_clip"} & {*sys.modules}\n'
    )
    subprocess.run([sys.executable, '-c', code], check=True)
    assert len(list_class_names()) > 10
