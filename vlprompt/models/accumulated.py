"""Features that all batches of an update share."""

from collections.abc import Callable, Hashable

from torch import Tensor

from vlprompt.errors import UserError


class AccumulatedFeatures:
    """Features computed once for all batches whose gradients add up.

    Between two updates nothing changes, so neither do features that depend
    on parameters alone.  All batches but the last get a copy without a
    history, which collects their gradients; the last one gets the features
    themselves, and its backward pass takes along what was collected.  The
    sum is the gradient, and as that pass is the one in which
    ``DistributedDataParallel`` averages gradients, it averages all of it.

    Attributes:
        more_follow: Whether another batch comes before the update.
    """

    def __init__(self) -> None:
        self.more_follow = False
        self.clear()

    def clear(self) -> None:
        """Forget what was begun, with its gradients."""
        self._key: Hashable = None
        self._features: Tensor | None = None
        self._copy: Tensor | None = None

    def __call__(self, key: Hashable, compute: Callable[[], Tensor]) -> Tensor:
        """Features of any shape for the batch that is next.

        Args:
            key: What they belong to, such as class names.
            compute: Makes them; must not share what it goes through on the
                way to the parameters with anything of the batch.

        Raises:
            UserError: If the key is another one before the update.
        """
        if self._features is None:
            features = compute()
            if not (self.more_follow and features.requires_grad):
                return features
            self._key, self._features = key, features
            self._copy = features.detach().requires_grad_()
        if key != self._key:
            raise UserError('the class names changed before an update')
        if self.more_follow:
            return self._copy
        features = self._features.view_as(self._features)
        collected = self._copy.grad
        if collected is not None:
            features.register_hook(lambda grad: grad + collected)
        self.clear()
        return features
