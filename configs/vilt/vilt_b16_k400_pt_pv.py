"""ViLT-CLIP ablation on Kinetics-400.

What: independent prompts in both towers, 128,000 parameters.
Whose: ViLT-CLIP (AAAI 2024), Table 6.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_k400_pt_pv.py 8
Published: K-400 75.83 top-1 (ViLT T6).  Not measured here.
"""

_base_ = ['vilt_b16_k400.py']

model = dict(
    texts=dict(anchor_template=None),
    prompts=dict(coupling='none'),
    cls_head=dict(regularizers=None),
)
