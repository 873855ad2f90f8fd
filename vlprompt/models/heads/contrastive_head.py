import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..distributed import gather, gather_padded
from ..features import VideoTextFeatures
from ..layers.temporal import masked_mean
from .similarity_head import SimilarityHead

LOGIT_BIAS = -10.0  # of SigLIP before its training


@MODELS.register_module(name=['ContrastiveHead', 'InBatchHead'])
class ContrastiveHead(SimilarityHead):
    """ActionCLIP, CLIP4Clip: in training, a batch of videos and texts.

    Every video meets the text of every sample of the batch, of all processes
    together, with exact gradients.  In evaluation videos get class scores as
    in :class:`SimilarityHead`, and samples with captions their features.

    Args:
        alignment: Config of the loss on the similarities (B, B) of texts,
            in rows, and videos.
        logit_bias: Where what is added to the similarities starts, for a
            loss that needs it; CLIP's own, given by the recognizer, or
            SigLIP's -10 where it has none.
        kwargs: Of :class:`SimilarityHead`.
    """

    def __init__(
        self, alignment: dict, logit_bias: float | None = None, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.alignment = MODELS.build(alignment)
        self.logit_bias = None
        if getattr(self.alignment, 'needs_bias', False):
            start = LOGIT_BIAS if logit_bias is None else logit_bias
            self.logit_bias = nn.Parameter(torch.tensor(float(start)))

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """The alignment loss of a batch and the regularizers.

        Raises:
            UserError: If the texts are not one for each video.
        """
        self.check_pairs(feats)
        gathered = self.gather(feats)
        with torch.autocast(feats.video.device.type, enabled=False):
            scores = self.compare(gathered)
        loss = self.align(scores, feats)
        return dict(loss_alignment=loss, **self._regularize(feats))

    def align(self, scores: Tensor, feats: VideoTextFeatures) -> Tensor:
        """(B, B) scores of the texts and videos of a batch to their loss.

        Args:
            scores: Texts in rows, of all processes.
            feats: Of this process.

        Raises:
            UserError: If the texts are not one for each video.
        """
        same = self._same(feats, scores)
        if same.shape != scores.shape:
            raise UserError(
                f'{scores.size(0)} texts for {scores.size(1)} videos: this '
                'head compares a batch with one text of each video'
            )
        if self.logit_bias is not None:
            scores = scores + self.logit_bias
        return self.alignment(scores, same)

    def gather(self, feats: VideoTextFeatures) -> VideoTextFeatures:
        """Videos and texts of all processes, with exact gradients."""
        return feats._replace(
            video=gather(feats.video),
            text=gather(feats.text),
            mask=None if feats.mask is None else gather(feats.mask),
            text_tokens=gather_padded(feats.text_tokens),
            text_mask=gather_padded(feats.text_mask),
        )

    @staticmethod
    def check_pairs(feats: VideoTextFeatures) -> None:
        """Raise a UserError if the texts are not one for each video."""
        if feats.targets is None or len(feats.targets) != len(feats.video):
            raise UserError(
                'this head compares the videos of a batch with its texts: '
                'use BatchLabelTexts or CaptionTexts'
            )

    def compare(self, features: VideoTextFeatures) -> Tensor:
        """M texts and B videos to (M, B) similarities."""
        logits = self.similarities(features)
        if logits.dim() == 3:  # (B, T, M)
            logits = masked_mean(logits, features.mask)
        return logits.mT

    def predict(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> list:
        """The samples, with class scores or, if they have captions, features.

        Raises:
            UserError: See :meth:`add_features`.
        """
        if feats.targets is None:
            return super().predict(feats, data_samples, **kwargs)
        self.add_features(feats, data_samples)
        return data_samples

    @staticmethod
    def add_features(feats: VideoTextFeatures, data_samples: list) -> None:
        """Write features of videos and captions into the samples.

        A sample with n captions gets ``video_feature``, (E,) or (T, E),
        ``text_feature``, (n, E), ``frame_mask``, (T,), if clips have
        padding, and ``text_tokens``, (n, L, E), with ``text_mask``, (n, L),
        if the text tower gives them: what the metric of retrieval compares.

        Raises:
            UserError: If there are several views or the captions' features
                depend on the video.
        """
        if len(feats.video) != len(data_samples) or feats.text.dim() > 2:
            raise UserError(
                'retrieval compares one view of a video with captions whose '
                'features do not depend on it: leave out further views and '
                'the conditioner'
            )
        for i, sample in enumerate(data_samples):
            sample.set_field(feats.video[i], 'video_feature')
            own = feats.targets == i
            sample.set_field(feats.text[own], 'text_feature')
            if feats.text_tokens is not None:
                sample.set_field(feats.text_tokens[own], 'text_tokens')
                sample.set_field(feats.text_mask[own], 'text_mask')
            if feats.mask is not None:
                sample.set_field(feats.mask[i], 'frame_mask')

    def _same(self, feats: VideoTextFeatures, scores: Tensor) -> Tensor:
        """Whether text and video are of the same class, (B, B)."""
        if not self.num_classes:  # captions: every sample is its own
            return torch.eye(scores.size(0), device=scores.device).bool()
        classes = gather(feats.targets.to(scores.device))
        return classes[:, None] == classes
