"""Checkpoints in the layouts of their projects, with random weights.

Written from the projects' key names and shapes, not from the converters.
Every function gives a :class:`Release`: what a file holds and, tensor by
tensor, what each parameter of our model has to be.
"""

from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

WIDTH = EMBED = 64  # of both towers, one head in each
LAYERS, TEXT_LAYERS = 3, 2
FRAMES, CLASSES = 4, 3
LENGTH, VOCABULARY = 77, 49408
ARCH = dict(
    embed_dim=EMBED,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, layers=LAYERS, width=WIDTH, head_width=64, patch_size=16
    ),
    text_cfg=dict(
        context_length=LENGTH,
        vocab_size=VOCABULARY,
        width=WIDTH,
        heads=1,
        layers=TEXT_LAYERS,
    ),
)
VISUAL, TEXT = 'backbone.visual.', 'text_encoder.text.'
SCALE = 'cls_head.logit_scale'
RESBLOCK = 'transformer.resblocks.'
OPTIMIZER = dict(
    state={0: dict(step=7, exp_avg=torch.ones(2))},
    param_groups=[dict(lr=8e-6, betas=(0.9, 0.98), params=[0, 1])],
)
Tensors = dict[str, Tensor]


class Release(NamedTuple):
    """A published checkpoint and what it has to become.

    Attributes:
        kind: As the converter calls it.
        state: Tensors under their published names, also part of ``content``.
        content: What the file holds.
        expected: Every parameter of our model, by name.
        numbers: What the config of the model says, by dotted path.
        learnt: Prefixes of the parameters that are trained, if published.
        base: Whether the CLIP it was trained on is needed.
        captions: Whether it is a model of captions, without classes.
    """

    kind: str
    state: Tensors
    content: dict[str, Any]
    expected: Tensors
    numbers: dict[str, Any]
    learned: tuple[str, ...] = ()
    base: bool = False
    captions: bool = False


class Maker:
    """Random tensors from a seed of their own.

    Args:
        seed: The seed.
        half: Whether the tensors are in half precision.
    """

    def __init__(self, seed: int = 0, half: bool = False) -> None:
        self.generator = torch.Generator().manual_seed(seed)
        self.half = half

    def __call__(self, *shape: int) -> Tensor:
        tensor = 0.1 * torch.randn(shape, generator=self.generator)
        return tensor.half() if self.half else tensor

    def linear(self, name: str, out: int, into: int) -> Tensors:
        """A linear map with a bias."""
        return {
            f'{name}.weight': self(out, into),
            f'{name}.bias': self(out),
        }

    def norm(self, name: str, width: int = WIDTH) -> Tensors:
        """A layer norm."""
        return {f'{name}.weight': self(width), f'{name}.bias': self(width)}

    def block(self, width: int = WIDTH) -> Tensors:
        """A residual block of CLIP."""
        return {
            'attn.in_proj_weight': self(3 * width, width),
            'attn.in_proj_bias': self(3 * width),
            **self.linear('attn.out_proj', width, width),
            **self.norm('ln_1', width),
            **self.norm('ln_2', width),
            **self.linear('mlp.c_fc', 4 * width, width),
            **self.linear('mlp.c_proj', width, 4 * width),
        }

    def blocks(self, num: int) -> Tensors:
        """Several of them."""
        return {
            f'{i}.{name}': tensor
            for i in range(num)
            for name, tensor in self.block().items()
        }

    def visual(self) -> Tensors:
        """CLIP's vision tower, under OpenAI's names."""
        return {
            'class_embedding': self(WIDTH),
            'positional_embedding': self(5, WIDTH),
            'proj': self(WIDTH, EMBED),
            'conv1.weight': self(WIDTH, 3, 16, 16),
            **self.norm('ln_pre'),
            **self.norm('ln_post'),
            **under(RESBLOCK, self.blocks(LAYERS)),
        }

    def text(self) -> Tensors:
        """CLIP's text tower, under OpenAI's names, without words."""
        return {
            'positional_embedding': self(LENGTH, WIDTH),
            'text_projection': self(WIDTH, EMBED),
            **self.norm('ln_final'),
            **under(RESBLOCK, self.blocks(TEXT_LAYERS)),
        }

    def scale(self) -> Tensor:
        """CLIP's logit scale."""
        return torch.tensor(4.25 if self.half else 4.3)


@cache
def words() -> Tensor:
    """The word embeddings, the same in all checkpoints."""
    return Maker(99)(VOCABULARY, WIDTH).half().float()


def under(prefix: str, tensors: Tensors) -> Tensors:
    """The same below a prefix."""
    return {prefix + name: tensor for name, tensor in tensors.items()}


def whole(tensors: Tensors) -> Tensors:
    """The same in float32."""
    return {name: tensor.float() for name, tensor in tensors.items()}


