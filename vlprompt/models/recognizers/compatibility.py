"""Whether the parts of a model fit each other."""

from torch import nn

from vlprompt.errors import UserError

from ..builder import check_role
from ..roles import LastLayerPrompts
from ..token_poolers import statistics_dim
from ..towers.trunk import check_class_token
from .conditioning import prompts_last_layer


def check_compatibility(model: nn.Module, width: int, text_width: int) -> None:
    """Find parts of a recognizer that do not fit each other.

    Args:
        model: The recognizer, built.
        width: Of its frame embeddings.
        text_width: Of CLIP's text embeddings.

    Raises:
        UserError: If a head gets frames and wants videos or the other way
            round, lacks texts or their tokens or cannot use them, a part
            lacks the class token, a conditioner the patches, the text
            tower's last layer or a head that reads what it makes, widths or
            statistics differ, or learnable tokens lack prompts.
    """
    pooler, head = type(model.pooler).__name__, type(model.cls_head).__name__
    keeps = model.pooler.keeps_frames
    if keeps != model.cls_head.takes_frames:
        raise UserError(
            f'{pooler} gives {"frames" if keeps else "one video"}, '
            f'{head} takes {"one video" if keeps else "frames"}'
        )
    if model.cls_head.compares_texts != (model.texts is not None):
        verdict = 'needs texts' if model.texts is None else 'takes no texts'
        raise UserError(f'{head} {verdict}')
    if hasattr(model.backbone, 'trunk'):
        parts = (model.pooler, model.conditioner)
        check_class_token(model.backbone.trunk, parts)
    if getattr(model.cls_head, 'takes_text_tokens', False):
        _check_text_tokens(model)
    _check_conditioner(model)
    if model.texts is not None and width != text_width:
        raise UserError(
            f'frames of width {width} cannot be compared with texts of width '
            f'{text_width}: the backbone needs project=True'
        )
    if getattr(model.cls_head, 'compares_statistics', False):
        given = statistics_dim(model.backbone)
        if given != statistics_dim(model.text_encoder):
            raise UserError(
                f'{head} compares {given} statistics of the tokens of a '
                'video with those of texts: the text_encoder has to be a '
                'TokenPoolingTextTower with a token_pooler like that of the '
                'backbone'
            )
    slots = 0 if model.texts is None else len(model.texts.init_ids)
    if slots and model.prompts is None:
        raise UserError(
            f'the template has {slots} learnable tokens, but the model has '
            'no prompts'
        )


def _check_text_tokens(model: nn.Module) -> None:
    head, part = type(model.cls_head).__name__, model.conditioner
    if not getattr(model.text_encoder, 'all_tokens', None):
        raise UserError(
            f'{head} compares all tokens of a text: use '
            "text_encoder=dict(type='CLIPTextTower', all_tokens='longest')"
        )
    if part is not None:
        raise UserError(
            f'{head} compares the tokens of a text, which no conditioner '
            f'changes: leave out the conditioner {type(part).__name__}'
        )


def _check_conditioner(model: nn.Module) -> None:
    part, backbone = model.conditioner, model.backbone
    name = type(part).__name__
    makes_prompts = prompts_last_layer(part)
    if makes_prompts != getattr(model.text_encoder, 'stop_before_last', False):
        raise UserError(
            f'{name} makes the prompts of the last text layer: the '
            'text_encoder needs stop_before_last=True'
            if makes_prompts
            else 'text_encoder.stop_before_last=True needs a conditioner that '
            'makes the prompts of the last layer, VideoConditionalPrompts'
        )
    if makes_prompts:
        check_role(part, LastLayerPrompts)
    if makes_prompts and not _carries(backbone, part.layer):
        raise UserError(
            f'{name} reads what vision layer {part.layer} carries, but it '
            "carries nothing: add dict(type='TemporalContext') to "
            'backbone.adapters'
        )
    if makes_prompts and backbone.trunk.queries is None:
        raise UserError(
            f'{name} embeds tokens as class tokens are, but the vision tower '
            'of this CLIP makes frames in another way'
        )
    reads_patches = part is not None and not makes_prompts
    if reads_patches and not getattr(backbone, 'patch_tokens', True):
        raise UserError(
            f'{name} reads the patches: the backbone needs patch_tokens=True'
        )


def _carries(backbone: nn.Module, layer: int) -> bool:
    adapters = list(getattr(backbone, 'adapters', ()))[layer : layer + 1]
    return any(getattr(a, 'carries', False) for some in adapters for a in some)
