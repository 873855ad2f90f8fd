"""Features on a plane."""

import numpy as np

from vlprompt.errors import UserError
from vlprompt.finite import refuse_rows

from .clusters import require_scikit_learn


def project(
    features: np.ndarray, perplexity: float = 30.0, seed: int = 0
) -> np.ndarray:
    """(N, E) features to (N, 2) points: t-SNE that starts from a PCA.

    Raises:
        UserError: If the perplexity does not fit, or scikit-learn is missing.
    """
    check_perplexity(perplexity, len(features))
    refuse_rows(features, 'features')
    require_scikit_learn()
    from sklearn.manifold import TSNE

    tsne = TSNE(2, perplexity=perplexity, init='pca', random_state=seed)
    return tsne.fit_transform(np.asarray(features, dtype=np.float64))


def check_perplexity(perplexity: float, num_videos: int) -> None:
    """It is about the number of neighbours that a video has.

    Raises:
        UserError: If there are not more videos than that.
    """
    if not 0 < perplexity < num_videos:
        raise UserError(
            f'--perplexity {perplexity:g}, expected more than 0 and less '
            f'than {num_videos}, the number of videos'
        )
