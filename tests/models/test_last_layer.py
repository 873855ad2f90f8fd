"""The last text layer alone, with prompts that depend on videos."""

import re

import pytest
import torch
from mmengine.config import Config
from tiny import CLASSES
from torch.utils.flop_counter import FlopCounterMode

from vlprompt.analysis.complexity import build_without_weights
from vlprompt.datasets import load_class_names
from vlprompt.models import ClassTexts, CLIPTextTower, VisualFeatures
from vlprompt.models.adapters.inside_part import InsidePart
from vlprompt.models.recognizers.conditioning import condition
from vlprompt.registry import MODELS

CONFIG = 'configs/tc_clip/tc_clip_b16_k400.py'
README = 'configs/tc_clip/README.md'


class Everywhere(InsidePart):
    """Adds to all matrices and changes all places."""

    places = ('ln_1', 'attention', 'between', 'ln_2', 'mlp')
    matrices = ('q', 'k', 'v', 'out', 'fc', 'proj')

    def __init__(self, width):
        super().__init__()
        sizes = dict(fc=(width, 4 * width), proj=(4 * width, width))
        self.maps = torch.nn.ModuleDict(
            {
                name: torch.nn.Linear(*sizes.get(name, (width, width)))
                for name in self.matrices
            }
        )

    def place(self, name, tokens):
        """Larger, by a number of the place."""
        return tokens * (1 + 0.1 * self.places.index(name))

    def delta(self, name, x):
        """A map of the matrix."""
        return self.maps[name](x)


@pytest.fixture(autouse=True)
def registered():
    """The part, known by name."""
    MODELS.register_module(module=Everywhere)
    yield
    MODELS.module_dict.pop('Everywhere')


def texts(clip, template):
    """Tokens of the classes."""
    part = ClassTexts(clip.tokenizer, template=template, classes=CLASSES)
    return part.tokens


def prompts_of(layers, count, each):
    """Random prompts in some layers, of each class if wanted."""
    shape = (len(CLASSES), count, 16) if each else (count, 16)
    return [
        torch.randn(shape, dtype=torch.float64) if i in layers else None
        for i in range(4)
    ]


@pytest.mark.parametrize('template', ['[3] {}.', '{} [2].', 'a {}.'])
@pytest.mark.parametrize('layers', [(0,), (0, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize('adapters', [[], [dict(type='Everywhere')]])
@pytest.mark.parametrize('each', [False, True])
def test_two_steps_are_the_tower(clip, template, layers, adapters, each):
    torch.manual_seed(0)
    plain = CLIPTextTower(clip.text, adapters=adapters).double()
    halves = CLIPTextTower(
        clip.text, adapters=adapters, stop_before_last=True
    ).double()
    halves.load_state_dict(plain.state_dict())
    tokens = texts(clip, template)
    count = tokens.slots.size(1)
    prompts = prompts_of(layers, count, each) if count else None
    expected = plain(tokens, prompts)
    states = halves(tokens, prompts)
    assert states.shape == (len(CLASSES), 1, tokens.ids.size(1), 16)
    torch.testing.assert_close(halves.finish(states, tokens), expected)
    if count:
        rows = torch.arange(len(CLASSES))[:, None]
        own = states[rows, 0, tokens.slots].expand(2, -1, -1, -1)
        out = halves.finish(states, tokens, own)
        torch.testing.assert_close(out, expected.expand(2, -1, -1))


def text_work(model, batch):
    """FLOPs of all class texts for a batch, forward alone and in all."""
    videos = VisualFeatures(
        torch.empty(batch, 16, 512, device='meta'),
        None,
        carried=[torch.empty(batch, 96, 768, device='meta')] * 12,
    )
    with FlopCounterMode(display=False) as counter:
        tokens = model.text_bank.tokens()
        prompts = model.make_prompts(tokens)['text']
        encoded = model.text_bank(tokens, prompts)
        text = condition(model, encoded, tokens, videos)
        forward = counter.get_total_flops()
        text.sum().backward()
    return forward, counter.get_total_flops()


def published_text_work(model, batch, length=30):
    """The same of the release: the tower anew for each of the videos."""
    text, part = model.text_encoder.text, model.conditioner
    mask = text.attn_mask[:length, :length]
    blocks = text.transformer.resblocks
    with FlopCounterMode(display=False) as counter:
        x = torch.empty(400, length, 512, device='meta')
        x = x + text.positional_embedding[:length]
        for block in blocks[:-1]:
            x = block(x, attn_mask=mask)
        context = torch.empty(1, 96, 512, device='meta')
        context = part.ln_1_kv(context).expand(400, -1, -1)
        made = x[:, 1:5]
        read, _ = part.attn(part.ln_1(made), context, context)
        made = made + read
        made = made + part.mlp(part.ln_2(made))
        x = torch.cat([x[:, :1], made, x[:, 5:]], dim=1)
        x = blocks[-1](x, attn_mask=mask)
        out = text.ln_final(x)[:, 9] @ text.text_projection
        forward = counter.get_total_flops()
        out.sum().backward()
    return batch * forward, batch * counter.get_total_flops()


@pytest.mark.slow
def test_the_readme_says_how_much_text_work_is_saved(repository):
    model = build_without_weights(
        Config.fromfile(repository / CONFIG), 'meta'
    ).train()
    model.set_classes(load_class_names('kinetics400', 'capitals'))
    rows = []
    for batch in (1, 4, 16, 64):
        ours, theirs = (
            [x / 2e9 for x in work(model, batch)]
            for work in (text_work, published_text_work)
        )
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        rows.append(
            f'| {batch} | {theirs[0]:,.0f} | {ours[0]:,.0f} | '
            f'{ratios[0]:.0f} x | {ratios[1]:.0f} x |'
        )
    page = (repository / README).read_text()
    assert re.findall(r'^\| \d+ \|.*', page, re.M) == rows
