"""ViLT-CLIP's prompts on PE-Core, fully supervised on Kinetics-400.

What: 10 prompts in the first 10 of 12 vision and 24 text layers, text leads
in 6; 16 frames; 1,666,816 trainable parameters of 449 M.
Whose: ours: the prompts of ViLT-CLIP (AAAI 2024), the towers of Perception
Encoder (Bolya et al., 2025).  Settings as configs/vilt/vilt_b16_k400.py.
Run: bash tools/dist_train.sh configs/vilt/vilt_pe_core_b16_k400.py 8
Published: nothing.  Not measured here.
"""

_base_ = ['vilt_b16_k400.py']

model = dict(
    clip=dict(arch='PE-Core-B-16', pretrained='meta'),
    data_preprocessor=dict(
        mean=[127.5, 127.5, 127.5], std=[127.5, 127.5, 127.5]
    ),
)
