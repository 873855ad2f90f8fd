"""Templates and class texts."""

import open_clip
import pytest
from open_clip.tokenizer import SimpleTokenizer
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import ClassTexts, Template
from vlprompt.models.texts import SampledClassTexts

TOKENIZER = SimpleTokenizer()


@pytest.mark.parametrize('template', ['{}', 'a video of {}.', '"{}" & {}!'])
@pytest.mark.parametrize('name', [*CLASSES, 'Ünïcode  ÉTÉ', "person's head"])
def test_plain_templates_give_the_tokenizers_ids(template, name):
    ids = Template(template, TOKENIZER)(name).ids
    (expected,) = open_clip.tokenize(template.replace('{}', name)).tolist()
    assert ids == expected[: len(ids)]
    assert not any(expected[len(ids) :])


def test_published_ids():
    ids = Template('a photo of a {}.', TOKENIZER)('X').ids
    assert ids == [49406, 320, 1125, 539, 320, 343, 269, 49407]


def test_learnable_tokens_take_the_place_of_placeholders():
    row = Template('[3] {}.', TOKENIZER)('hurling (sport)')
    (expected,) = open_clip.tokenize('X X X hurling (sport).').tolist()
    assert row.slots == [1, 2, 3]
    assert row.ids[4:] == expected[4 : len(row.ids)]
    assert row.init_ids == [None] * 3


def test_slots_around_the_name():
    row = Template('[2] {} [a photo]', TOKENIZER)('tai chi')
    name = TOKENIZER.encode('tai chi')
    assert row.slots == [1, 2, 3 + len(name), 4 + len(name)]
    assert row.init_ids == [None, None, *TOKENIZER.encode('a photo')]


def test_brackets_in_a_class_name_are_text():
    row = Template('[1] {}.', TOKENIZER)('pushing [something]')
    assert row.slots == [1]


def test_a_text_that_does_not_fit_is_named():
    long = 'very ' * 80 + 'long'
    with pytest.raises(UserError, match=r'very very.* 84 tokens.* 77'):
        ClassTexts(TOKENIZER, 'a {}', classes=['short', long])


def test_a_template_without_a_class_is_refused():
    with pytest.raises(UserError, match='has no {}'):
        Template('a photo', TOKENIZER)


@pytest.mark.parametrize(
    ('template', 'shared'), [('[16] {}.', 17), ('{} [4]', 1), ('a {}', 2)]
)
def test_the_common_prefix_is_as_long_as_it_can_be(template, shared):
    texts = ClassTexts(TOKENIZER, template, classes=['cat', 'a dog'])()
    assert texts.shared == shared
    assert texts.ids.size(1) == int(texts.ends.max()) + 1


def test_no_class_list_is_said_so():
    texts = ClassTexts(TOKENIZER)
    with pytest.raises(UserError, match='has no class names'):
        texts()
    with pytest.raises(UserError, match="got 'archery'"):
        texts.set_classes('archery')


def test_one_class_of_a_draw_is_refused():
    with pytest.raises(UserError, match='num=1, expected at least 2'):
        SampledClassTexts(TOKENIZER, num=1)
