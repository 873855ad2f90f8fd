"""Sentences about classes: which texts they make, what these add up to."""

import json

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from helpers import build, clips, samples, total
from mmengine.config import Config
from open_clip import SimpleTokenizer
from tiny import CLASSES
from torch.nn.functional import normalize

from vlprompt.apis.inputs import check_inputs
from vlprompt.errors import UserError
from vlprompt.models import DescriptionTexts, TemplatedDescriptionTexts
from vlprompt.models.texts import (
    BatchDescriptionTexts,
    TwoLevelTexts,
    description_texts,
)

TOKENIZER = SimpleTokenizer()
NAMES = ('brush hair', 'cartwheel', 'tai chi')
SENTENCES = {
    'Brush_hair': ['a brush in a hand', 'long hair'],
    'cartwheel': ['hands on the floor'],
    'catch': ['never asked for'],
    'tai chi': ['slow arms', 'a park', 'bent knees'],
}
EVEN = {name: [f'{name} {i}' for i in range(2)] for name in CLASSES}
UNEVEN = {
    name: [f'{name} {i}' for i in range(1 + place % 3)]
    for place, name in enumerate(CLASSES)
}


def words(tokens):
    """Texts as CLIP reads them."""
    return [
        TOKENIZER.decode(ids[1:end].tolist()).strip()
        for ids, end in zip(tokens.ids, tokens.ends.tolist(), strict=True)
    ]


def features(model, *texts):
    """(N, E) unit features of texts by open_clip's own function."""
    ids = TOKENIZER(list(texts))
    text = model.text_encoder.text
    hidden = text.token_embedding(ids) + text.positional_embedding
    hidden = text.transformer(hidden, attn_mask=text.attn_mask)
    ends = hidden[torch.arange(len(ids)), ids.argmax(dim=-1)]
    return normalize(text.ln_final(ends) @ text.text_projection, dim=-1)


def described(**texts):
    config = dict(type='DescriptionTexts', descriptions=UNEVEN)
    return build(
        texts={**config, **texts},
        prompts=None,
        cls_head=dict(type='SimilarityHead'),
        trainable=['*'],
    ).double()


def test_texts_are_names_and_sentences_of_the_classes():
    texts = DescriptionTexts(TOKENIZER, SENTENCES, classes=NAMES)
    assert words(texts()) == [
        'brush hair : a brush in a hand',
        'brush hair : long hair',
        'cartwheel : hands on the floor',
        'tai chi : slow arms',
        'tai chi : a park',
        'tai chi : bent knees',
    ]


def test_a_file_is_read(tmp_path):
    file = tmp_path / 'texts.json'
    file.write_text(json.dumps(SENTENCES))
    texts = DescriptionTexts(TOKENIZER, str(file), classes=NAMES)
    there = DescriptionTexts(TOKENIZER, SENTENCES, classes=NAMES)
    assert torch.equal(texts().ids, there().ids)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (
            dict(classes=['cartwheel', 'climb', 'dive']),
            "no description of 2 of 3 classes: 'climb', 'dive'",
        ),
        (dict(use='some'), "use='some', expected one of"),
        (dict(template='a {}'), r'no \{text\}'),
        (dict(template='{name} [4] {text}'), 'bracket between its fields'),
        (dict(use='all'), "'cartwheel' has 1, expected as many of each"),
        (dict(descriptions='nowhere.json'), 'no file nowhere.json'),
        (dict(descriptions=dict(dive='water')), "'dive' is 'water'"),
        (dict(descriptions=dict(dive=[])), r"'dive' is \[\]"),
        (dict(descriptions=dict(dive=[' '])), r"'dive' is \[' '\]"),
        (dict(descriptions=3), 'expected a JSON file'),
        (dict(descriptions={}), r'holds \{\}'),
    ],
)
def test_wrong_input_is_one_line(change, message):
    config = dict(descriptions=SENTENCES, classes=NAMES)
    with pytest.raises(UserError, match=message):
        DescriptionTexts(TOKENIZER, **{**config, **change})


@pytest.mark.parametrize('text', ['[1, 2]', '{"a": ["b"', '{"a": "b"}'])
def test_a_file_that_is_none_is_named(tmp_path, text):
    file = tmp_path / 'texts.json'
    file.write_text(text)
    with pytest.raises(UserError, match=r'texts\.json'):
        DescriptionTexts(TOKENIZER, file, classes=NAMES)


def test_of_several_files_the_first_that_fits_is_used():
    given = [
        'nowhere.json',
        dict(dive=['water']),
        dict(dive=['air'], run=['legs']),
        {'x': 'y'},
    ]
    texts = DescriptionTexts(TOKENIZER, given, classes=['dive'])
    assert words(texts()) == ['dive : water']
    texts.set_classes(['run', 'dive'])
    assert words(texts()) == ['run : legs', 'dive : air']
    with pytest.raises(UserError, match="no such file; .*: 'swim'; descr"):
        DescriptionTexts(TOKENIZER, given[:3], classes=['swim'])


