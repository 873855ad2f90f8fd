"""CLIP's two towers, run layer by layer over open_clip's own blocks."""

from .calls import Carried, wrap
from .layer import Layer
from .stored_frames_tower import StoredFramesTower
from .text_tower import CLIPTextTower
from .token_pooling_text_tower import TokenPoolingTextTower
from .vision_tower import CLIPVisionTower

__all__ = [
    'CLIPTextTower',
    'CLIPVisionTower',
    'Carried',
    'Layer',
    'StoredFramesTower',
    'wrap',
    'TokenPoolingTextTower',
]
