"""Multiply-accumulates and parameters of a model, attention included."""

import copy
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from vlprompt.apis.inference import init_recognizer
from vlprompt.models import CaptionTexts, CLIPVisionTower
from vlprompt.models.clip.tokenizers import STAND_IN
from vlprompt.models.towers.layer import Queries, join

TEXT = 'text_encoder'


class Macs(NamedTuple):
    """Multiply-accumulates of one view, and of the texts.

    Attributes:
        computed: Of the view, with what this library leaves out: the outputs
            of prompts and other tokens that nothing reads, and all but the
            class token in the last block.
        published: Of the view when every token passes every block whole,
            which is how published numbers are counted.
        parts: What ``computed`` adds up from, by part of the model: what its
            adapters cost is apart from the rest of a backbone.
        text: Of encoding all class texts; needed once, and in no other
            number.  0 without class texts.
    """

    computed: int
    published: int
    parts: dict[str, int]
    text: int


class ParameterCounts(NamedTuple):
    """Numbers of parameters.

    Attributes:
        total: All.
        trainable: Those that are learned.
        without_token_embedding: All but CLIP's table of word embeddings.
    """

    total: int
    trainable: int
    without_token_embedding: int


def build_without_weights(config: Config, device: str = 'cpu') -> nn.Module:
    """The model of a config with random weights, in evaluation mode.

    Neither CLIP's weights nor a checkpoint are read, nor a tokenizer of
    Hugging Face: CLIP's own takes its place.

    Args:
        config: A config of ours or of MMAction2.
        device: Where the model is wanted; ``'meta'`` for weights that have
            shapes, but no values, and no preprocessing of batches.

    Raises:
        UserError: If the config does not fit.
    """
    config = copy.deepcopy(config)
    if 'clip' in config.get('model', {}):
        config.model.clip.update(
            pretrained=None, finetuned=None, tokenizer=STAND_IN
        )
    if device != 'meta':
        return init_recognizer(config, 'none', device)
    config.model.pop('data_preprocessor', None)  # mixup draws numbers
    with torch.device(device):
        return init_recognizer(config, 'none', device)


def count_macs(model: nn.Module, shape: tuple[int, ...]) -> Macs:
    """Count without computing: tensors have shapes, but no values.

    Matrix products and convolutions count, attention's two products among
    them; a multiply-accumulate is two of the operations that PyTorch counts.

    Args:
        model: A recognizer of ours, with class names, or of MMAction2.  It
            stays as it is.
        shape: Of one view, see
            :func:`vlprompt.datasets.pipelines.view_shape`.
    """
    parts = _count(_copy(model), shape)
    text = parts.pop(TEXT, 0)
    published = computed = sum(parts.values())
    if isinstance(getattr(model, 'backbone', None), CLIPVisionTower):
        bare = _change(model, _drop_adapters)
        bare.conditioner = None  # which may read what adapters carry
        plain = _count(bare, shape)['backbone']
        adapters = parts.pop('backbone') - plain
        parts = {'backbone': plain, 'adapters': adapters, **parts}
        published = count_published_macs(model, shape)
    return Macs(computed, published, parts, text)


def count_published_macs(model: nn.Module, shape: tuple[int, ...]) -> int:
    """Count as published numbers are: every token passes every block whole.

    Args:
        model: As in :func:`count_macs`.
        shape: As there.
    """
    if isinstance(getattr(model, 'backbone', None), CLIPVisionTower):
        model = _change(model, _pass_every_token)
    else:
        model = _copy(model)
    parts = _count(model, shape)
    return sum(parts.values()) - parts.get(TEXT, 0)


def count_parameters(model: nn.Module) -> ParameterCounts:
    """Count the parameters of a model.

    Example:
        >>> from vlprompt.apis import load_config
        >>> config = load_config('vlprompt::vilt/vilt_toy.py')
        >>> model = build_without_weights(config, device='meta')
        >>> count_parameters(model).trainable
        37120
    """
    sizes = {name: p.numel() for name, p in model.named_parameters()}
    words = sum(n for name, n in sizes.items() if 'token_embedding' in name)
    learned = (p.numel() for p in model.parameters() if p.requires_grad)
    total = sum(sizes.values())
    return ParameterCounts(total, sum(learned), total - words)


class EveryToken(nn.Module):
    """An adapter that runs a layer as published methods do.

    The context passes the block with the other tokens, and what comes out at
    its places is thrown away.  The outcome is the same, the cost is not.
    """

    inside_block = False

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them."""
        if context is None:
            return layer(tokens, queries=queries)
        own = tokens.size(2)
        return layer(join(context, tokens))[:, :, -own:]


def _copy(model: nn.Module) -> nn.Module:
    """The same model with weights that have shapes, but no values."""
    tensors = chain(model.parameters(), model.buffers())
    empty = {id(t): _without_values(t) for t in tensors}
    return copy.deepcopy(model, empty).eval()  # which forgets cached texts


def _without_values(tensor: Tensor) -> Tensor:
    empty = torch.empty_like(tensor, device='meta')
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=False)
    return empty


def _change(model: nn.Module, change: Callable) -> nn.Module:
    model = _copy(model)
    change(model.backbone)
    return model


def _drop_adapters(tower: CLIPVisionTower) -> None:
    tower.adapters = nn.ModuleList(nn.ModuleList() for _ in tower.adapters)


def _pass_every_token(tower: CLIPVisionTower) -> None:
    tower.patch_tokens = True
    for adapters in tower.adapters:
        inside = any(adapter.inside_block for adapter in adapters)
        if not inside:
            adapters.append(EveryToken())


def forward_view(model: nn.Module, inputs: Tensor) -> None:
    """What has to be computed for B views: all but texts that are known.

    Captions are not: they come with the data and meet the videos in the
    metric, so models of captions only embed the video.
    """
    if isinstance(getattr(model, 'texts', None), CaptionTexts):
        model.extract_feat(inputs, stage='neck')
    else:
        model.predict(inputs, [ActionDataSample() for _ in inputs])


class _View(nn.Module):
    """A model whose call is that of a view, for names in the counts."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: Tensor) -> None:
        forward_view(self.model, inputs)


def _count(model: nn.Module, shape: tuple[int, ...]) -> dict[str, int]:
    """Multiply-accumulates by child of the model."""
    view, inputs = _View(model), torch.empty(shape, device='meta')
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        view(inputs)
    return dict(_by_child(model, counter.get_flop_counts()))


def _by_child(
    model: nn.Module, counts: dict[str, dict]
) -> Iterator[tuple[str, int]]:
    macs = {name: sum(ops.values()) // 2 for name, ops in counts.items()}
    left = macs.get('Global', 0)
    for name, _ in model.named_children():
        part = macs.get(f'{_View.__name__}.model.{name}', 0)
        left -= part
        if part or name == 'backbone':
            yield name.removeprefix('cls_'), part
    if left:
        yield 'other', left
