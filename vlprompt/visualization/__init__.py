"""Pictures of what a model says."""

from .confusion_matrix import draw_confused_pairs, draw_confusion_matrix
from .contact_sheet import draw_contact_sheet
from .scatter import Panel, draw_scatter

__all__ = [
    'Panel',
    'draw_confused_pairs',
    'draw_confusion_matrix',
    'draw_contact_sheet',
    'draw_scatter',
]
