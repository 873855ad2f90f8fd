"""The two sides of a comparison, made from a config of the library."""

from pathlib import Path
from typing import NamedTuple

import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.optim import OptimWrapper, build_optim_wrapper
from torch import Tensor, nn

from vlprompt.apis import load_config
from vlprompt.apis.mixed_precision import use_mixed_precision
from vlprompt.datasets import load_class_names
from vlprompt.registry import MODELS

from .baseline import Baseline

ROOT = Path(__file__).parents[2]
METHODS = {
    'vilt': 'vilt/vilt_b16_k400.py',
    'vlp': 'vifi/vlp_b16_few_shot.py',
    'vita': 'vita/vita_b16_k400.py',
    'vifi': 'vifi/vifi_b16_k400.py',
}
CLASSES = {51: 'hmdb51', 101: 'ucf101', 174: 'ssv2', 400: 'kinetics400'}
DTYPES = ('float32', 'bfloat16')


def _arch(pixels: int, vision: int, text: int, head: int) -> dict:
    """ViT-B/16's layers and tokens with other widths and pixels."""
    return dict(
        embed_dim=text,
        quick_gelu=True,
        vision_cfg=dict(
            image_size=pixels,
            patch_size=16,
            width=vision,
            layers=12,
            head_width=head,
        ),
        text_cfg=dict(
            context_length=77,
            vocab_size=49408,
            width=text,
            heads=text // head,
            layers=12,
        ),
    )


ARCHS = {
    'tiny': _arch(pixels=32, vision=32, text=16, head=16),
    'reduced': _arch(pixels=224, vision=192, text=128, head=64),
    'full': 'ViT-B-16-quickgelu',
}
PIXELS = {'tiny': 32, 'reduced': 224, 'full': 224}


class Setting(NamedTuple):
    """What is compared.

    Attributes:
        method: One of ``METHODS``.
        classes: One of ``CLASSES``.
        frames: T.
        dtype: One of ``DTYPES``.
        size: One of ``ARCHS``.
        device: Such as ``'cpu'``.
        videos: B.
    """

    method: str
    classes: int
    frames: int
    dtype: str = 'float32'
    size: str = 'reduced'
    device: str = 'cpu'
    videos: int = 1

    def __str__(self) -> str:
        """As rows of tables name it."""
        return (
            f'{self.method}, C = {self.classes}, T = {self.frames}, '
            f'{self.dtype}'
        )


class Ours(nn.Module):
    """A recognizer with the methods of :class:`Baseline`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def loss(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """(B, 1, 3, T, H, W) inputs and (B,) labels to a scalar."""
        samples = [ActionDataSample().set_gt_label(y) for y in labels]
        losses = self.model(inputs, samples, mode='loss')
        return self.model.parse_losses(losses)[0]

    def predict(self, inputs: Tensor) -> Tensor:
        """(B, V, 3, T, H, W) inputs to (B, C) scores."""
        samples = [ActionDataSample() for _ in inputs]
        samples = self.model(inputs, samples, mode='predict')
        return torch.stack([s.pred_score for s in samples])

    def encode_texts(self) -> Tensor:
        """The (C, E) embeddings of the class texts."""
        return self.model.encode_texts()

    def encode_video(self, inputs: Tensor) -> Tensor:
        """(B, V, 3, T, H, W) inputs to (B * V, E)."""
        return self.model.extract_feat(inputs, stage='neck')[0]


class Side(NamedTuple):
    """A module, and its optimizer in the precision of the setting."""

    module: nn.Module
    optimizer: OptimWrapper

    def step(self, inputs: Tensor, labels: Tensor) -> None:
        """Forward, backward, update."""
        with self.optimizer.optim_context(self.module):
            loss = self.module.loss(inputs, labels)
        self.optimizer.update_params(loss)

    def learn_texts(self) -> None:
        """Forward and backward of the texts."""
        with self.optimizer.optim_context(self.module):
            text = self.module.encode_texts()
        text.sum().backward()

    def learn_video(self, inputs: Tensor) -> None:
        """Forward and backward of the videos."""
        with self.optimizer.optim_context(self.module):
            video = self.module.encode_video(inputs)
        if video.requires_grad:
            video.sum().backward()


def names_of(classes: int) -> list[str]:
    """The class names of the data set that has so many."""
    return list(load_class_names(CLASSES[classes]))


def read_config(setting: Setting) -> Config:
    """The config of a method at some size, with random weights."""
    config = load_config(str(ROOT / 'configs' / METHODS[setting.method]))
    model = config.model
    model.clip = dict(arch=ARCHS[setting.size], pretrained=None)
    for part in (*model.backbone.get('adapters', ()),
                 *model.backbone.get('embeddings', ())):  # fmt: skip
        part.num_frames = setting.frames
    own = model.get('prompts', {}).get('text', {})
    if 'num_classes' in own:
        own.num_classes = setting.classes
    config.optim_wrapper.pop('accumulative_counts', None)
    if setting.dtype == 'bfloat16':  # also where it has to be emulated
        config.optim_wrapper.dtype = 'bfloat16'
        use_mixed_precision(config)
    return config


def build_model(setting: Setting, config: Config) -> nn.Module:
    """The recognizer, in training mode, with class names."""
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    model.set_classes(names_of(setting.classes))
    return model.to(setting.device).train()


def build_baseline(model: nn.Module, config: Config) -> Baseline:
    """The plain side of a recognizer."""
    texts, head = config.model.texts, config.model.cls_head
    return Baseline(
        model,
        config.model.clip.arch,
        texts.template,
        texts.get('anchor_template'),
        head.get('label_smooth_eps', 0.0),
    )


def build_sides(setting: Setting, **backbone: object) -> dict[str, Side]:
    """Both sides, with the same weights; options of our backbone."""
    config = read_config(setting)
    config.model.backbone.update(backbone)
    return make_sides(build_model(setting, config), config)


def make_sides(model: nn.Module, config: Config) -> dict[str, Side]:
    """A recognizer of ours and its plain side, each with an optimizer."""
    modules = dict(plain=build_baseline(model, config), ours=Ours(model))
    return {
        name: Side(module, build_optim_wrapper(module, config.optim_wrapper))
        for name, module in modules.items()
    }


def make_batch(setting: Setting, views: int = 1) -> tuple[Tensor, Tensor]:
    """Random (B, V, 3, T, H, W) inputs and (B,) labels."""
    generator = torch.Generator().manual_seed(0)
    pixels = PIXELS[setting.size]
    shape = (setting.videos, views, 3, setting.frames, pixels, pixels)
    inputs = torch.randn(shape, generator=generator)
    labels = torch.randint(
        setting.classes, (setting.videos,), generator=generator
    )
    return inputs.to(setting.device), labels.to(setting.device)
