"""The converter of published CLIP weights."""

import pytest
import torch
from commands import line_of, tool
from safetensors import safe_open

from vlprompt.models import load_clip

ARCH = dict(
    embed_dim=16,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, patch_size=16, width=32, layers=2, head_width=16
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=16, heads=2, layers=2
    ),
)
OPENAI_BUFFERS = dict(input_resolution=32, context_length=77, vocab_size=49408)


def convert(args):
    return tool('convert').main(['openai', *args])


class Archive(torch.nn.Module):
    """What ``torch.jit`` stores of a state dict."""

    def __init__(self, state_dict: dict):
        super().__init__()
        for name, value in state_dict.items():
            module, _, leaf = name.rpartition('.')
            self._submodule(module).register_buffer(leaf, value)

    def _submodule(self, path: str) -> torch.nn.Module:
        module = self
        for name in filter(None, path.split('.')):
            if not hasattr(module, name):
                module.add_module(name, Archive({}))
            module = getattr(module, name)
        return module

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Nothing."""
        return x


@pytest.fixture
def weights():
    """A CLIP's state dict under OpenAI's names, in half precision."""
    torch.manual_seed(0)
    clip = load_clip(ARCH)
    towers = dict(visual=clip.visual.state_dict(), text=clip.text.state_dict())
    flat = {f'visual.{k}': v for k, v in towers['visual'].items()}
    flat |= towers['text'] | dict(logit_scale=torch.tensor(4.6))
    return {name: value.half() for name, value in flat.items()}


def read(path):
    with safe_open(path, framework='pt') as file:
        return {k: file.get_tensor(k) for k in file.keys()}, file.metadata()


@pytest.mark.parametrize('flags', [[], ['--keep-dtype']])
def test_archive_of_openai(weights, tmp_path, flags):
    buffers = {k: torch.tensor(v) for k, v in OPENAI_BUFFERS.items()}
    archive = torch.jit.script(Archive(weights | buffers))
    archive.save('ViT.pt')
    convert(['ViT.pt', 'new/clip.safetensors', *flags])
    tensors, metadata = read('new/clip.safetensors')
    assert metadata == dict(activation='quick_gelu')
    expected = weights if flags else {k: v.float() for k, v in weights.items()}
    torch.testing.assert_close(tensors, expected, rtol=0, atol=0)
    clip = load_clip(ARCH, 'new/clip.safetensors')
    assert torch.equal(clip.visual.proj, weights['visual.proj'].float())
    line = line_of(
        load_clip, {**ARCH, 'quick_gelu': False}, 'new/clip.safetensors'
    )
    assert 'QuickGELU' in line
    wrong = ['ViT.pt', 'b.safetensors', '--activation', 'gelu']
    assert 'trained with quick_gelu' in line_of(convert, wrong)


def test_state_dict(weights):
    """Of open_clip's layout; nothing in it tells the activation."""
    names = {k: k for k in weights}
    names |= {
        k: f'text.{k}'
        for k in weights
        if not k.startswith(('visual.', 'logit_scale'))
    }
    torch.save({f'module.{names[k]}': v for k, v in weights.items()}, 'a.pt')
    convert(['a.pt', 'a.safetensors'])
    tensors, metadata = read('a.safetensors')
    assert tensors.keys() == weights.keys()
    assert 'activation' not in (metadata or {})
    convert(['a.pt', 'b.safetensors', '--activation', 'gelu'])
    assert read('b.safetensors')[1] == dict(activation='gelu')


def test_files_that_are_not_converted(weights):
    assert 'gone.pt' in line_of(convert, ['gone.pt', 'a.safetensors'])
    torch.save(weights, 'a.pt')
    assert '.safetensors' in line_of(convert, ['a.pt', 'a.pth'])
    torch.save({'weight': torch.ones(1)}, 'b.pt')
    assert 'is no CLIP' in line_of(convert, ['b.pt', 'b.safetensors'])