def pack(tensors: Tensors, name: str, kind: str, end: str = '_proj') -> Tensor:
    """Query, key and value maps as the one of PyTorch."""
    return torch.cat([tensors[f'{name}.{p}{end}.{kind}'] for p in 'qkv'])


def base_clip(seed: int = 50) -> Tensors:
    """The CLIP that checkpoints without word embeddings start from."""
    make = Maker(seed)
    return {
        **under('visual.', make.visual()),
        **make.text(),
        'token_embedding.weight': words(),
        'logit_scale': make.scale(),
    }


def openai(make: Maker) -> tuple[Tensors, Tensors]:
    """A whole CLIP under OpenAI's names, and as parameters of ours."""
    visual, text, scale = make.visual(), make.text(), make.scale()
    text['token_embedding.weight'] = words().half()
    state = {**under('visual.', visual), **text, 'logit_scale': scale}
    ours = {**under(VISUAL, visual), **under(TEXT, text), SCALE: scale}
    return state, ours


BUFFERS = dict(
    input_resolution=torch.tensor(32),
    context_length=torch.tensor(77),
    vocab_size=torch.tensor(49408),
)


# core.md, 5.5
def huggingface() -> Release:
    """Hugging Face's CLIPModel, a flat file in half precision.

    ``expected`` has OpenAI's names here.
    """
    make = Maker(1, half=True)
    vision, text = 'vision_model.', 'text_model.'
    state = {
        'logit_scale': make.scale(),
        vision + 'embeddings.class_embedding': make(WIDTH),
        vision + 'embeddings.patch_embedding.weight': make(WIDTH, 3, 16, 16),
        vision + 'embeddings.position_embedding.weight': make(5, WIDTH),
        vision + 'embeddings.position_ids': torch.arange(5)[None],
        **make.norm(vision + 'pre_layrnorm'),
        **make.norm(vision + 'post_layernorm'),
        'visual_projection.weight': make(EMBED, WIDTH),
        text + 'embeddings.token_embedding.weight': words().half(),
        text + 'embeddings.position_embedding.weight': make(LENGTH, WIDTH),
        text + 'embeddings.position_ids': torch.arange(LENGTH)[None],
        **make.norm(text + 'final_layer_norm'),
        'text_projection.weight': make(EMBED, WIDTH),
    }
    emb = 'embeddings.'
    expected = {
        'logit_scale': state['logit_scale'],
        'visual.class_embedding': state[f'{vision}{emb}class_embedding'],
        'visual.conv1.weight': state[f'{vision}{emb}patch_embedding.weight'],
        'visual.positional_embedding': state[
            f'{vision}{emb}position_embedding.weight'
        ],
        'visual.ln_pre.weight': state[vision + 'pre_layrnorm.weight'],
        'visual.ln_pre.bias': state[vision + 'pre_layrnorm.bias'],
        'visual.ln_post.weight': state[vision + 'post_layernorm.weight'],
        'visual.ln_post.bias': state[vision + 'post_layernorm.bias'],
        'visual.proj': state['visual_projection.weight'].T,
        'token_embedding.weight': words(),
        'positional_embedding': state[f'{text}{emb}position_embedding.weight'],
        'ln_final.weight': state[text + 'final_layer_norm.weight'],
        'ln_final.bias': state[text + 'final_layer_norm.bias'],
        'text_projection': state['text_projection.weight'].T,
    }
    for tower, ours, num in (
        (vision, 'visual.transformer', LAYERS),
        (text, 'transformer', TEXT_LAYERS),
    ):
        for i in range(num):
            layer = f'{tower}encoder.layers.{i}'
            state |= {
                **make.linear(f'{layer}.self_attn.k_proj', WIDTH, WIDTH),
                **make.linear(f'{layer}.self_attn.v_proj', WIDTH, WIDTH),
                **make.linear(f'{layer}.self_attn.q_proj', WIDTH, WIDTH),
                **make.linear(f'{layer}.self_attn.out_proj', WIDTH, WIDTH),
                **make.norm(f'{layer}.layer_norm1'),
                **make.linear(f'{layer}.mlp.fc1', 4 * WIDTH, WIDTH),
                **make.linear(f'{layer}.mlp.fc2', WIDTH, 4 * WIDTH),
                **make.norm(f'{layer}.layer_norm2'),
            }
            block = f'{ours}.resblocks.{i}'
            for p in ('weight', 'bias'):
                expected |= {
                    f'{block}.attn.in_proj_{p}': pack(
                        state, f'{layer}.self_attn', p
                    ),
                    f'{block}.attn.out_proj.{p}': state[
                        f'{layer}.self_attn.out_proj.{p}'
                    ],
                    f'{block}.ln_1.{p}': state[f'{layer}.layer_norm1.{p}'],
                    f'{block}.ln_2.{p}': state[f'{layer}.layer_norm2.{p}'],
                    f'{block}.mlp.c_fc.{p}': state[f'{layer}.mlp.fc1.{p}'],
                    f'{block}.mlp.c_proj.{p}': state[f'{layer}.mlp.fc2.{p}'],
                }
    return Release('huggingface', state, state, whole(expected), {})


