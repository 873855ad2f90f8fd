"""How each project names its weights, and the model they make here.

Every function takes the :class:`KeyMapper` of a checkpoint, moves all of its
tensors and returns what our model has besides its CLIP.
"""

from .a5 import a5
from .actionclip import actionclip, mmaction_actionclip
from .aim import aim
from .clip4clip import clip4clip
from .froster import froster
from .huggingface import huggingface, huggingface_xclip
from .openvclip import openvclip
from .ost import ost
from .promptsrc import promptsrc
from .vifi import maple, vifi
from .vita import vita
from .xclip import xclip
from .zeroi2v import zeroi2v

__all__ = [
    'a5',
    'actionclip',
    'aim',
    'clip4clip',
    'froster',
    'huggingface',
    'huggingface_xclip',
    'maple',
    'mmaction_actionclip',
    'openvclip',
    'promptsrc',
    'ost',
    'vifi',
    'vita',
    'xclip',
    'zeroi2v',
]