@pytest.mark.parametrize('descriptions', [SENTENCES, [SENTENCES]])
def test_a_class_that_is_missing_is_found_before_all_else(descriptions):
    texts = dict(type='DescriptionTexts', descriptions=descriptions)
    config = Config(dict(model=dict(texts=texts)))
    config.test_dataloader = dict(dataset=dict(classes=['tai chi']))
    check_inputs(config, 'test')
    config.test_dataloader.dataset.classes = ['tai chi', 'dive']
    with pytest.raises(UserError, match="1 of 2 classes: 'dive'"):
        check_inputs(config, 'test')


def test_an_exact_name_comes_first():
    given = {'Dive': ['one'], 'dive': ['two']}
    texts = DescriptionTexts(TOKENIZER, given, classes=['dive'])
    assert words(texts()) == ['dive : two']
    with pytest.raises(UserError, match="'DIVE'"):
        texts.set_classes(['DIVE'])


def test_long_sentences_are_cut_and_counted_once(monkeypatch):
    said = []
    monkeypatch.setattr(
        description_texts, 'print_log', lambda text, *_: said.append(text)
    )
    long = 'so ' * 100
    texts = DescriptionTexts(TOKENIZER, dict(a=[long, 'short'], b=[long] * 2))
    texts.set_classes(['a', 'b'])
    texts.set_classes(['a', 'b'])
    assert len(said) == 1
    assert '3 of 4 texts have more tokens than CLIP takes' in said[0]
    assert texts().ends.tolist() == [76, 4, 76, 76]


def test_the_mean_is_of_unit_features():
    model = described(use='mean').eval()
    found = normalize(model.encode_texts(), dim=-1)
    expected = torch.stack(
        [
            features(model, *(f'{name}: {s}' for s in UNEVEN[name])).mean(0)
            for name in CLASSES
        ]
    )
    torch.testing.assert_close(
        found, normalize(expected, dim=-1), rtol=1e-9, atol=1e-12
    )


def test_all_are_compared_by_sentence():
    model = described(use='all', descriptions=EVEN, template='{text}').eval()
    expected = [f'{name} {i}' for i in range(2) for name in CLASSES]
    found = normalize(model.encode_texts(), dim=-1)
    torch.testing.assert_close(
        found, features(model, *expected), rtol=1e-9, atol=1e-12
    )
    video = model.extract_feat(clips().double())[0]
    assert model.cls_head(video).shape == (2, len(CLASSES))


def test_one_sentence_of_each_class_is_drawn_for_a_step():
    texts = DescriptionTexts(TOKENIZER, SENTENCES, 'random', classes=NAMES)
    everything = words(texts.eval()())
    drawn = [words(texts.train()()) for _ in range(60)]
    for choice in drawn:
        assert [line.split(' :')[0] for line in choice] == [*NAMES]
    assert {line for choice in drawn for line in choice} == {*everything}


@pytest.mark.parametrize('trainable', [['*'], ['backbone.*']])
def test_drawn_texts_are_encoded_as_they_are(trainable):
    """With a frozen text side from what was encoded before."""
    model = described(use='random').train()
    for name, p in model.named_parameters():
        p.requires_grad_(trainable == ['*'] or name.startswith('backbone'))
    seen = set()
    for _ in range(4):
        tokens = model.text_bank.tokens()
        found = normalize(model.text_bank(tokens, None), dim=-1)
        lines = words(tokens)
        seen.add(tuple(lines))
        torch.testing.assert_close(
            found, features(model, *lines), rtol=1e-9, atol=1e-12
        )
    assert len(seen) > 1


def test_batches_of_an_update_share_the_draw():
    model = described(use='random').train()
    model.text_bank.is_last_micro_batch = False
    tokens = model.text_bank.tokens()
    first = model.text_bank(tokens, None)
    again = [model.text_bank.tokens() for _ in range(5)]
    assert all(torch.equal(t.ids, tokens.ids) for t in again)
    assert torch.equal(first, model.text_bank(again[0], None))


def test_frosters_rule():
    """mean of r(name) S and S in training, of all of them in evaluation."""
    given = {
        name: [f'{name.title()}: no. {i}'] for i, name in enumerate(NAMES)
    }
    model = described(
        type='TemplatedDescriptionTexts',
        descriptions={**EVEN, **given},
        template='{text}',
        names_in=['a photo of {}.', 'a video of a person {}.'],
    )
    model.set_classes(NAMES)
    plain = [given[name][0] for name in NAMES]
    named = [
        [f'{start} {name}. {s}' for name, s in zip(NAMES, plain, strict=True)]
        for start in ('a photo of', 'a video of a person')
    ]
    groups = [features(model, *lines) for lines in (plain, *named)]
    steps = [normalize(groups[0] + groups[r], dim=-1) for r in (1, 2)]
    model.train()
    hits = [0, 0]
    for _ in range(20):
        tokens = model.text_bank.tokens()
        found = normalize(model.text_bank(tokens, None), dim=-1)
        close = [torch.allclose(found, s, rtol=1e-9) for s in steps]
        assert sum(close) == 1
        hits[close.index(True)] += 1
        model.text_bank.restart()
    assert min(hits) > 0
    found = normalize(model.eval().encode_texts(), dim=-1)
    expected = normalize(sum(groups), dim=-1)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-12)


