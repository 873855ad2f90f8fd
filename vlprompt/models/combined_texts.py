"""Several texts of a class as one."""

from torch import Tensor

from vlprompt.errors import UserError

from .roles import Texts


def combine_texts(texts: Texts, encoded: Tensor) -> Tensor:
    """(N, E) of N texts, or all their tokens, to what they add up to.

    Args:
        texts: What says so.
        encoded: (N, E), or (N, ..., L, E) of models that need the tokens.

    Raises:
        UserError: If texts of one class add up to their mean, but have all
            their tokens, of which none belongs to one of another text.
    """
    if encoded.dim() > 2:
        # The first tokens are enough to see whether texts add up.
        first = encoded.flatten(1, -2)[:, 0]
        if len(texts.combine(first)) < len(encoded):
            raise UserError(
                f'{type(texts).__name__} has the mean of several texts of a '
                'class, but this model needs the tokens of each text, which '
                'have no mean: give each class a single text'
            )
    return texts.combine(encoded)
