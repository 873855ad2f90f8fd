"""The CLIP that is shipped, and the script that makes it."""

import hashlib
import json

import numpy as np
import pytest
import torch
from open_clip import SimpleTokenizer
from rich.console import Console
from safetensors.torch import load_file

from vlprompt.apis import init_recognizer, load_config
from vlprompt.cli import toy_world
from vlprompt.file_digest import sha256_of
from vlprompt.shipped import find_config
from vlprompt.toy import captions
from vlprompt.toy.clip_file import (
    WORDS,
    pack,
    unpack,
    used_rows,
)
from vlprompt.toy.files import CLIP, CLIP_REPORT, SHIPPED
from vlprompt.toy.make_clip import make_clip, measure
from vlprompt.toy.pretrain import initial_words
from vlprompt.toy.progress import Display
from vlprompt.toy.schedule import Schedule

REPORT = SHIPPED / CLIP_REPORT
SMALL = ('--num-train=1', '--num-val=1', '--workers=1')


@pytest.fixture(scope='module')
def report():
    return json.loads(REPORT.read_text())


def test_the_shipped_file_is_the_one_reported(report):
    assert sha256_of(SHIPPED / CLIP) == report['sha256']
    assert (SHIPPED / CLIP).stat().st_size < 4e6


def test_the_shipped_file_has_the_accuracies_it_states(report):
    """Of 1000 pictures, sums in another order may turn three."""
    plan = Schedule(**report['schedule'])
    measured = measure(SHIPPED / CLIP, plan.seed, workers=1)
    assert measured == pytest.approx(report['zero_shot'], abs=0.003)
    assert min(measured.values()) > 0.8


def test_words_without_captions_are_drawn_alike_everywhere():
    """NumPy promises that these numbers never change."""
    words = initial_words((49408, 128), seed=0)
    digest = hashlib.sha256(words.numpy().tobytes()).hexdigest()
    assert digest.startswith('1aef816f6cd829e4556af928d3c6b8a2')
    assert words.std().item() == pytest.approx(0.5, abs=1e-3)


def test_every_token_of_a_caption_is_kept():
    rng, tokenizer = np.random.default_rng(0), SimpleTokenizer()
    kept = {*used_rows(tokenizer)}
    said = set()
    for _ in range(2000):
        _, facts = captions._draw_still(rng, 8)
        text = captions.caption(rng, captions.choose_facts(rng, facts))
        said |= {*tokenizer.encode(text)}
    assert said <= kept
    assert len(kept - said) < 5  # the first token, the last, rare ones


def test_a_packed_file_gives_the_weights_back(tmp_path):
    rng = torch.Generator().manual_seed(0)
    state = {
        WORDS: initial_words((49408, 4), seed=3),
        'logit_scale': torch.tensor(2.7),
        'visual.proj': torch.randn(4, 4, generator=rng),
    }
    rows = used_rows(SimpleTokenizer())
    state[WORDS][rows] += 1  # what was learnt
    pack(state, 3, tmp_path / CLIP)
    again = unpack(tmp_path / CLIP)
    assert again.keys() == state.keys()
    for name, tensor in state.items():
        assert again[name].dtype == torch.float32
        torch.testing.assert_close(again[name], tensor, rtol=1e-3, atol=1e-3)
    others = torch.ones(49408, dtype=torch.bool)
    others[rows] = False
    assert torch.equal(again[WORDS][others], state[WORDS][others])


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp('made')
    toy_world.main([f'--root={root}', *SMALL])
    return root


def test_a_config_loads_what_is_made_of_it(root):
    config = load_config(
        find_config('clip/clip_toy.py'),
        {'model.clip.pretrained': str(root / CLIP)},
    )
    model = init_recognizer(config, None, 'cpu')
    shipped = unpack(SHIPPED / CLIP)
    tower = model.backbone.state_dict()
    (conv,) = (v for k, v in tower.items() if k.endswith('conv1.weight'))
    assert torch.equal(conv, shipped['visual.conv1.weight'])
    assert json.loads((root / CLIP_REPORT).read_text()) == json.loads(
        REPORT.read_text()
    )


def test_what_is_placed_is_kept_until_it_is_another(root):
    placed = root / CLIP
    before = placed.stat().st_mtime_ns
    toy_world.main([f'--root={root}', *SMALL])
    assert placed.stat().st_mtime_ns == before
    (root / CLIP_REPORT).write_text('{}')
    toy_world.main([f'--root={root}', *SMALL])
    assert placed.stat().st_mtime_ns > before


@pytest.mark.slow
def test_the_script_still_learns(tmp_path):
    """A hundred steps on few pictures: places, which are the easiest."""
    plan = Schedule(
        num_stills=500,
        image_steps=60,
        image_batch=32,
        text_steps=40,
        text_batch=64,
    )
    make_clip(tmp_path, plan, 1, Display(Console()))
    scores = json.loads((tmp_path / CLIP_REPORT).read_text())['zero_shot']
    assert scores['place'] > 0.7


@pytest.mark.slow
def test_pretraining_places_its_own_clip(tmp_path):
    flags = [f'--root={tmp_path}', *SMALL]
    few = ('--pretrain', '--image-steps=2', '--text-steps=2')
    few += ('--num-stills=128',)
    toy_world.main([*flags, *few])
    own = load_file(tmp_path / CLIP)
    made = tmp_path / 'pretrained' / CLIP
    assert sha256_of(made) != sha256_of(SHIPPED / CLIP)
    before = (tmp_path / 'pretrained' / CLIP).stat().st_mtime_ns
    toy_world.main([*flags, *few])
    assert (tmp_path / 'pretrained' / CLIP).stat().st_mtime_ns == before
    toy_world.main(flags)
    shipped = load_file(tmp_path / CLIP)
    name = 'visual.conv1.weight'
    assert not torch.equal(own[name], shipped[name])
    assert torch.equal(shipped[name], unpack(SHIPPED / CLIP)[name])
