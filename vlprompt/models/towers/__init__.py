"""CLIP's two towers, run layer by layer over open_clip's own blocks."""

from .layer import Layer, wrap
from .text_tower import CLIPTextTower
from .vision_tower import CLIPVisionTower

__all__ = ['CLIPTextTower', 'CLIPVisionTower', 'Layer', 'wrap']
