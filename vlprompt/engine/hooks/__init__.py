"""Hooks of training and evaluation."""

from .batch_of_one_hook import BatchOfOneHook
from .broken_videos_hook import BrokenVideosHook
from .clamp_logit_scale_hook import ClampLogitScaleHook
from .class_names_hook import ClassNamesHook
from .decoder_hook import DecoderHook
from .epoch_average_hook import EpochAverageHook
from .epoch_seed_hook import EpochSeedHook
from .finite_loss_hook import FiniteLossHook
from .finite_scores_hook import FiniteScoresHook
from .head_similarity_hook import HeadSimilarityHook
from .interpolated_weights_hook import InterpolatedWeightsHook
from .resume_hook import ResumeHook
from .shared_text_hook import SharedTextHook
from .start_from_hook import StartFromHook
from .train_val_overlap_hook import TrainValOverlapHook

__all__ = [
    'BatchOfOneHook',
    'BrokenVideosHook',
    'ClampLogitScaleHook',
    'ClassNamesHook',
    'DecoderHook',
    'EpochAverageHook',
    'EpochSeedHook',
    'FiniteLossHook',
    'FiniteScoresHook',
    'HeadSimilarityHook',
    'InterpolatedWeightsHook',
    'ResumeHook',
    'SharedTextHook',
    'StartFromHook',
    'TrainValOverlapHook',
]
