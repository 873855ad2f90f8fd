"""Several texts of a class as one."""

from torch import Tensor

from vlprompt.errors import UserError

from .roles import Texts


def combine_texts(texts: Texts, encoded: Tensor) -> Tensor:
    """(N, E) or (N, L, E) of N texts to what they add up to, see ``Texts``.

    Raises:
        UserError: If texts of one class add up to their mean, but have all
            their tokens, of which none belongs to one of another text.
    """
    # The first tokens are enough to see whether texts add up.
    if encoded.dim() == 3 and len(texts.combine(encoded[:, 0])) < len(encoded):
        raise UserError(
            f'{type(texts).__name__} has the mean of several texts of a '
            'class, but the head compares the tokens of a text, which have '
            'no mean: give each class a single text'
        )
    return texts.combine(encoded)
