"""ViFi-CLIP with decision-level fusion, 16 shots of HMDB-51.

What: as vifi_b16_hmdb51_16shot, frames fused as logits.
Whose: ViFi-CLIP (CVPR 2023), section 4.3 and Table 5.
Run: bash tools/dist_train.sh configs/vifi/vifi_b16_hmdb51_16shot_decision.py 8
Published: 62.2 top-1.  Not measured here.
"""

_base_ = ['vifi_b16_hmdb51_16shot.py']

model = dict(
    pooler=dict(type='IdentityPooler'), cls_head=dict(fusion='decision')
)
