"""Options change configs as a person means it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmengine.config import Config

from vlprompt.apis import load_config
from vlprompt.apis.config_options import apply_options
from vlprompt.errors import UserError
from vlprompt.written_values import Written

CONFIG = """
model = dict(
    texts=dict(template='[16] {}.'), depth=3, lr=0.1, prompts=None,
    parts=[dict(type='A', n=1), dict(type='B', n=2)], betas=(0.9, 0.999))
train_dataloader = dict(
    dataset=dict(classes=['a', 'b'], data_prefix=dict(video='v')))
"""
TEXTS = st.text(st.characters(exclude_categories=['Cs']))


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp('config') / 'c.py'
    file.write_text(CONFIG)
    return str(file)


def changed(path, *pairs):
    cut = (pair.partition('=') for pair in pairs)
    options = {key: Written(value) for key, _, value in cut}
    return load_config(path, options)


@pytest.mark.parametrize(
    ('pair', 'place', 'expected'),
    [
        ('model.texts.template=[4] {} [4]', 'model.texts.template',
         '[4] {} [4]'),
        ('model.texts.anchor=a {}, b.', 'model.texts.anchor', 'a {}, b.'),
        ('model.depth=-1', 'model.depth', -1),
        ('model.lr=1e-4', 'model.lr', 1e-4),
        ('model.parts.0.type=C', 'model.parts.0.type', 'C'),
        ('model.parts.-1.type=C', 'model.parts.1.type', 'C'),
        ('model.betas.0=0.8', 'model.betas.0', 0.8),
        ('model.prompts={"type": "X", "n": [2]}', 'model.prompts.n', [2]),
        ('model.parts.0={"n": 5}', 'model.parts.0', dict(type='A', n=5)),
        ('model.new.key.here=x=y', 'model.new.key.here', 'x=y'),
        ('train_dataloader.dataset.classes=[brush hair,clap]',
         'train_dataloader.dataset.classes', ['brush hair', 'clap']),
        ('train_dataloader.dataset.classes.0=c',
         'train_dataloader.dataset.classes', ['c', 'b']),
        ('train_dataloader.dataset.data_prefix.video=/data/my, videos',
         'train_dataloader.dataset.data_prefix.video', '/data/my, videos'),
        ("model.texts={'template': None}", 'model.texts.template', None),
        ('train_dataloader=None', 'train_dataloader', None),
    ],
)  # fmt: skip
def test_values_and_places(path, pair, place, expected):
    value = changed(path, pair)
    for key in place.split('.'):
        value = value[int(key) if key.isdigit() else key]
    assert value == expected


def test_only_the_place_changes(path):
    before = load_config(path).to_dict()
    after = changed(path, 'model.parts.1.n=7').to_dict()
    assert after['model']['parts'][1].pop('n') == 7
    assert before['model']['parts'][1].pop('n') == 2
    assert after == before


def test_a_part_that_is_used_twice_changes_at_one_place(tmp_path):
    (tmp_path / 'c.py').write_text(
        'part = dict(n=1)\nmodel = dict(a=[part], b=[part])\n'
    )
    config = changed(str(tmp_path / 'c.py'), 'model.a.0.n=2')
    assert config.model == dict(a=[dict(n=2)], b=[dict(n=1)])


def test_options_do_not_get_lost(path):
    """MMEngine drops the first of two of which one is part of the other."""
    pairs = ('model.depth=6', 'model={"lr": 0.5}', 'model.prompts={"n": 1}')
    config = changed(path, *pairs, 'model.prompts.k=2')
    assert (config.model.depth, config.model.lr) == (6, 0.5)
    assert config.model.prompts == dict(n=1, k=2)
    assert config.model.texts.template == '[16] {}.'


def test_a_dict_can_be_replaced(path):
    pairs = ('train_dataloader.dataset.classes=[c,d]',
             'train_dataloader.dataset._delete_=True')  # fmt: skip
    config = changed(path, *pairs)
    assert config.train_dataloader == dict(dataset=dict(classes=['c', 'd']))
    config = changed(path, 'model.texts={"_delete_": True, "n": 1}')
    assert config.model.texts == dict(n=1)


@pytest.mark.parametrize(
    ('pair', 'message'),
    [
        ('model.depth=abc', 'model.depth=abc: expected an integer'),
        ('model.parts.9.n=1', 'Index 9 exceeds the length of .*parts, 2'),
        ('model.parts.-3.n=1', 'Index -3 exceeds the length'),
        ('model.parts.type=A', "parts is a list of 2: .* instead of 'type'"),
        ('model.depth.x=1', 'model.depth is 3, which has no keys'),
        ('model.prompts.depth=1', 'model.prompts is None, which has no keys'),
        ('model..x=1', 'expected names between dots'),
        ('modle.depth=1', "no key 'modle'; did you mean model"),
        ('model.parts=', 'expected a list'),
        ('model.texts=ClassTexts', 'expected a dict'),
    ],
)
def test_one_line_for_what_does_not_fit(path, pair, message):
    with pytest.raises(UserError, match=message) as caught:
        changed(path, pair)
    assert '\n' not in str(caught.value)
    assert str(caught.value).startswith('--cfg-options')


def test_values_from_python_are_taken_as_they_are(path):
    options = {'model.depth': 'six', 'model.texts.template': "'{}'"}
    model = load_config(path, options).model
    assert (model.depth, model.texts.template) == ('six', "'{}'")


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.lists(TEXTS), st.lists(st.lists(st.floats(-9, 9))))
def test_what_is_written_arrives_in_the_config_of_a_job(
    tmp_path_factory, text, texts, numbers
):
    """A protocol writes its config for another process to read."""
    config = Config(dict(model=dict(a='own', b=['x'], c=None)))
    values = {'model.a': text, 'model.b': texts, 'model.c': numbers}
    written = {key: Written(repr(value)) for key, value in values.items()}
    apply_options(config, written)
    file = tmp_path_factory.mktemp('job') / 'config.py'
    config.dump(file)
    read = Config.fromfile(file).model
    assert (read.a, read.b, read.c) == (text, texts, numbers)
