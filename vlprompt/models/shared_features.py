"""Text features that the batches of an update share."""

from typing import NamedTuple

from torch import Tensor

from .features import TokenizedTexts


class SharedFeatures(NamedTuple):
    """Features of an update that was begun.

    Attributes:
        class_names: What they are the features of.
        tokens: The texts.
        features: With their history.
        copy: Without, but with the gradients of the batches so far.
    """

    class_names: tuple[str, ...]
    tokens: TokenizedTexts
    features: Tensor
    copy: Tensor

    def with_gradients(self) -> Tensor:
        """The features, whose gradient has that of the copy added."""
        features = self.features.view_as(self.features)
        collected = self.copy.grad
        if collected is not None:
            features.register_hook(lambda grad: grad + collected)
        return features
