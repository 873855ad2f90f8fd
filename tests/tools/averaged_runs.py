"""A tiny training that is averaged, and `vlprompt interpolate` on it."""

from pathlib import Path
from types import SimpleNamespace

import torch
from commands import tool
from mmengine.config import Config
from safetensors.torch import load_file

from tools.benchmark.reliability.small_world import MODEL_AND_TRANSFORMS
from vlprompt.converters import save_clip
from vlprompt.models import load_clip
from vlprompt.models.clip.names import is_clip, to_openai

interpolate, models_show = tool('interpolate'), tool('models_show')

# Weights of CLIP, and prompts, which CLIP has not.
OPTIONS = (
    "model.trainable=['backbone.*','prompts.*','cls_head.logit_scale']",
    'model.prompts.depth=2',
    'optim_wrapper.optimizer.lr=0.01',
    'train_cfg.max_epochs=3',
    'train_cfg.val_interval=3',
)
AVERAGE = (
    'default_hooks.average.type=EpochAverageHook',
    'default_hooks.average.first=2',
    'default_hooks.average.with_clip=0.5',
)
BETWEEN = ('default_hooks.between.type=InterpolatedWeightsHook',)


def make_clip(path: Path) -> None:
    """Write the weights of a tiny CLIP."""
    torch.manual_seed(0)
    text = MODEL_AND_TRANSFORMS.replace('{{', '{').replace('}}', '}')
    clip = load_clip(Config.fromstring(text, '.py').model.clip.arch.to_dict())
    towers = dict(visual=clip.visual, text=clip.text)
    state = {
        to_openai(f'{tower}.{name}'): tensor
        for tower, module in towers.items()
        for name, tensor in module.state_dict().items()
        if 'attn_mask' not in name
    }
    state['logit_scale'] = torch.tensor(clip.logit_scale)
    save_clip(state, path)


def options(clip_file: Path, *more: str) -> tuple[str, ...]:
    """The flags of a training."""
    clip = f'model.clip.pretrained={clip_file}'
    return ('--cfg-options', clip, *OPTIONS, *more)


def read(path: Path) -> dict:
    """What a checkpoint holds."""
    return torch.load(path, weights_only=True)


def mix(run: SimpleNamespace, out: Path, *words: str) -> dict:
    """Interpolate, and return what was written."""
    paths = [str(run.folder / w) if '.pth' in w else w for w in words]
    interpolate.main([run.config, *paths, '--out', str(out), *run.flags])
    return read(out)


def curve(run: SimpleNamespace, out: Path, *flags: str):
    """Choose the weight of CLIP, and return the recipe."""
    words = [run.config, str(run.folder / 'epoch_3.pth'), '--out', str(out)]
    work = ['--work-dir', str(out.parent / 'work')]
    return interpolate.main(
        [*words, '--w-from-val', *flags, *work, *run.flags]
    )


def clip_of(run: SimpleNamespace) -> dict[str, torch.Tensor]:
    """The end that is CLIP, under the names of a checkpoint."""
    (line,) = (f for f in run.flags if 'pretrained' in f)
    stored = load_file(line.partition('=')[2])
    names = read(run.folder / 'epoch_1.pth')['state_dict']
    return {n: stored[to_openai(n)] for n in names if is_clip(n)}
