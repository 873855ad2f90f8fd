"""ActionCLIP (Conv_1D) on Kinetics-400, 8 frames.

What: as actionclip_b16_k400 with another pooler; 149,622,273 trainable
parameters.
Whose: ActionCLIP (2021), and MMAction2's port for the layout.
Run: python tools/train.py configs/actionclip/actionclip_b16_k400_conv1d.py
Published: nothing that was at hand.  Not measured here.
"""

_base_ = ['actionclip_b16_k400.py']

model = dict(pooler=dict(_delete_=True, type='Conv1dPooler'))
