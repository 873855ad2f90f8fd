"""PromptSRC."""

from typing import Any

from ..key_mapper import KeyMapper
from .vifi import vifi

LOSSES = dict(
    text_consistency=dict(type='TextConsistencyLoss'),
    video_consistency=dict(type='VideoConsistencyLoss'),
    logit_consistency=dict(type='LogitConsistencyLoss'),
)


def promptsrc(keys: KeyMapper) -> dict[str, Any]:
    """PromptSRC: the prompts of ViFi-CLIP's layout, beside a frozen CLIP."""
    keys.drop(
        r'prompt_learner\.ZS_image_encoder\..+', 'the frozen vision tower'
    )
    texts = dict(
        type='ClassTexts', template='promptsrc60', ensemble='raw_embedding'
    )
    return dict(
        vifi(keys),
        cls_head=dict(type='SimilarityHead', regularizers=LOSSES),
        teacher=dict(texts=texts),
    )