def coop(make: Maker) -> tuple[Tensors, Tensors]:
    """The towers as ViFi-CLIP and MaPLe name them; words from outside."""
    visual, text, scale = make.visual(), make.text(), make.scale()
    state = {
        **under('image_encoder.', visual),
        **under('text_encoder.', text),
        'logit_scale': scale,
    }
    ours = {
        **under(VISUAL, visual),
        **under(TEXT, text),
        TEXT + 'token_embedding.weight': words(),
        SCALE: scale,
    }
    return state, ours


def _vifi(
    state: Tensors, expected: Tensors, numbers: dict, *learned
) -> Release:
    """ViFi-CLIP's file: below ``model``, with the prefix of DDP."""
    content = dict(
        model=under('module.', state),
        optimizer=OPTIMIZER,
        lr_scheduler=dict(last_epoch=9),
        max_accuracy=76.8,
        epoch=9,
    )
    return Release('vifi', state, content, expected, numbers, learned, True)


# core.md, 5.2
def vifi() -> Release:
    """ViFi-CLIP, both towers fine-tuned."""
    make = Maker(2)
    state, ours = coop(make)
    state['prompt_learner.complete_text_embeddings'] = make(
        CLASSES, LENGTH, WIDTH
    )
    numbers = {
        'texts.type': 'ClassTexts',
        'texts.template': 'a photo of a {}.',
        'prompts': None,
    }
    learned = (
        VISUAL,
        TEXT + 'transformer.',
        TEXT + 'positional_embedding',
        TEXT + 'ln_final.',
        TEXT + 'text_projection',
        SCALE,
    )
    return _vifi(state, ours, numbers, *learned)


def vifi_prompts() -> Release:
    """ViFi-CLIP with 6 x 2 text and 4 x 3 vision prompts."""
    make = Maker(3)
    state, ours = coop(make)
    state |= {
        'prompt_learner.token_prefix': make(CLASSES, 1, WIDTH),
        'prompt_learner.token_suffix': make(CLASSES, 76 - 6, WIDTH),
        'prompt_learner.ctx': make(6, WIDTH),
        f'text_encoder.{RESBLOCK}1.VPT_shallow': make(6, WIDTH),
        'image_encoder.VPT': make(4, WIDTH),
        f'image_encoder.{RESBLOCK}2.VPT_shallow': make(4, WIDTH),
        f'image_encoder.{RESBLOCK}1.VPT_shallow': make(4, WIDTH),
    }
    ours['prompts.free.text.vectors'] = torch.stack(
        [
            state['prompt_learner.ctx'],
            state[f'text_encoder.{RESBLOCK}1.VPT_shallow'],
        ]
    )
    ours['prompts.free.visual.vectors'] = torch.stack(
        [
            state['image_encoder.VPT'],
            state[f'image_encoder.{RESBLOCK}1.VPT_shallow'],
            state[f'image_encoder.{RESBLOCK}2.VPT_shallow'],
        ]
    )
    numbers = {
        'texts.template': '[6] {}.',
        'prompts.text.num': 6,
        'prompts.text.layers': [0, 1],
        'prompts.visual.num': 4,
        'prompts.visual.layers': [0, 1, 2],
    }
    return _vifi(state, ours, numbers, 'prompts.')


def vifi_text_prompts() -> Release:
    """ViFi-CLIP with 3 prompts in the first layer of the text tower."""
    make = Maker(4)
    state, ours = coop(make)
    state |= {
        'prompt_learner.token_prefix': make(CLASSES, 1, WIDTH),
        'prompt_learner.token_suffix': make(CLASSES, 76 - 3, WIDTH),
        'prompt_learner.ctx': make(3, WIDTH),
    }
    ours['prompts.free.text.vectors'] = state['prompt_learner.ctx'][None]
    numbers = {
        'texts.template': '[3] {}.',
        'prompts.text.layers': [0],
        'prompts.visual': None,
    }
    return _vifi(state, ours, numbers, 'prompts.')


