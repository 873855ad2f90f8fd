"""Maps of a model with LoRA are those of the CLIP that it merges into."""

import copy

import torch
from examples import BASE, CLASSES, clip_of, tower
from torch import nn

from vlprompt.analysis.attention import relevance, rollout
from vlprompt.models.towers.merging import merge_into
from vlprompt.registry import MODELS

EXACT = dict(atol=1e-9, rtol=1e-7)


def test_maps_see_what_lora_adds():
    torch.manual_seed(0)
    part = dict(rank=2, scale=1.0)
    config = {**BASE, 'backbone': tower('LoRA', part)}
    adapted = MODELS.build(config).double()
    for p in adapted.parameters():
        p.data += 0.2 * torch.randn_like(p)
    adapted.set_classes(CLASSES)
    adapted.eval()
    merged, plain = (copy.deepcopy(adapted) for _ in range(2))
    for model in (merged, plain):
        backbone = model.backbone
        blocks = backbone.visual.transformer.resblocks
        if model is merged:
            for block, parts in zip(blocks, backbone.adapters, strict=True):
                merge_into(block, parts)
        backbone.adapters = nn.ModuleList(nn.ModuleList() for _ in blocks)
    inputs = clip_of(dtype=torch.float64)
    for maps in (rollout, lambda *args: relevance(*args, 2)):
        ours, theirs, without = (
            maps(model, inputs) for model in (adapted, merged, plain)
        )
        torch.testing.assert_close(ours, theirs, **EXACT)
        assert (ours - without).abs().max() > 1e-3
