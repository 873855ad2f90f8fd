"""How each project names its weights, and the model they make here.

Every function takes the :class:`KeyMapper` of a checkpoint, moves all of its
tensors and returns what our model has besides its CLIP.
"""

from .a5 import a5
from .actionclip import actionclip, mmaction_actionclip
from .aim import aim
from .bdc import bdc
from .clip4clip import clip4clip
from .clip_lora import clip_lora, flat_weights
from .froster import froster
from .huggingface import huggingface, huggingface_xclip
from .mote import mote
from .openvclip import openvclip
from .ost import ost
from .promptsrc import promptsrc
from .st_adapter import st_adapter
from .t2l import t2l
from .tc_clip import tc_clip
from .vifi import maple, vifi
from .vita import vita
from .wti import wti
from .xclip import xclip
from .xpool import tmass, xpool
from .zeroi2v import zeroi2v

__all__ = [
    'a5',
    'actionclip',
    'aim',
    'bdc',
    'clip4clip',
    'clip_lora',
    'flat_weights',
    'froster',
    'huggingface',
    'huggingface_xclip',
    'maple',
    'mmaction_actionclip',
    'mote',
    'openvclip',
    'ost',
    'promptsrc',
    'st_adapter',
    't2l',
    'tc_clip',
    'tmass',
    'vifi',
    'vita',
    'wti',
    'xclip',
    'xpool',
    'zeroi2v',
]
