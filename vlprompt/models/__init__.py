"""Models: recognizers and the parts they are put together from."""

from .adapters import (
    AIMAdapter,
    MessageToken,
    TemporalShift,
    VitaTokens,
)
from .clip.loader import load_clip
from .conditioners import VideoSpecificPrompts
from .embeddings import TimeEmbedding
from .features import TokenizedTexts, VideoTextFeatures, VisualFeatures
from .heads import (
    FrameClassificationHead,
    InBatchHead,
    LinearHead,
    SimilarityHead,
    TightTransformerHead,
)
from .losses import PairLoss, SameClassKLLoss, ScenarioCosineLoss
from .poolers import (
    ClassTokenPooler,
    Conv1dPooler,
    IdentityPooler,
    LSTMPooler,
    MeanPooler,
    TransformerPooler,
    UnitMeanPooler,
)
from .prompts import (
    ClassPrompts,
    Coupling,
    DeepPrompts,
    PositionPrompts,
    PromptLearner,
    ViLTPrompts,
)
from .recognizers import VideoTextRecognizer
from .texts import (
    CandidateTexts,
    CaptionTexts,
    ClassTexts,
    LabelTexts,
    Template,
)
from .towers import CLIPTextTower, CLIPVisionTower

__all__ = [
    'AIMAdapter',
    'CLIPTextTower',
    'CLIPVisionTower',
    'CandidateTexts',
    'CaptionTexts',
    'ClassPrompts',
    'ClassTexts',
    'ClassTokenPooler',
    'Conv1dPooler',
    'Coupling',
    'DeepPrompts',
    'FrameClassificationHead',
    'IdentityPooler',
    'InBatchHead',
    'LSTMPooler',
    'LabelTexts',
    'LinearHead',
    'MeanPooler',
    'MessageToken',
    'PairLoss',
    'PositionPrompts',
    'PromptLearner',
    'SameClassKLLoss',
    'ScenarioCosineLoss',
    'SimilarityHead',
    'Template',
    'TemporalShift',
    'TightTransformerHead',
    'TimeEmbedding',
    'TokenizedTexts',
    'TransformerPooler',
    'UnitMeanPooler',
    'ViLTPrompts',
    'VideoSpecificPrompts',
    'VideoTextFeatures',
    'VideoTextRecognizer',
    'VisualFeatures',
    'VitaTokens',
    'load_clip',
]
