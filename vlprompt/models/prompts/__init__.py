"""Prompt heads: everything that is learned about prompts, for both towers."""

from .class_prompts import ClassPrompts
from .coupling import Coupling
from .deep_prompts import DeepPrompts
from .position_prompts import PositionPrompts
from .prompt_learner import PromptLearner
from .vilt_prompts import ViLTPrompts

__all__ = [
    'ClassPrompts',
    'Coupling',
    'DeepPrompts',
    'PositionPrompts',
    'PromptLearner',
    'ViLTPrompts',
]