# core.md, 5.3
def vita(
    specific: bool = True,
    bias: bool = True,
    time: bool = True,
    num_global: int = 5,
    local: bool = True,
    summary: bool = True,
    context: bool = True,
) -> Release:
    """Vita-CLIP for 4 frames, any of its tokens absent.

    Args:
        specific: Whether each class has its own 6 context tokens.
        bias: Whether the map of the patches has a bias.
        time: Whether there is a time embedding.
        num_global: Global prompts.
        local: Whether there are local prompts.
        summary: Whether there are summary tokens.
        context: Whether there are context tokens.
    """
    make = Maker(5)
    text, scale = make.text(), make.scale()
    text['token_embedding.weight'] = words().half()
    state = {
        'logit_scale': scale,
        'visual.cls_token': make(WIDTH),
        'visual.pos_embed': make(5, WIDTH),
        'visual.patch_embed.proj.weight': make(WIDTH, 3, 16, 16),
        **make.norm('visual.ln_pre'),
        **make.norm('visual.ln_post'),
        'visual.proj': make(WIDTH, EMBED),
        **under('textual.', text),
    }
    positions = state['visual.pos_embed'].clone()
    if bias:
        state['visual.patch_embed.proj.bias'] = make(WIDTH)
        positions[1:] += state['visual.patch_embed.proj.bias']
    ours = {
        SCALE: scale,
        **under(TEXT, text),
        VISUAL + 'class_embedding': state['visual.cls_token'],
        VISUAL + 'positional_embedding': positions,
        VISUAL + 'conv1.weight': state['visual.patch_embed.proj.weight'],
        VISUAL + 'proj': state['visual.proj'],
    }
    for p in ('weight', 'bias'):
        ours[f'{VISUAL}ln_pre.{p}'] = state[f'visual.ln_pre.{p}']
        ours[f'{VISUAL}ln_post.{p}'] = state[f'visual.ln_post.{p}']
    for i in range(LAYERS):
        theirs, block = f'visual.blocks.{i}', f'{VISUAL}{RESBLOCK}{i}'
        for part in ('q_proj', 'k_proj', 'v_proj', 'out_proj'):
            state |= make.linear(f'{theirs}.attn.{part}', WIDTH, WIDTH)
        state |= {
            **make.linear(f'{theirs}.mlp.fc1', 4 * WIDTH, WIDTH),
            **make.linear(f'{theirs}.mlp.fc2', WIDTH, 4 * WIDTH),
            **make.norm(f'{theirs}.norm1'),
            **make.norm(f'{theirs}.norm2'),
        }
        for p in ('weight', 'bias'):
            ours |= {
                f'{block}.attn.in_proj_{p}': pack(state, f'{theirs}.attn', p),
                f'{block}.attn.out_proj.{p}': state[
                    f'{theirs}.attn.out_proj.{p}'
                ],
                f'{block}.mlp.c_fc.{p}': state[f'{theirs}.mlp.fc1.{p}'],
                f'{block}.mlp.c_proj.{p}': state[f'{theirs}.mlp.fc2.{p}'],
                f'{block}.ln_1.{p}': state[f'{theirs}.norm1.{p}'],
                f'{block}.ln_2.{p}': state[f'{theirs}.norm2.{p}'],
            }
    numbers, learned = {}, [SCALE]
    if time:
        state['visual.time_embed'] = make(FRAMES, WIDTH)
        ours['backbone.embeddings.0.vectors'] = state['visual.time_embed']
        numbers |= {
            'backbone.embeddings.0.num_frames': FRAMES,
            'backbone.embeddings.0.resize': 'nearest',
        }
        learned.append('backbone.embeddings.')
    if num_global or local or summary:
        learned.append('backbone.adapters.')
        numbers |= {
            'backbone.adapters.0.num_frames': FRAMES,
            'backbone.adapters.0.num_global': num_global,
            'backbone.adapters.0.local': local,
            'backbone.adapters.0.summary': summary,
        }
    if num_global:
        state['visual.global_prompts'] = make(LAYERS, num_global, WIDTH)
    for i in range(LAYERS):
        theirs, adapter = f'visual.blocks.{i}', f'backbone.adapters.{i}.0'
        if num_global:
            ours[f'{adapter}.global_prompts'] = state['visual.global_prompts'][
                i
            ]
        if local or summary:
            state |= make.linear(f'{theirs}.cls_proj', WIDTH, WIDTH)
        if local:
            state[f'{theirs}.local_prompts'] = make(1, FRAMES, WIDTH)
            ours[f'{adapter}.local_prompts'] = state[
                f'{theirs}.local_prompts'
            ][0]
        if summary:
            state |= make.norm(f'{theirs}.summary_ln')
            attention = f'{theirs}.summary_attn_layer'
            for part in ('q_proj', 'k_proj', 'v_proj', 'out_proj'):
                state |= make.linear(f'{attention}.{part}', WIDTH, WIDTH)
        for p in ('weight', 'bias'):
            if local or summary:
                ours[f'{adapter}.cls_proj.{p}'] = state[
                    f'{theirs}.cls_proj.{p}'
                ]
            if summary:
                ours |= {
                    f'{adapter}.summary_ln.{p}': state[
                        f'{theirs}.summary_ln.{p}'
                    ],
                    f'{adapter}.summary_attn.in_proj_{p}': pack(
                        state, attention, p
                    ),
                    f'{adapter}.summary_attn.out_proj.{p}': state[
                        f'{attention}.out_proj.{p}'
                    ],
                }
    if context:
        n = 6
        own = make(CLASSES, n, WIDTH) if specific else make(n, WIDTH)
        state |= {
            'prompt_learner.ctx': own,
            'prompt_learner.token_prefix': make(CLASSES, 1, WIDTH),
            'prompt_learner.token_suffix': make(CLASSES, 76 - n, WIDTH),
        }
        ours['prompts.free.text.vectors'] = own if specific else own[None]
        numbers |= {'texts.template': '[6] {}.'}
        if specific:
            numbers |= {
                'prompts.text.type': 'ClassPrompts',
                'prompts.text.num_classes': CLASSES,
            }
        else:
            numbers |= {
                'prompts.text.type': 'DeepPrompts',
                'prompts.text.layers': [0],
            }
        learned.append('prompts.')
    else:
        numbers |= {'texts.template': '{}', 'prompts': None}
    content = dict(
        model=under('module.', state),
        optimizer=OPTIMIZER,
        lr_sched=dict(last_epoch=30000),
        loss_scaler={},
        next_step=30000,
    )
    return Release('vita', state, content, ours, numbers, tuple(learned))


