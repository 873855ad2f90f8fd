"""Hooks of training and evaluation."""

from .accumulation_hook import AccumulationHook
from .broken_videos_hook import BrokenVideosHook
from .clamp_logit_scale_hook import ClampLogitScaleHook
from .class_names_hook import ClassNamesHook
from .epoch_seed_hook import EpochSeedHook
from .retrieval_hook import RetrievalHook
from .train_val_overlap_hook import TrainValOverlapHook

__all__ = [
    'AccumulationHook',
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassNamesHook',
    'EpochSeedHook',
    'RetrievalHook',
    'TrainValOverlapHook',
]
