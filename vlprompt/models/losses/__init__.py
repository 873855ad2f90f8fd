"""Losses on the features of a batch."""

from .feature_distillation_loss import FeatureDistillationLoss
from .logit_consistency_loss import LogitConsistencyLoss
from .motion_loss import MotionLoss
from .scenario_cosine_loss import ScenarioCosineLoss
from .sigmoid_contrastive_loss import SigmoidContrastiveLoss
from .soft_target_kl_loss import SoftTargetKLLoss
from .symmetric_contrastive_loss import SymmetricContrastiveLoss
from .text_consistency_loss import TextConsistencyLoss
from .video_consistency_loss import VideoConsistencyLoss

__all__ = [
    'MotionLoss',
    'FeatureDistillationLoss',
    'LogitConsistencyLoss',
    'ScenarioCosineLoss',
    'SigmoidContrastiveLoss',
    'SoftTargetKLLoss',
    'SymmetricContrastiveLoss',
    'TextConsistencyLoss',
    'VideoConsistencyLoss',
]
