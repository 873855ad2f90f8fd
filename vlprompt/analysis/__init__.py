"""What models have learned, and what they mistake."""

from vlprompt.class_accuracies import class_accuracies

from .clusters import (
    ClusterScores,
    find_clusters,
    require_scikit_learn,
    score_clusters,
)
from .confusion import (
    ConfusedPair,
    confused_pairs,
    count_confusions,
)
from .embeddings import FEATURES, Embeddings, build_single_view, embed_dataset
from .predictions import Predictions, read_predictions
from .tsne import check_perplexity, project

__all__ = [
    'FEATURES',
    'ClusterScores',
    'ConfusedPair',
    'Embeddings',
    'Predictions',
    'build_single_view',
    'check_perplexity',
    'class_accuracies',
    'confused_pairs',
    'count_confusions',
    'embed_dataset',
    'find_clusters',
    'project',
    'read_predictions',
    'require_scikit_learn',
    'score_clusters',
]