# baselines.md, 1.4 and 4
def xclip() -> Release:
    """X-CLIP for 4 frames."""
    make = Maker(6)
    state, ours = openai(make)
    numbers = {
        'backbone.patch_tokens': True,
        'pooler.num_layers': 1,
        'pooler.num_positions': FRAMES,
        'conditioner.num_layers': 2,
        'texts.template': '{}',
    }
    for i in range(LAYERS):
        message = {
            **make.linear('message_fc', WIDTH, WIDTH),
            **make.norm('message_ln'),
            'message_attn.in_proj_weight': make(3 * WIDTH, WIDTH),
            'message_attn.in_proj_bias': make(3 * WIDTH),
            **make.linear('message_attn.out_proj', WIDTH, WIDTH),
        }
        state |= under(f'visual.{RESBLOCK}{i}.', message)
        ours |= under(f'backbone.adapters.{i}.0.', message)
    positions, block = make(1, FRAMES, EMBED), make.block()
    state |= {
        'mit.positional_embedding': positions,
        **under('mit.resblocks.0.', block),
    }
    ours |= {
        'pooler.positions': positions[0],
        **under('pooler.blocks.0.', block),
    }
    state |= {
        **make.norm('prompts_generator.norm'),
        'prompts_generator.alpha': make(EMBED),
        **make.norm('prompts_visual_ln'),
        'prompts_visual_proj': make(WIDTH, EMBED),
    }
    ours |= {
        'conditioner.alpha': state['prompts_generator.alpha'],
        'conditioner.visual_proj': state['prompts_visual_proj'],
    }
    for p in ('weight', 'bias'):
        ours[f'conditioner.norm.{p}'] = state[f'prompts_generator.norm.{p}']
        ours[f'conditioner.visual_ln.{p}'] = state[f'prompts_visual_ln.{p}']
    for i in range(2):
        layer, mine = (
            f'prompts_generator.decoder.{i}',
            f'conditioner.layers.{i}',
        )
        for part in ('q_proj', 'k_proj', 'v_proj'):
            name = f'cross_attn.{part}.weight'
            state[f'{layer}.{name}'] = make(EMBED, EMBED)
            ours[f'{mine}.{name}'] = state[f'{layer}.{name}']
        state |= {
            **make.linear(f'{layer}.cross_attn.proj', EMBED, EMBED),
            **make.norm(f'{layer}.norm1'),
            **make.norm(f'{layer}.norm3'),
            **make.linear(f'{layer}.mlp.0', 4 * EMBED, EMBED),
            **make.linear(f'{layer}.mlp.3', EMBED, 4 * EMBED),
        }
        for p in ('weight', 'bias'):
            ours |= {
                f'{mine}.cross_attn.out_proj.{p}': state[
                    f'{layer}.cross_attn.proj.{p}'
                ],
                f'{mine}.norm1.{p}': state[f'{layer}.norm1.{p}'],
                f'{mine}.norm3.{p}': state[f'{layer}.norm3.{p}'],
                f'{mine}.mlp.0.{p}': state[f'{layer}.mlp.0.{p}'],
                f'{mine}.mlp.2.{p}': state[f'{layer}.mlp.3.{p}'],
            }
    content = dict(
        model=state,
        optimizer=OPTIMIZER,
        lr_scheduler={},
        max_accuracy=83.8,
        epoch=29,
    )
    learned = ('backbone.', 'pooler.', 'conditioner.')
    return Release('xclip', state, content, ours, numbers, learned)


def _lstm(make: Maker) -> Tensors:
    """PyTorch's LSTM of one layer."""
    return {
        'weight_ih_l0': make(4 * EMBED, EMBED),
        'weight_hh_l0': make(4 * EMBED, EMBED),
        'bias_ih_l0': make(4 * EMBED),
        'bias_hh_l0': make(4 * EMBED),
    }


