"""ViLT-CLIP ablation on Kinetics-400.

What: text prompts alone, 51,200 parameters.
Whose: ViLT-CLIP (AAAI 2024), Table 6.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_k400_pt.py 8
Published: K-400 72.97 top-1 (ViLT T6).  Not measured here.
"""

_base_ = ['vilt_b16_k400.py']

model = dict(
    texts=dict(anchor_template=None),
    prompts=dict(
        _delete_=True,
        type='PromptLearner',
        text=dict(type='DeepPrompts', layers=range(10)),
    ),
    cls_head=dict(regularizers=None),
)
