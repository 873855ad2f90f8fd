"""Templates: what they are made of, and where one is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_clip.tokenizer import SimpleTokenizer

from vlprompt.errors import UserError
from vlprompt.models import CaptionTexts, ClassTexts, Template
from vlprompt.models.texts.template_parts import (
    Learnable,
    Words,
    split_template,
)

TOKENIZER = SimpleTokenizer()
WRONG = [
    ('a video of [{}].', r"'\[\{\}\]\.' \(character 12\) opens a bracket"),
    ('[4 {}', r"'\[4 \{\}' \(character 1\) opens a bracket"),
    ('{} [4', r'\(character 4\) opens a bracket'),
    ('[ 4 ] {}.', r"'\[ 4 \] \{\}\.' \(character 1\) has neither"),
    ('[16 ] {}', 'has neither a number of tokens'),
    ('[\t16] {}', 'has neither'),
    ('[0] {}', 'has neither'),
    ('[-1] {}', 'has neither'),
    ('[+4] {}', 'has neither'),
    ('[04] {}', 'has neither'),
    ('[4.0] {}', 'has neither'),
    ('[1_000] {}', 'has neither'),
    ('[99999] {}', 'has neither'),
    ('[\u0664] {}', 'has neither'),
    ('[] {}', 'has neither'),
    ('[ ] {}', 'has neither'),
    ('[a [b] c] {}', r'\(character 1\) opens a bracket'),
    ('[[4]] {}', r'\(character 1\) opens a bracket'),
    ('4] {}.', r"'\] \{\}\.' \(character 2\) closes a bracket"),
    ('{}]', r'\(character 3\) closes'),
    ('{0}', r"'\{0\}' \(character 1\) is not \{\}"),
    ('a {name}.', r"'\{name\}\.' \(character 3\) is not \{\}"),
    ('{ }', r'\(character 1\) is not \{\}'),
    ('{{}}', r'\(character 1\) is not \{\}'),
    ('{}}', r'\(character 3\) is not \{\}'),
    ('a photo', r'has no \{\} for the class'),
    ('', r'has no \{\} for the class'),
    ('a <end_of_text> {}', r"'<end_of_text> \{\}' .* is a special token"),
    (None, r'template None is no text \(NoneType\)'),
    (4, r'template 4 is no text \(int\)'),
    (['{}'], r'is no text \(list\)'),
]


@pytest.mark.parametrize(('template', 'message'), WRONG)
def test_the_place_is_shown(template, message):
    with pytest.raises(UserError, match=message) as error:
        Template(template, TOKENIZER)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    'make',
    [
        lambda template: ClassTexts(TOKENIZER, [template]),
        lambda template: ClassTexts(TOKENIZER, ('a {}.', template)),
        lambda template: ClassTexts(TOKENIZER, anchor_template=template),
        lambda template: CaptionTexts(TOKENIZER, template),
    ],
)
@pytest.mark.parametrize('template', ['[4 {}', 'a [{}]', '[ 4 ] {}', 4])
def test_so_it_is_in_lists_of_templates_and_elsewhere(make, template):
    with pytest.raises(UserError, match='character|is no text'):
        make(template)


@pytest.mark.parametrize('templates', [[], (), {}, {'{}'}, 4, None])
def test_what_is_no_list_of_templates(templates):
    with pytest.raises(UserError, match=r'expected a template with \{\}'):
        ClassTexts(TOKENIZER, templates)


def test_numbers_of_learnable_tokens():
    with pytest.raises(UserError, match='has 100 learnable tokens'):
        Template('[100] {}', TOKENIZER)
    with pytest.raises(UserError, match='has 0 learnable tokens'):
        Template('[&nbsp;] {}', TOKENIZER)
    with pytest.raises(UserError, match='80 tokens, CLIP takes 77'):
        Template('[76] {}.', TOKENIZER)('tai')
    assert Template('[16] {}', TOKENIZER)('tai').slots == [*range(1, 17)]


def test_an_anchor_learns_nothing():
    with pytest.raises(UserError, match=r"anchor_template '\[4\] \{\}' has a"):
        ClassTexts(TOKENIZER, anchor_template='[4] {}')


def test_pieces():
    assert split_template('[2] {}, [a photo].') == [
        Learnable(2),
        Words(' {}, '),
        Learnable(0, 'a photo'),
        Words('.'),
    ]
    assert split_template('2 {} of {}') == [Words('2 {} of {}')]
    assert split_template('[2 people] {}')[0] == Learnable(0, '2 people')


@given(st.text('[]{} 0142ab.-', max_size=12))
def test_any_template_is_taken_or_refused(template):
    try:
        parts = split_template(template)
    except UserError:
        return
    written = [
        part.text
        if isinstance(part, Words)
        else f'[{part.words or part.number}]'
        for part in parts
    ]
    assert ''.join(written) == template
    rest = ''.join(p.text for p in parts if isinstance(p, Words))
    assert '{}' in rest and not {*'[]{}'} & {*rest.replace('{}', '')}
