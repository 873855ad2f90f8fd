"""Tiny CLIPs with random weights, and precisions."""

import pytest
import torch
from tiny import TINY

from vlprompt.models import load_clip


@pytest.fixture
def tiny() -> dict:
    """An arch of 4 layers in both towers, 32 px."""
    return {
        **TINY,
        'vision_cfg': dict(TINY['vision_cfg']),
        'text_cfg': dict(TINY['text_cfg']),
    }


@pytest.fixture
def clip(tiny):
    """A tiny CLIP in float64, with biases and norms that are not trivial."""
    torch.manual_seed(0)
    clip = load_clip(tiny)
    for tower in (clip.visual, clip.text):
        tower.double()
        for name, p in tower.named_parameters():
            if 'bias' in name or 'ln_' in name:
                p.data += 0.1 * torch.randn_like(p)
        tower.requires_grad_(False)
    return clip


@pytest.fixture(scope='session')
def folders(tmp_path_factory):
    """Tokenizers of Hugging Face: their folders by name."""
    from tiny_tokenizers import make_tokenizers  # imports transformers

    return make_tokenizers(tmp_path_factory.mktemp('tokenizers'))


@pytest.fixture
def float64():
    """MMAction2 smooths labels in the default precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(params=[torch.float64, torch.float32], ids=str)
def precision(request):
    """Everything in float64, and once in float32."""
    torch.set_default_dtype(request.param)
    yield
    torch.set_default_dtype(torch.float32)
