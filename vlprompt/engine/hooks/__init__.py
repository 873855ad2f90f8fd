"""Hooks of training and evaluation."""

from .broken_videos_hook import BrokenVideosHook
from .clamp_logit_scale_hook import ClampLogitScaleHook
from .class_names_hook import ClassNamesHook
from .decoder_hook import DecoderHook
from .epoch_seed_hook import EpochSeedHook
from .head_similarity_hook import HeadSimilarityHook
from .resume_hook import ResumeHook
from .shared_text_hook import SharedTextHook
from .train_val_overlap_hook import TrainValOverlapHook

__all__ = [
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassNamesHook',
    'DecoderHook',
    'EpochSeedHook',
    'HeadSimilarityHook',
    'ResumeHook',
    'SharedTextHook',
    'TrainValOverlapHook',
]
