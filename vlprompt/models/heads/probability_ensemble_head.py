import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..builder import build_part
from ..features import VideoTextFeatures
from ..roles import Head
from .similarity_head import SimilarityHead, no_autocast

OWN = 'cosine'


@MODELS.register_module()
class ProbabilityEnsembleHead(SimilarityHead):
    """BDC-CLIP: a weighted sum of the probabilities of several heads.

    CLIP's cosines, called ``'cosine'``, and other heads, which read the
    statistics of the tokens of videos and texts in place of the embeddings.
    Each has a loss of its own.  Logits are the logarithm of the sum.  Needs
    a vision tower with a ``token_pooler`` and, for members that compare with
    texts, a text tower with one.

    Args:
        members: Configs of heads by name.
        weights: What the probabilities are multiplied with in evaluation, by
            name; who is not named is left out.  Of several entries the first
            whose ``num_classes`` is that of the data set, or that has none:
            a linear head may be left out where there are other classes.
        statistics_dim: F; given by the recognizer.
        embed_dim: See :class:`SimilarityHead`.
        regularizers: The same; what they know of logits are the cosines.
        label_smooth_eps: Of all losses.
        kwargs: Of :class:`SimilarityHead`.

    Raises:
        UserError: If weights are no such thing, or there are no statistics.
    """

    def __init__(
        self,
        members: dict[str, dict],
        weights: Sequence[dict[str, float]],
        statistics_dim: int = 0,
        embed_dim: int | None = None,
        regularizers: dict[str, dict] | None = None,
        label_smooth_eps: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(
            embed_dim=embed_dim, label_smooth_eps=label_smooth_eps, **kwargs
        )
        if not statistics_dim:
            raise UserError(
                'ProbabilityEnsembleHead reads statistics of tokens: the '
                'backbone needs a token_pooler'
            )
        known = dict(
            embed_dim=statistics_dim, label_smooth_eps=label_smooth_eps
        )
        self.members = nn.ModuleDict(
            {
                name: build_part(cfg, Head, **known)
                for name, cfg in members.items()
            }
        )
        self.weights = [dict(entry) for entry in weights]
        _check_weights(self.weights, (OWN, *members))
        known = dict(embed_dim=embed_dim, compute_logits=super().forward)
        self.regularizers = nn.ModuleDict(
            {
                name: build_part(cfg, **known)
                for name, cfg in (regularizers or {}).items()
            }
        )

    @property
    def compares_statistics(self) -> bool:
        """Whether a member compares videos with texts."""
        return any(m.compares_texts for m in self.members.values())

    def set_num_classes(self, num: int) -> None:
        """Know the number of classes, which label smoothing needs.

        Raises:
            UserError: If no weights are for it, or a member that has weight
                cannot have as many.
        """
        super().set_num_classes(num)
        used = self.used_weights()
        for name, member in self.members.items():
            if member.compares_texts or name in used:
                member.set_num_classes(num)

    def used_weights(self) -> dict[str, float]:
        """The weights for the data set, by name, without zeros.

        Raises:
            UserError: If there are none for its number of classes.
        """
        for entry in self.weights:
            if entry.get('num_classes') in (None, self.num_classes):
                return {
                    name: weight
                    for name, weight in entry.items()
                    if name != 'num_classes' and weight
                }
        given = [entry['num_classes'] for entry in self.weights]
        raise UserError(
            f'a data set of {self.num_classes} classes, but cls_head.weights '
            f'are for {given}: add an entry without num_classes'
        )

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, E) videos and (C, E) texts to (B, C) logarithms of sums."""
        with no_autocast(features):
            parts = [
                math.log(weight)
                + self.member_logits(name, features).log_softmax(dim=-1)
                for name, weight in self.used_weights().items()
            ]
            return torch.stack(parts).logsumexp(dim=0)

    def member_logits(self, name: str, features: VideoTextFeatures) -> Tensor:
        """(B, C) logits of one member, or of ``'cosine'``."""
        if name == OWN:
            return super().forward(features)
        with no_autocast(features):
            return self.members[name](_of_statistics(features))

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """The losses of all heads, ``loss_<name>``, and regularizers.

        Raises:
            UserError: If a member is for another number of classes.
        """
        for member in self.members.values():
            member.set_num_classes(self.num_classes)
        with no_autocast(feats):
            samples = self._restrict(feats, data_samples)
            cosines = super().forward(feats)
            losses = self.loss_by_feat(cosines, samples)
            losses[f'loss_{OWN}'] = losses.pop('loss_cls')
            for name, member in self.members.items():
                own = member.loss(_of_statistics(feats), data_samples)
                losses[f'loss_{name}'] = own.pop('loss_cls')
                losses |= {f'{name}_{key}': own[key] for key in own}
        return {**losses, **self._regularize(feats)}


def _of_statistics(features: VideoTextFeatures) -> VideoTextFeatures:
    """Features whose videos and texts are the statistics of their tokens."""
    if features.video_statistics is None:
        raise UserError(
            'no statistics of the tokens of these videos: they are not made '
            'of stored frames'
        )
    return features._replace(
        video=features.video_statistics, text=features.text_statistics
    )


def _check_weights(
    entries: list[dict[str, float]], names: Sequence[str]
) -> None:
    for entry in entries:
        weights = {k: w for k, w in entry.items() if k != 'num_classes'}
        unknown = sorted(weights.keys() - {*names})
        if unknown:
            raise UserError(
                f'cls_head.weights of {unknown[0]!r}, expected some of '
                f'{", ".join(names)}'
            )
        if min(weights.values(), default=0) < 0 or not any(weights.values()):
            raise UserError(
                f'cls_head.weights {weights}, expected numbers of at least 0 '
                'that are not all 0'
            )
    if not entries:
        raise UserError('cls_head.weights has no entry')