# baselines.md, 1.3 and 4
def actionclip(fusion: str = 'Transf', shift: bool = False) -> Release:
    """ActionCLIP with one of its fusions, and with TSM if wanted."""
    make = Maker(7)
    clip, ours = openai(make)
    numbers: dict[str, Any] = {
        'texts.template': 'actionclip16',
        'texts.ensemble': 'probability',
        'cls_head.test_temperature': 0.01,
        'cls_head.alignment.type': 'SoftTargetKLLoss',
    }
    part: Tensors = {}
    if fusion != 'meanP':
        part['frame_position_embeddings.weight'] = make(LENGTH, EMBED)
    if fusion == 'Transf':
        blocks = make.blocks(2)
        part |= under(RESBLOCK, blocks)
        ours |= under('pooler.blocks.', blocks)
        ours['pooler.positions'] = part['frame_position_embeddings.weight']
        numbers |= {
            'pooler.type': 'TransformerPooler',
            'pooler.num_layers': 2,
            'pooler.num_positions': LENGTH,
            'pooler.eps': 1e-12,
        }
    elif fusion == 'LSTM':
        lstm = _lstm(make)
        part |= under('lstm_visual.', lstm)
        ours |= under('pooler.lstm.', lstm)
        numbers['pooler.type'] = 'LSTMPooler'
    elif fusion == 'Conv_1D':
        part['shift.weight'] = make(EMBED, 1, 3)
        ours['pooler.conv.weight'] = part['shift.weight']
        numbers['pooler.type'] = 'Conv1dPooler'
    elif fusion == 'Transf_cls':
        encoder = make.norm('norm')
        for i in range(2):
            encoder |= under(
                f'layers.{i}.',
                {
                    'self_attn.in_proj_weight': make(3 * EMBED, EMBED),
                    'self_attn.in_proj_bias': make(3 * EMBED),
                    **make.linear('self_attn.out_proj', EMBED, EMBED),
                    **make.linear('linear1', 2048, EMBED),
                    **make.linear('linear2', EMBED, 2048),
                    **make.norm('norm1'),
                    **make.norm('norm2'),
                },
            )
        part |= {
            'transformer.cls_token': make(1, 1, EMBED),
            'transformer.pos_embed': make(1, FRAMES + 1, EMBED),
            **under('transformer.transformer_enc.', encoder),
        }
        ours |= {
            'pooler.cls_token': part['transformer.cls_token'][0, 0],
            'pooler.positions': part['transformer.pos_embed'][0],
            **under('pooler.encoder.', encoder),
        }
        numbers |= {
            'pooler.type': 'ClassTokenPooler',
            'pooler.num_layers': 2,
            'pooler.num_positions': FRAMES,
        }
    else:
        numbers['pooler.type'] = 'MeanPooler'
    if shift:
        mark = f'visual.{RESBLOCK}'
        for name in [n for n in clip if n.startswith(mark)]:
            layer, rest = name.removeprefix(mark).split('.', 1)
            clip[f'{mark}{layer}.net.{rest}'] = clip.pop(name)
        numbers['backbone.adapters.0.type'] = 'TemporalShift'
    content = dict(
        epoch=49,
        model_state_dict=clip,
        fusion_model_state_dict=under('module.', part),
        optimizer_state_dict=OPTIMIZER,
    )
    state = {**clip, **under('fusion.', part)}
    return Release('actionclip', state, content, ours, numbers)


# baselines.md, 4
def mmaction(adapter: str = 'action') -> Release:
    """MMAction2's ActionClip, or CLIPSimilarity with either adapter."""
    make = Maker(8)
    clip, ours = openai(make)
    state = under('clip.', {**clip, **BUFFERS})
    numbers: dict[str, Any] = {'pooler.type': 'MeanPooler'}
    if adapter != 'mean':
        name = {
            'action': 'frame_position_embeddings.weight',
            'transformer': 'positional_embedding',
        }[adapter]
        blocks, positions = make.blocks(2), make(FRAMES, EMBED)
        state |= {
            f'adapter.{name}': positions,
            **under(f'adapter.{RESBLOCK}', blocks),
        }
        ours |= {
            'pooler.positions': positions,
            **under('pooler.blocks.', blocks),
        }
        numbers = {
            'pooler.type': 'TransformerPooler',
            'pooler.num_layers': 2,
            'pooler.num_positions': FRAMES,
            'pooler.eps': 1e-5,
        }
    content = dict(
        meta=dict(epoch=50, iter=1000),
        state_dict=state,
        optimizer=OPTIMIZER,
    )
    return Release('mmaction-actionclip', state, content, ours, numbers)