def test_frosters_rule_with_one_template_and_one_sentence():
    """As many texts are drawn as there are, in another order."""
    texts = TemplatedDescriptionTexts(
        TOKENIZER,
        {name: [f'about {name}'] for name in NAMES},
        names_in='a photo of {}.',
        classes=NAMES,
    )
    own = torch.eye(len(NAMES)).repeat_interleave(2, dim=0)
    drawn = texts.train()().drawn
    assert torch.equal(texts.combine(own[drawn]), torch.eye(len(NAMES)))
    texts.eval()
    assert torch.equal(texts.combine(own), torch.eye(len(NAMES)))


def test_frosters_files_spell_the_name():
    texts = TemplatedDescriptionTexts(
        TOKENIZER,
        {'brush_hair': ['Brush hair: A person'], 'wave': ['One: two']},
        names_in='a photo of {}.',
        template='{text}',
        classes=['brush_hair', 'wave'],
    )
    assert words(texts.eval()())[1::2] == [
        'a photo of brush hair . brush hair : a person',
        'a photo of wave . one : two',
    ]


def test_froster_has_28_templates_and_the_plain_text():
    texts = TemplatedDescriptionTexts(TOKENIZER, SENTENCES, classes=NAMES)
    lines = words(texts.eval()())
    assert len(lines) == 29 * 6
    assert lines[0] == 'brush hair : a brush in a hand'
    assert lines[1] == (
        'a photo of brush hair . brush hair : a brush in a hand'
    )
    assert len({*lines[:29]}) == 29


def test_texts_of_a_batch_follow_its_labels():
    texts = BatchDescriptionTexts(TOKENIZER, SENTENCES, classes=NAMES).train()
    tokens = texts(samples(2, 0, 2))
    assert tokens.targets.tolist() == [2, 0, 2]
    starts = [line.split(' :')[0] for line in words(tokens)]
    assert starts == ['tai chi', 'brush hair', 'tai chi']
    assert len(words(texts.eval()(samples(2, 0, 2)))) == 6


def test_two_levels_are_one_list():
    given = [
        {n: [f'{kind} {i}' for i in '12'] for n in NAMES} for kind in 'st'
    ]
    texts = TwoLevelTexts(TOKENIZER, *given, classes=NAMES)
    assert words(texts.eval()(samples(1)))[2:4] == [
        'this is a video about s 1',
        'this is a video about s 2',
    ]
    tokens = texts.train()(samples(1, 1))
    assert tokens.targets.tolist() == [1, 1]
    assert words(tokens)[::2] == [
        'this is a video about s 1',
        'this is a video about s 2',
        'a video of cartwheel usually includes t 1',
        'a video of cartwheel usually includes t 2',
    ]


def test_two_levels_need_as_many_sentences():
    two, three = ({n: [*'abc'[:m]] for n in NAMES} for m in (2, 3))
    with pytest.raises(UserError, match='2 spatial and 3 temporal'):
        TwoLevelTexts(TOKENIZER, two, three, classes=NAMES)


def work(rank, file, out):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'file://{file}', rank=rank, world_size=2
    )
    torch.manual_seed(rank)
    texts = DescriptionTexts(TOKENIZER, UNEVEN, 'random', classes=CLASSES)
    torch.save([texts.train()().drawn for _ in range(5)], f'{out}.{rank}')
    dist.destroy_process_group()


@pytest.mark.slow
def test_processes_draw_the_same(tmp_path):
    mp.spawn(work, (tmp_path / 'rendezvous', tmp_path / 'out'), nprocs=2)
    first, second = (torch.load(f'{tmp_path / "out"}.{r}') for r in range(2))
    assert len({tuple(t.tolist()) for t in first}) > 1
    torch.testing.assert_close(first, second, rtol=0, atol=0)


@pytest.mark.parametrize('use', ['mean', 'random', 'all'])
def test_the_text_tower_learns_from_them(use):
    model = described(use=use, descriptions=EVEN).train()
    total(model, clips().double(), 1, 2).backward()
    text = model.text_encoder.text
    assert all(p.grad.abs().sum() > 0 for p in text.transformer.parameters())


@pytest.mark.parametrize('use', ['mean', 'random', 'all'])
def test_learnable_tokens_stand_before_them(use):
    """Prompts of both towers, with sentences in place of class names."""
    model = build(
        texts=dict(
            type='DescriptionTexts',
            descriptions=EVEN,
            use=use,
            template='[3] {name}: {text}',
            anchor_template='a video of {}.' if use != 'all' else None,
        ),
        cls_head=dict(
            type='SimilarityHead',
            regularizers={}
            if use == 'all'
            else dict(scenario=dict(type='ScenarioCosineLoss')),
        ),
    ).train()
    tokens = model.texts()
    assert tokens.slots.tolist() == [[1, 2, 3]] * len(tokens.ids)
    losses = model(clips(), samples(1, 2), mode='loss')
    sum(v for k, v in losses.items() if 'loss' in k).backward()
    learned = [p for p in model.parameters() if p.requires_grad]
    assert all(p.grad.abs().sum() > 0 for p in learned)
