"""ViFi-CLIP and MaPLe, which name their towers as CoOp does."""

from typing import Any

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import take_deep_prompts, take_split_towers

OF_CLASSES = 'follows the class list'


TEXT_TOWER = [
    'text_encoder.text.transformer.*',
    'text_encoder.text.positional_embedding',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]


def vifi(keys: KeyMapper) -> dict[str, Any]:
    """ViFi-CLIP, fine-tuned or with prompts in one or both towers."""
    keys.drop(
        r'prompt_learner\.(token_\w+|complete_text_embeddings)', OF_CLASSES
    )
    block = r'transformer\.resblocks\.(\d+)\.VPT_shallow'
    text = take_deep_prompts(
        keys, 'prompt_learner.ctx', r'text_encoder\.' + block
    )
    visual = take_deep_prompts(
        keys, 'image_encoder.VPT', r'image_encoder\.' + block
    )
    take_split_towers(keys)
    if text is None and visual is None:
        return dict(
            texts=dict(type='ClassTexts', template='a photo of a {}.'),
            trainable=['backbone.*', *TEXT_TOWER, 'cls_head.logit_scale'],
        )
    prompts: dict[str, Any] = dict(type='PromptLearner')
    for tower, vectors in (('text', text), ('visual', visual)):
        if vectors is not None:
            keys.parts[f'prompts.free.{tower}.vectors'] = vectors
            prompts[tower] = dict(
                type='DeepPrompts',
                layers=list(range(len(vectors))),
                num=vectors.size(1),
            )
    template = '{}.' if text is None else f'[{text.size(1)}] {{}}.'
    return dict(
        texts=dict(type='ClassTexts', template=template),
        prompts=prompts,
        trainable=['prompts.*'],
    )


def maple(keys: KeyMapper) -> dict[str, Any]:
    """MaPLe: text prompts and one map to vision for each layer."""
    keys.drop(r'prompt_learner\.token_\w+', OF_CLASSES)
    vectors = take_deep_prompts(
        keys,
        'prompt_learner.ctx',
        r'prompt_learner\.compound_prompts_text\.(\d+)',
        first=1,
    )
    if vectors is None:
        raise UserError('the checkpoint has no prompt_learner.ctx')
    keys.parts['prompts.free.text.vectors'] = vectors
    maps = 'prompts.couplings.0.maps'
    keys.to_part(r'prompt_learner\.proj\.(\w+)', rf'{maps}.0.\1')
    of_layer = r'prompt_learner\.compound_prompt_projections'
    for j in keys.numbers(of_layer + r'\.(\d+)\..+'):
        keys.to_part(rf'{of_layer}\.{j}\.(\w+)', rf'{maps}.{j + 1}.\1')
    take_split_towers(keys)
    return dict(
        texts=dict(type='ClassTexts', template=f'[{vectors.size(1)}] {{}}.'),
        prompts=dict(
            type='ViLTPrompts',
            depth=len(vectors),
            coupling='text2vision',
            shared=False,
        ),
        trainable=['prompts.*'],
    )