# baselines.md, 1.5 and 4
def a5(layers: int = 2) -> Release:
    """Efficient-Prompt with so many temporal layers."""
    make = Maker(9, half=True)
    clip, ours = openai(make)
    blocks = make.blocks(layers)
    state = {
        **under('clipmodel.', {**clip, **BUFFERS}),
        'embedding.weight': make(LENGTH, WIDTH),
        'temporalEmbedding.weight': make(16, EMBED),
        **under('temporalModelling.resblocks.', blocks),
    }
    ours['prompts.free.text.vectors'] = state['embedding.weight']
    ours[SCALE] = torch.tensor(1 / 0.07).log()
    numbers: dict[str, Any] = {
        'texts.template': '[16] {} [16]',
        'prompts.text.length': LENGTH,
        'cls_head.temperature': 0.07,
        'pooler.type': 'MeanPooler',
    }
    if layers:
        ours |= {
            'pooler.positions': state['temporalEmbedding.weight'],
            **under('pooler.blocks.', blocks),
        }
        numbers |= {
            'pooler.type': 'TransformerPooler',
            'pooler.num_layers': layers,
            'pooler.num_positions': 16,
            'pooler.residual': False,
        }
    content = dict(state_dict=state, optimizer=OPTIMIZER, iteration=1100)
    learned = ('prompts.', 'pooler.')
    return Release('a5', state, content, whole(ours), numbers, learned)


# baselines.md, 1.7 and 4
def aim(twice: bool = False) -> Release:
    """AIM with three adapters in a layer, or four."""
    make = Maker(10)
    visual = make.visual()
    del visual['proj']
    head = make.linear('fc_cls', CLASSES, WIDTH)
    state = {
        **under('backbone.', visual),
        'backbone.temporal_embedding': make(1, FRAMES, WIDTH),
        **under('cls_head.', head),
    }
    ours = {
        **under(VISUAL, visual),
        'backbone.embeddings.0.vectors': state['backbone.temporal_embedding'][
            0
        ],
        **under('cls_head.', head),
    }
    names = dict(
        MLP_Adapter='joint', S_Adapter='spatial', T_Adapter='temporal'
    )
    if twice:
        names['T_Adapter_in'] = 'temporal_in'
    hidden = 24
    for i in range(LAYERS):
        for theirs, own in names.items():
            fc1, fc2 = (
                make.linear('1', hidden, WIDTH),
                make.linear('2', WIDTH, hidden),
            )
            place = f'backbone.{RESBLOCK}{i}.{theirs}.D_fc'
            state |= under(place, {**fc1, **fc2})
            place = f'backbone.adapters.{i}.0.{own}.fc'
            ours |= under(place, {**fc1, **fc2})
    numbers = {
        'backbone.embeddings.0.num_frames': FRAMES,
        'backbone.adapters.0.num_temporal': 2 if twice else 1,
        'backbone.adapters.0.scale': 1.0 if twice else 0.5,
        'backbone.adapters.0.ratio': hidden / WIDTH,
        'backbone.project': False,
        'cls_head.num_classes': CLASSES,
    }
    learned = (
        'backbone.adapters.',
        'backbone.embeddings.',
        VISUAL + 'ln_post.',
        'cls_head.',
    )
    content = dict(
        meta=dict(epoch=30, config='model = dict()'),
        state_dict=state,
        optimizer=OPTIMIZER,
    )
    return Release('aim', state, content, ours, numbers, learned)


# baselines.md, 1.6 and 4
def clip4clip(head: str = 'meanP') -> Release:
    """CLIP4Clip with one of its heads, a flat file in half precision."""
    make = Maker(11, half=True)
    clip, ours = openai(make)
    state = under('clip.', clip)
    numbers: dict[str, Any] = {'texts.max_tokens': 32}
    if head in ('seqTransf', 'seqLSTM'):
        state['frame_position_embeddings.weight'] = make(LENGTH, EMBED)
    if head == 'meanP':
        numbers['pooler.type'] = 'UnitMeanPooler'
    elif head == 'seqTransf':
        blocks = make.blocks(2)
        state |= under('transformerClip.resblocks.', blocks)
        ours |= under('pooler.blocks.', blocks)
        ours['pooler.positions'] = state['frame_position_embeddings.weight']
        numbers |= {
            'pooler.type': 'TransformerPooler',
            'pooler.num_layers': 2,
            'pooler.num_positions': LENGTH,
            'pooler.eps': 1e-12,
            'pooler.reduce.type': 'UnitMeanPooler',
        }
    elif head == 'seqLSTM':
        lstm = _lstm(make)
        state |= under('lstm_visual.', lstm)
        ours |= under('pooler.lstm.', lstm)
        numbers |= {
            'pooler.type': 'LSTMPooler',
            'pooler.reduce.type': 'UnitMeanPooler',
        }
    else:
        blocks = make.blocks(2)
        state |= {
            'cross.embeddings.position_embeddings.weight': make(LENGTH, EMBED),
            **under(f'cross.{RESBLOCK}', blocks),
            **make.norm('cross.pooler.ln_pool'),
            **make.linear('cross.pooler.dense', EMBED, EMBED),
            **make.linear('similarity_dense', 1, EMBED),
        }
        ours |= {
            'cls_head.positions': state[
                'cross.embeddings.position_embeddings.weight'
            ],
            **under('cls_head.blocks.', blocks),
        }
        for p in ('weight', 'bias'):
            ours |= {
                f'cls_head.ln_pool.{p}': state[f'cross.pooler.ln_pool.{p}'],
                f'cls_head.dense.{p}': state[f'cross.pooler.dense.{p}'],
                f'cls_head.score.{p}': state[f'similarity_dense.{p}'],
            }
        numbers |= {
            'pooler.type': 'IdentityPooler',
            'cls_head.type': 'TightTransformerHead',
            'cls_head.num_layers': 2,
            'cls_head.num_positions': LENGTH,
        }
    return Release(
        'clip4clip',
        state,
        state,
        whole(ours),
        numbers,
        captions=True,
        base=False,
    )


