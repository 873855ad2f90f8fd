"""ZeroI2V."""

from typing import Any

from ..key_mapper import KeyMapper
from .common import zeros_for_text

PLACES = dict(
    T_Adapter_in='ln_1',
    S_Adapter='attention',
    MLP_Adapter='ln_2',
    MLP_Adapter_out='mlp',
)
SOMETHING = 174  # classes of Something-Something v2


def zeroi2v(keys: KeyMapper) -> dict[str, Any]:
    """ZeroI2V: a shifted visual tower, linear adapters, a linear head.

    Shifts, scale, dropout and label smoothing are not in the file: they are
    those of the published configs, which differ for Something-Something v2
    alone.
    """
    keys.drop(r'data_preprocessor\..+', 'belongs to the data')
    classes = len(keys.look('cls_head.fc_cls.weight'))
    long = classes == SOMETHING
    adapters = [dict(type='HeadShift')]
    head = dict(type='LinearHead', num_classes=classes)
    if long:
        adapters[0]['offsets'] = [-1, 1, -2, 2]
        head['label_smooth_eps'] = 0.1
    learned = ['backbone.embeddings.*', 'backbone.visual.ln_post.*']
    linear = _linear_adapter(keys)
    if linear:
        regularized = dict(scale=1.0, dropout=0.0) if long else {}
        adapters.append({**linear, **regularized})
        learned.append('backbone.adapters.*')
    name = 'backbone.embeddings.0.vectors'
    times = keys.take('backbone.temporal_embedding', name)[0]
    keys.parts[name] = times
    keys.to_part(r'cls_head\.fc_cls\.(\w+)', r'cls_head.fc_cls.\1')
    keys.to_clip(r'backbone\.(.+)', r'visual.\1')
    zeros_for_text(keys.clip)
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            embeddings=[dict(type='TimeEmbedding', num_frames=len(times))],
            adapters=adapters,
            project=False,
        ),
        cls_head=head,
        trainable=[*learned, 'cls_head.*'],
    )


def _linear_adapter(keys: KeyMapper) -> dict[str, Any] | None:
    """The adapters, at three places or four; None if they are merged."""
    layer = r'backbone\.transformer\.resblocks\.(\d+)'
    places, ratio = [], 0.0
    for theirs, ours in PLACES.items():
        found = keys.find(rf'{layer}\.{theirs}\.D_fc1\.weight')
        if not found:
            continue
        hidden, width = keys.look(found[0][0]).shape
        places.append(ours)
        ratio = hidden / width
        keys.to_part(
            rf'{layer}\.{theirs}\.D_fc(\d)\.(\w+)',
            rf'backbone.adapters.\1.1.maps.{ours}.fc\2.\3',
        )
    if not places:
        return None
    return dict(type='LinearAdapter', places=places, ratio=ratio)
