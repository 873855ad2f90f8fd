"""Models: recognizers and the parts they are put together from."""

from .clip import load_clip
from .features import TokenizedTexts, VideoTextFeatures, VisualFeatures
from .heads import SimilarityHead
from .losses import ScenarioCosineLoss
from .poolers import MeanPooler
from .prompts import Coupling, DeepPrompts, PromptLearner, ViLTPrompts
from .recognizers import VideoTextRecognizer
from .texts import ClassTexts, Template
from .towers import CLIPTextTower, CLIPVisionTower

__all__ = [
    'CLIPTextTower',
    'CLIPVisionTower',
    'ClassTexts',
    'Coupling',
    'DeepPrompts',
    'MeanPooler',
    'PromptLearner',
    'ScenarioCosineLoss',
    'SimilarityHead',
    'Template',
    'TokenizedTexts',
    'ViLTPrompts',
    'VideoTextFeatures',
    'VideoTextRecognizer',
    'VisualFeatures',
    'load_clip',
]
