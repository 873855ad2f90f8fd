"""Every way in which a file of weights comes into the library."""

from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.config import Config
from safetensors.torch import save_file
from torch import Tensor

from vlprompt.apis import init_recognizer, read_checkpoint
from vlprompt.cli.convert import KINDS
from vlprompt.cli.convert import main as convert
from vlprompt.cli.train_options import resume
from vlprompt.models import load_clip

ARCH = dict(
    embed_dim=8,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, patch_size=8, width=16, layers=1, head_width=16
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=8, heads=1, layers=1
    ),
)
FULL = 'visual.conv1.weight'


def clip_weights(arch: dict = ARCH) -> dict[str, Tensor]:
    """Weights of a tiny CLIP under OpenAI's names."""
    torch.manual_seed(0)
    clip = load_clip(arch)
    weights = {f'visual.{k}': v for k, v in clip.visual.state_dict().items()}
    weights |= clip.text.state_dict()
    weights['logit_scale'] = torch.tensor(clip.logit_scale)
    return {name: v.detach().clone() for name, v in weights.items()}


def config_of(base: str, **clip) -> Config:
    """A recognizer that learns the last norm of the vision tower."""
    return Config(
        dict(
            default_scope='vlprompt',
            model=dict(
                type='VideoTextRecognizer',
                clip=dict(arch=ARCH, pretrained=base, **clip),
                backbone=dict(type='CLIPVisionTower'),
                texts=dict(type='ClassTexts', template='a {}.'),
                cls_head=dict(type='SimilarityHead'),
                trainable=['backbone.visual.ln_post.*'],
            ),
        )
    )


def base_file() -> str:
    """A whole CLIP in the working folder."""
    path = Path('base.safetensors')
    if not path.is_file():
        save_file(clip_weights(), path)
    return str(path)


def pretrained(path: str) -> None:
    """``clip.pretrained``."""
    load_clip(ARCH, path)


def finetuned(path: str) -> None:
    """``clip.finetuned``."""
    load_clip(ARCH, base_file(), path)


def checkpoint(path: str) -> None:
    """CHECKPOINT of test, before the model is built, and of protocols."""
    read_checkpoint(path)


def inference(path: str) -> None:
    """CHECKPOINT of inference and analyses."""
    init_recognizer(config_of(base_file()), path, 'cpu')


def resumed(path: str) -> None:
    """``--resume CHECKPOINT``."""
    resume(Config(dict(randomness=dict(seed=None))), path)


def converted(kind: str) -> Callable[[str], None]:
    """``vlprompt convert KIND``."""

    def way(path: str) -> None:
        suffix = dict(openai='.safetensors', huggingface='.safetensors')
        out = 'converted' + suffix.get(kind, '.pth')
        convert([kind, path, out])

    return way


WAYS: dict[str, Callable[[str], None]] = {
    'pretrained': pretrained,
    'finetuned': finetuned,
    'checkpoint': checkpoint,
    'inference': inference,
    'resume': resumed,
    **{f'convert {k}': converted(k) for k in KINDS if k != 'vlprompt'},
}
