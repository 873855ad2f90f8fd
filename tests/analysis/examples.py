"""Tiny models of all kinds, with random weights."""

import torch

from vlprompt.registry import MODELS

CLASSES = ('archery', 'riding a bike', 'tai chi')
WIDTH, LAYERS, GRID, FRAMES = 32, 4, 3, 4
BASE = dict(
    type='VideoTextRecognizer',
    clip=dict(
        arch=dict(
            embed_dim=24,
            quick_gelu=True,
            vision_cfg=dict(
                image_size=24,
                patch_size=8,
                width=WIDTH,
                layers=LAYERS,
                head_width=16,
            ),
            text_cfg=dict(
                context_length=77,
                vocab_size=49408,
                width=16,
                heads=2,
                layers=2,
            ),
        )
    ),
    backbone=dict(type='CLIPVisionTower'),
    texts=dict(type='ClassTexts'),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
)


def tower(adapter, settings=None, **kwargs):
    adapters = [dict(type=adapter, **settings or {})]
    return dict(type='CLIPVisionTower', adapters=adapters, **kwargs)


def prompted(*layers, num=3):
    deep = dict(type='DeepPrompts', num=num, layers=layers)
    return dict(prompts=dict(type='PromptLearner', visual=deep))


MODELS_BY_NAME = {
    'clip': {},
    'prompts in all layers': prompted(*range(LAYERS)),
    'prompts in the first two layers': prompted(0, 1),
    'prompts that are replaced late': prompted(0, 3),
    'prompts that stay twice': prompted(0, 2),
    'vilt': dict(
        texts=dict(type='ClassTexts', template='[2] {}.'),
        prompts=dict(type='ViLTPrompts', depth=2, split=1),
    ),
    'vita': dict(
        backbone=tower('VitaTokens', dict(num_frames=FRAMES)),
        texts=dict(type='ClassTexts', template='[2] {}.'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='ClassPrompts', num_classes=len(CLASSES)),
        ),
    ),
    'xclip': dict(
        backbone=tower('MessageToken', patch_tokens=True),
        pooler=dict(type='TransformerPooler', num_layers=1),
        conditioner=dict(type='VideoSpecificPrompts'),
    ),
    'tc-clip': dict(
        backbone=tower('TemporalContext', dict(num_tokens=5, max_merged=3)),
        text_encoder=dict(type='CLIPTextTower', stop_before_last=True),
        conditioner=dict(type='VideoConditionalPrompts'),
        texts=dict(type='ClassTexts', template='[2] {}.'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0]),
            visual=dict(type='DeepPrompts', num=3, layers=[2, 3]),
        ),
    ),
    'aim': dict(backbone=tower('AIMAdapter')),
    'aim with prompts': dict(backbone=tower('AIMAdapter'), **prompted(1, 2)),
    't2l': dict(backbone=tower('TemporalToken', dict(num_frames=FRAMES))),
    'st_adapter': dict(backbone=tower('PreAttentionSTAdapter')),
    'mote': dict(
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='MoTEHead', num_layers=1),
    ),
    'linear head': dict(
        backbone=tower('AIMAdapter', project=False),
        texts=None,
        cls_head=dict(type='LinearHead', num_classes=len(CLASSES)),
    ),
    'templates': dict(
        texts=dict(
            type='ClassTexts',
            template=['a {}', 'some {} here'],
            ensemble='probability',
        )
    ),
    'decisions': dict(
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='SimilarityHead', fusion='decision'),
    ),
}


def build(name, dtype=torch.float32):
    torch.manual_seed(0)
    model = MODELS.build({**BASE, **MODELS_BY_NAME[name]}).to(dtype)
    with torch.no_grad():  # what starts at zero, and sharper attention
        for key, p in model.named_parameters():
            p += (0.2 if 'in_proj' in key else 0.05) * torch.randn_like(p)
    model.set_classes(CLASSES)
    return model.eval()


def clip_of(num_frames=FRAMES, dtype=torch.float32):
    generator = torch.Generator().manual_seed(1)
    shape = (1, 1, 3, num_frames, 8 * GRID, 8 * GRID)
    return torch.randn(shape, generator=generator, dtype=dtype)
