"""Loading CLIP weights in the formats in which they are distributed."""

import pickle
import socket
import urllib.error

import open_clip
import pytest
import torch
from open_clip.model import build_model_from_openai_state_dict
from safetensors.torch import save_file

from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.models.clip.download import download
from vlprompt.models.clip.files import read_clip_file
from vlprompt.models.clip.names import (
    is_clip,
    to_open_clip,
    to_openai,
    to_recognizer,
)


class _Archive(torch.nn.Module):
    """Tensors under the names of a state dict, for a TorchScript file."""

    def __init__(self, state_dict):
        super().__init__()
        for name, value in state_dict.items():
            *path, leaf = name.split('.')
            parent = self
            for part in path:
                if not hasattr(parent, part):
                    parent.add_module(part, _Archive({}))
                parent = getattr(parent, part)
            parent.register_buffer(leaf, value)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x


@pytest.fixture
def openai(tiny):
    """A state dict in OpenAI's layout and precision, and the model."""
    torch.manual_seed(0)
    vision, text = tiny['vision_cfg'], tiny['text_cfg']
    vision['width'] = vision['head_width'] = 64  # heads = width // 64
    text['width'], text['heads'] = 64, 1
    text['context_length'] = 77
    model = open_clip.CustomTextCLIP(**tiny).eval()
    flat = {k.removeprefix('text.'): v for k, v in model.state_dict().items()}
    half = ('weight', 'bias', 'proj', 'text_projection')
    stored = {
        k: v.half()
        if k.endswith(half) and 'ln_' not in k and 'embedding' not in k
        else v
        for k, v in flat.items()
    }
    stored |= {
        'input_resolution': torch.tensor(32),
        'context_length': torch.tensor(77),
        'vocab_size': torch.tensor(49408),
    }
    build_model_from_openai_state_dict(dict(stored))  # open_clip agrees
    return stored, tiny


def save_as(kind, stored, path):
    if kind == 'torchscript':
        torch.jit.script(_Archive(stored)).save(str(path))
    elif kind == 'plain':
        torch.save(stored, path)
    elif kind == 'ddp':
        torch.save(
            {
                'epoch': 3,
                'state_dict': {f'module.{k}': stored[k] for k in stored},
            },
            path,
        )
    elif kind == 'custom_text':
        clip = open_clip.model.convert_to_custom_text_state_dict(stored)
        save_file({k: v.contiguous() for k, v in clip.items()}, path)
    return path


@pytest.mark.parametrize(
    ('kind', 'name'),
    [
        ('torchscript', 'ViT.pt'),
        ('plain', 'clip.pth'),
        ('ddp', 'epoch_3.pt'),
        ('custom_text', 'open_clip_model.safetensors'),
    ],
)
def test_every_format_gives_the_same_weights(kind, name, openai, tmp_path):
    stored, arch = openai
    clip = load_clip(arch, str(save_as(kind, stored, tmp_path / name)))
    towers = {'visual.': clip.visual, '': clip.text}
    for prefix, tower in towers.items():
        for key, value in tower.state_dict().items():
            assert value.dtype == torch.float32
            assert torch.equal(value, stored[prefix + key].float()), key
    assert clip.logit_scale == pytest.approx(stored['logit_scale'].item())


def test_openai_weights_need_quick_gelu(openai, tmp_path):
    stored, arch = openai
    file = save_as('torchscript', stored, tmp_path / 'ViT.pt')
    assert read_clip_file(file).activation == 'quick_gelu'
    with pytest.raises(UserError, match='was trained with QuickGELU'):
        load_clip({**arch, 'quick_gelu': False}, str(file))
    with pytest.raises(UserError, match='use ViT-B-16-quickgelu'):
        load_clip('ViT-B-16', 'openai')


def test_gelu_weights_refuse_quick_gelu():
    with pytest.raises(UserError, match='trained with GELU.* use ViT-B-16$'):
        load_clip('ViT-B-16-quickgelu', 'laion2b_s34b_b88k')


