"""Folders that transformers has written: CLIPModel and XCLIPModel."""

from pathlib import Path
from typing import Any

from vlprompt.errors import UserError
from vlprompt.models.clip.arch import named_arch

from .hub_model import HubModel, test_config, weights_in
from .json_files import read_json
from .preprocessing import Preprocessing, read_preprocessing

CONFIG = 'config.json'
PREPROCESSOR = 'preprocessor_config.json'
WEIGHTS = ('model.safetensors', 'pytorch_model.bin')
MODELS = ('clip', 'xclip')
CLIP_FRAMES = 8
TEMPLATE = 'a photo of a {}.'
# What transformers leaves out of a config.json, its defaults.
TEXT = dict(
    hidden_size=512,
    intermediate_size=2048,
    num_hidden_layers=12,
    num_attention_heads=8,
    max_position_embeddings=77,
    vocab_size=49408,
    hidden_act='quick_gelu',
    layer_norm_eps=1e-5,
)
VISION = dict(
    hidden_size=768,
    intermediate_size=3072,
    num_hidden_layers=12,
    num_attention_heads=12,
    image_size=224,
    patch_size=32,
    num_channels=3,
    hidden_act='quick_gelu',
    layer_norm_eps=1e-5,
    mit_hidden_size=512,
    mit_intermediate_size=2048,
    mit_num_hidden_layers=1,
    mit_num_attention_heads=8,
    num_frames=8,
)
WHOLE = dict(
    projection_dim=512,
    prompt_layers=2,
    prompt_num_attention_heads=8,
    prompt_hidden_act='quick_gelu',
)


def read_transformers_folder(folder: Path) -> HubModel:
    """CLIP over frames, or X-CLIP, from a folder of transformers.

    All weights are in its one file, so all of them count as learned.

    Raises:
        UserError: If a file is missing, or the model is one that this
            library would compute otherwise.
    """
    given = read_json(folder / CONFIG)
    whole = {**WHOLE, **given}
    for name, default in WHOLE.items():
        if isinstance(default, int) and not _is_size(whole[name]):
            raise UserError(
                f'{folder / CONFIG}: {name}={whole[name]!r}, expected a '
                'whole number above 0'
            )
    text, vision = (
        _tower(given, key, defaults)
        for key, defaults in (('text', TEXT), ('vision', VISION))
    )
    file = folder / PREPROCESSOR
    video = given['model_type'] == 'xclip'
    kind = 'imagenet' if video else 'openai'
    steps = read_preprocessing(read_json(file), kind, file)
    if steps.crop != vision['image_size']:
        raise UserError(
            f'{file} crops to {steps.crop} pixels, the model takes '
            f'{vision["image_size"]}'
        )
    model = _clip_model(whole, text, vision, steps, folder)
    frames = CLIP_FRAMES
    if video:
        frames = vision['num_frames']
        model |= _xclip_parts(whole, vision, folder)
    weights = weights_in(folder, *WEIGHTS)
    facts = dict(
        layout='transformers',
        method='X-CLIP' if video else 'CLIP',
        frames=frames,
        template=model['texts']['template'],
    )
    config = test_config(model, steps.pipeline(frames))
    return HubModel(config, weights, facts)


def _tower(given: dict, key: str, defaults: dict) -> dict[str, Any]:
    tower = dict(defaults)
    for name in (f'{key}_config', f'{key}_config_dict'):  # the older one wins
        part = given.get(name) or {}
        if not isinstance(part, dict):
            raise UserError(
                f'{name} of {CONFIG} is {part!r}, expected an object'
            )
        tower |= part
    wrong = [
        f'{name}={tower[name]!r}'
        for name, default in defaults.items()
        if isinstance(default, int) and not _is_size(tower[name])
    ]
    if tower['layer_norm_eps'] != defaults['layer_norm_eps']:
        wrong.append(f'layer_norm_eps={tower["layer_norm_eps"]}')
    if tower['hidden_act'] not in ('quick_gelu', 'gelu'):
        wrong.append(f'hidden_act={tower["hidden_act"]!r}')
    if wrong:
        raise UserError(
            f'{key}_config of {CONFIG} with {", ".join(wrong)}, which this '
            'library does not compute'
        )
    return tower


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 0


def _clip_model(
    whole: dict,
    text: dict,
    vision: dict,
    steps: Preprocessing,
    folder: Path,
) -> dict[str, Any]:
    if text['hidden_act'] != vision['hidden_act']:
        raise UserError(
            f'{folder}: towers of CLIP with the activations '
            f'{text["hidden_act"]} and {vision["hidden_act"]}, expected one'
        )
    arch = dict(
        embed_dim=whole['projection_dim'],
        quick_gelu=text['hidden_act'] == 'quick_gelu',
        vision_cfg=dict(
            image_size=vision['image_size'],
            layers=vision['num_hidden_layers'],
            width=vision['hidden_size'],
            head_width=vision['hidden_size'] // vision['num_attention_heads'],
            patch_size=vision['patch_size'],
            mlp_ratio=_mlp_ratio(vision),
        ),
        text_cfg=dict(
            context_length=text['max_position_embeddings'],
            vocab_size=text['vocab_size'],
            width=text['hidden_size'],
            heads=text['num_attention_heads'],
            layers=text['num_hidden_layers'],
            mlp_ratio=_mlp_ratio(text),
        ),
    )
    clip = dict(arch=named_arch(arch), pretrained=None)
    return clip_over_frames(clip, steps, trainable=['*'])


def clip_over_frames(
    clip: dict[str, Any], steps: Preprocessing, trainable: list[str]
) -> dict[str, Any]:
    """The model that takes the mean over frames, as vanilla CLIP does.

    Args:
        clip: Of the model.
        steps: What becomes of a frame.
        trainable: Of the model; what comes from its checkpoint.
    """
    return dict(
        type='VideoTextRecognizer',
        clip=clip,
        backbone=dict(type='CLIPVisionTower'),
        text_encoder=dict(type='CLIPTextTower'),
        texts=dict(type='ClassTexts', template=TEMPLATE),
        pooler=dict(type='MeanPooler'),
        cls_head=dict(type='SimilarityHead', average_clips='prob'),
        trainable=trainable,
        data_preprocessor=steps.data_preprocessor(),
    )


def _mlp_ratio(tower: dict) -> float:
    return tower['intermediate_size'] / tower['hidden_size']


def _xclip_parts(whole: dict, vision: dict, folder: Path) -> dict[str, Any]:
    """What X-CLIP has besides its CLIP."""
    width = whole['projection_dim']
    expected = {
        'hidden_act': 'quick_gelu',
        'mit_hidden_size': width,
        'mit_intermediate_size': 4 * width,
        'prompt_hidden_act': 'quick_gelu',
    }
    for name, value in expected.items():
        given = {**whole, **vision}[name]
        if given != value:
            raise UserError(
                f'{folder}: X-CLIP with {name}={given!r}, expected {value!r}'
            )
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='MessageToken')],
            patch_tokens=True,
        ),
        texts=dict(type='ClassTexts', template='{}'),
        pooler=dict(
            type='TransformerPooler',
            num_layers=vision['mit_num_hidden_layers'],
            num_positions=vision['num_frames'],
            heads=vision['mit_num_attention_heads'],
        ),
        conditioner=dict(
            type='VideoSpecificPrompts',
            num_layers=whole['prompt_layers'],
            heads=whole['prompt_num_attention_heads'],
        ),
    )
