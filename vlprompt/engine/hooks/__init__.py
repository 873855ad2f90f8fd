"""Hooks of training and evaluation."""

from .accumulation_hook import AccumulationHook
from .broken_videos_hook import BrokenVideosHook
from .clamp_logit_scale_hook import ClampLogitScaleHook
from .class_list_hook import ClassListHook
from .epoch_seed_hook import EpochSeedHook
from .list_check_hook import ListCheckHook
from .retrieval_hook import RetrievalHook

__all__ = [
    'AccumulationHook',
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassListHook',
    'EpochSeedHook',
    'ListCheckHook',
    'RetrievalHook',
]