@pytest.mark.parametrize('offline', ['0', '1'])
def test_without_network_the_way_out_is_named(monkeypatch, offline):
    """At once: open_clip tries several names, each several times."""

    def no_network(*args, **kwargs):
        raise urllib.error.URLError(socket.gaierror(-2, 'not known'))

    def fail(*args, **kwargs):
        assert offline == '1', 'tried without a network'
        raise OSError('no network')

    monkeypatch.setenv('HF_HUB_OFFLINE', offline)
    monkeypatch.setattr('urllib.request.urlopen', no_network)
    where = 'vlprompt.models.clip.download'
    monkeypatch.setattr(f'{where}.download_pretrained', fail)
    monkeypatch.setattr(f'{where}._downloaded', lambda places: None)
    monkeypatch.setattr('open_clip.CustomTextCLIP', None)  # not made before
    with pytest.raises(UserError) as error:
        load_clip('ViT-B-16-quickgelu', 'openai')
    line = str(error.value)
    assert 'huggingface.co/timm/vit_base_patch16_clip_224.openai' in line
    assert "clip=dict(pretrained='<file>')" in line and '\n' not in line
    assert ('may be no network' in line) == (offline == '0')


def test_what_was_downloaded_is_taken_without_asking(monkeypatch, tmp_path):
    def find(folder, name):
        path = tmp_path / name
        return str(path) if name.endswith('.bin') else None

    monkeypatch.setattr('huggingface_hub.try_to_load_from_cache', find)
    file = download('ViT-B-16', 'x', dict(hf_hub='laion/some/'))
    assert file == str(tmp_path / 'open_clip_pytorch_model.bin')


def test_weights_of_another_architecture_are_refused(openai, tmp_path):
    stored, arch = openai
    file = str(save_as('plain', stored, tmp_path / 'clip.pth'))
    wider = {**arch, 'embed_dim': 32}
    with pytest.raises(UserError, match=r'misshapen .*\(64, 24\), expected'):
        load_clip(wider, file)
    deeper = {**arch, 'text_cfg': {**arch['text_cfg'], 'layers': 5}}
    with pytest.raises(UserError, match='12 missing'):
        load_clip(deeper, file)


def test_a_file_that_runs_code_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / 'owned'), 'w'))

    for name, dump, message in (
        ('a.pt', pickle.dump, 'torch.save has not written'),
        ('b.pt', torch.save, 'not read, as they are no tensors: _*io.open'),
    ):
        with open(tmp_path / name, 'wb') as file:
            dump({'weight': Evil()}, file)
        (tmp_path / 'owned').unlink(missing_ok=True)
        with pytest.raises(UserError, match=message):
            read_clip_file(tmp_path / name)
    assert not (tmp_path / 'owned').exists()


@pytest.mark.parametrize(
    ('arch', 'message'),
    [
        ('ViT-B-61', 'no architecture'),
        ('RN50', 'vision tower is a ModifiedResNet'),
        ('coca_ViT-B-32', 'CoCa'),
        ('roberta-ViT-B-32', 'text tower is one of Hugging Face'),
        (dict(embed_dim=8, visoin_cfg={}), 'visoin_cfg'),
    ],
)
def test_unfit_architectures_are_refused(arch, message):
    with pytest.raises(UserError, match=message):
        load_clip(arch)


def test_custom_text_says_nothing_about_the_towers(tiny):
    """open_clip's other class of models, with the same two towers."""
    clip = load_clip({**tiny, 'custom_text': True})
    assert clip.depths == dict(visual=4, text=4)
    resnet = dict(layers=(1, 1, 1, 1), width=32, image_size=32)
    with pytest.raises(UserError, match='ModifiedResNet'):
        load_clip({**tiny, 'custom_text': True, 'vision_cfg': resnet})


def test_an_unknown_tag_is_refused():
    with pytest.raises(UserError, match='neither a file nor'):
        load_clip('ViT-B-16', '/nowhere/clip.pt')


def test_names_go_round(tiny):
    """A recognizer's, open_clip's and OpenAI's, of every parameter."""
    model = open_clip.CustomTextCLIP(**tiny)
    for name in model.state_dict():
        ours = to_recognizer(name)
        assert is_clip(ours) and not is_clip(name)
        assert to_open_clip(ours) == to_open_clip(to_openai(ours)) == name
        assert to_openai(name) == to_openai(ours)
    assert to_openai('backbone.visual.proj') == 'visual.proj'
    assert to_openai('text_encoder.text.ln_final.bias') == 'ln_final.bias'