# core.md, 5.4
def maple(towers: bool = True, depth: int = 2) -> Release:
    """MaPLe with 2 prompts in so many layers, with or without its CLIP."""
    make = Maker(12, half=True)
    state, ours = coop(make)
    if not towers:
        state, base = {}, base_clip()
        ours = {
            SCALE if name == 'logit_scale'
            else 'backbone.' + name if name.startswith('visual.')
            else TEXT + name: tensor
            for name, tensor in base.items()
        }  # fmt: skip
    maps = 'prompts.couplings.0.maps'
    learner = 'prompt_learner'
    state |= {
        f'{learner}.token_prefix': make(CLASSES, 1, WIDTH),
        f'{learner}.token_suffix': make(CLASSES, 76 - 2, WIDTH),
        f'{learner}.ctx': make(2, WIDTH),
        **make.linear(f'{learner}.proj', WIDTH, WIDTH),
    }
    vectors = [state[f'{learner}.ctx']]
    for j in range(depth - 1):
        name = f'{learner}.compound_prompts_text.{j}'
        state[name] = make(2, WIDTH)
        vectors.append(state[name])
        of_layer = f'{learner}.compound_prompt_projections.{j}'
        state |= make.linear(of_layer, WIDTH, WIDTH)
    ours['prompts.free.text.vectors'] = torch.stack(vectors)
    for p in ('weight', 'bias'):
        ours[f'{maps}.0.{p}'] = state[f'{learner}.proj.{p}']
        for j in range(depth - 1):
            ours[f'{maps}.{j + 1}.{p}'] = state[
                f'{learner}.compound_prompt_projections.{j}.{p}'
            ]
    numbers = {
        'texts.template': '[2] {}.',
        'prompts.depth': depth,
        'prompts.coupling': 'text2vision',
        'prompts.shared': False,
    }
    content = dict(
        state_dict=state,
        epoch=5,
        optimizer=OPTIMIZER,
        scheduler=dict(last_epoch=5),
        val_result=None,
    )
    learned = ('prompts.',)
    return Release(
        'maple', state, content, whole(ours), numbers, learned, base=True
    )


RELEASES = {
    'vifi fine-tuned': vifi,
    'vifi with prompts in both towers': vifi_prompts,
    'vifi with text prompts': vifi_text_prompts,
    'vita': vita,
    'vita unified without bias': lambda: vita(specific=False, bias=False),
    'vita without summary': lambda: vita(summary=False),
    'vita without local': lambda: vita(local=False, bias=False),
    'vita without global': lambda: vita(num_global=0),
    'vita global alone': lambda: vita(local=False, summary=False),
    'vita summary alone': lambda: vita(local=False, num_global=0),
    'vita without time': lambda: vita(time=False),
    'vita without context': lambda: vita(context=False),
    'xclip': xclip,
    'actionclip Transf': actionclip,
    'actionclip LSTM': lambda: actionclip('LSTM'),
    'actionclip Conv_1D': lambda: actionclip('Conv_1D'),
    'actionclip Transf_cls': lambda: actionclip('Transf_cls'),
    'actionclip meanP': lambda: actionclip('meanP'),
    'actionclip TSM': lambda: actionclip('meanP', shift=True),
    'mmaction ActionClip': mmaction,
    'mmaction CLIPSimilarity': lambda: mmaction('transformer'),
    'mmaction mean': lambda: mmaction('mean'),
    'a5': a5,
    'a5 without temporal layers': lambda: a5(0),
    'aim': aim,
    'aim of four adapters': lambda: aim(twice=True),
    'clip4clip meanP': clip4clip,
    'clip4clip seqTransf': lambda: clip4clip('seqTransf'),
    'clip4clip seqLSTM': lambda: clip4clip('seqLSTM'),
    'clip4clip tightTransf': lambda: clip4clip('tightTransf'),
    'maple': maple,
    'maple of one layer': lambda: maple(depth=1),
    'maple without towers': lambda: maple(towers=False),
}
