"""Prompt heads: everything that is learnt about prompts, for both towers."""

from .coupling import Coupling
from .deep_prompts import DeepPrompts
from .prompt_learner import PromptLearner
from .vilt_prompts import ViLTPrompts

__all__ = ['Coupling', 'DeepPrompts', 'PromptLearner', 'ViLTPrompts']
