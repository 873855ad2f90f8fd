from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import torch
from mmaction.models import BaseRecognizer
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..accumulated import AccumulatedFeatures
from ..builder import build_part, offer
from ..clip.loader import CLIP, embed_words, load_clip
from ..distributed import encode_sharded
from ..features import TokenizedTexts, VideoTextFeatures
from ..layers.temporal import frame_mask
from ..precision import compute_in, hold_frozen
from ..trainable_state import keep_learned_only
from .compatibility import check_parts


@MODELS.register_module()
class VideoTextRecognizer(BaseRecognizer):
    """Compares videos with texts; the wiring of all methods.

    One CLIP is loaded and taken apart: its vision tower becomes part of the
    backbone, its text tower of the text encoder, its logit scale of the
    head.  Every part is given what its constructor asks for by name, see
    :func:`vlprompt.models.builder.offer`.

    Args:
        clip: ``arch`` and ``pretrained`` of :func:`load_clip`.
        backbone: Config of a vision tower: frames (B, T, 3, H, W) and
            prompts to :class:`VisualFeatures`.
        cls_head: Config of the head.
        texts: Config of what videos are compared with; None for a head that
            needs none.
        text_encoder: Config of a text tower.
        prompts: Config of a :class:`PromptLearner`, if prompts are learnt.
        pooler: Config of a temporal pooler.
        conditioner: Config of what makes the texts depend on the video.
        trainable: Patterns of the parameter names that are learnt; all
            others are frozen.  ``*`` matches anything.
        not_loaded: Patterns of the names in a checkpoint that this model
            does without; any other it does not know is refused.
        frozen_dtype: ``'bfloat16'`` or ``'float16'`` to hold the matrices
            of what is frozen in, and to compute in; ``--amp`` sets it.
        data_preprocessor: Config of MMAction2's ``ActionDataPreprocessor``
            with ``format_shape='NCTHW'``.

    Attributes:
        accumulated: The class texts of an update of several batches.

    Raises:
        UserError: If parts do not fit, or a pattern matches no parameter.
    """

    def __init__(
        self,
        clip: dict,
        backbone: dict,
        cls_head: dict,
        texts: dict | None = None,
        text_encoder: dict | None = None,
        prompts: dict | None = None,
        pooler: dict | None = None,
        conditioner: dict | None = None,
        trainable: Sequence[str] = (),
        not_loaded: Sequence[str] = (),
        frozen_dtype: str | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        clip = load_clip(**clip)
        super().__init__(
            backbone=offer(backbone, visual=clip.visual),
            data_preprocessor=MODELS.build(
                data_preprocessor or dict(type='ActionDataPreprocessor')
            ),
        )
        width = getattr(self.backbone, 'out_dim', clip.visual.output_dim)
        sizes = dict(
            width=clip.widths['visual'],
            embed_dim=width,
            text=clip.text,
        )
        self.pooler = build_part(pooler or dict(type='MeanPooler'), **sizes)
        self.cls_head = build_part(
            cls_head, logit_scale=clip.logit_scale, **sizes
        )
        self.texts = self.text_encoder = self.conditioner = None
        if texts is not None:
            self.texts = build_part(texts, tokenizer=clip.tokenizer)
            self.text_encoder = build_part(
                text_encoder or dict(type='CLIPTextTower'), text=clip.text
            )
        if conditioner is not None:
            self.conditioner = build_part(conditioner, **sizes)
        check_parts(self, width, clip.visual.output_dim)
        self.prompts = self._build_prompts(prompts, clip)
        self._class_names: tuple[str, ...] | None = None
        self._constants: dict[str, Tensor] = {}
        self.accumulated = AccumulatedFeatures()
        self._freeze(trainable, not_loaded)
        self._frozen_dtype = frozen_dtype
        if frozen_dtype is not None:
            hold_frozen(self, frozen_dtype)
        names = getattr(self.texts, 'class_names', None)
        if names is not None:
            self.set_classes(names)

    def _build_prompts(self, prompts: dict | None, clip: CLIP) -> nn.Module:
        words = [] if self.texts is None else self.texts.words
        if prompts is None:
            if words:
                raise UserError(
                    f'the template has {len(words)} learnable tokens, but '
                    'the model has no prompts'
                )
            return None
        return build_part(
            prompts,
            widths=clip.widths,
            depths=clip.depths,
            num_slots=len(words),
            words=embed_words(clip.text, words),
        )

    def _freeze(
        self, trainable: Sequence[str], not_loaded: Sequence[str]
    ) -> None:
        self.requires_grad_(False)
        named = dict(self.named_parameters())
        for pattern in trainable:
            names = [name for name in named if fnmatchcase(name, pattern)]
            if not names:
                raise UserError(f'trainable={pattern!r} matches no parameter')
            for name in names:
                named[name].requires_grad_()
        frozen = {
            name: p
            for name, p in named.items()
            if _of_clip(name) and not p.requires_grad
        }
        keep_learned_only(self, frozen, not_loaded)
        if self.texts is None or not self.texts.anchor_template:
            return
        if any(p.requires_grad for p in self.text_encoder.parameters()):
            raise UserError(
                'an anchor_template needs a frozen text encoder, but '
                f'trainable={list(trainable)} trains it'
            )

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The class names in the order of the labels, if known yet."""
        return self._class_names

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class list of a data set, in the order of its labels."""
        if self.texts is not None:
            self.texts.set_classes(names)
        self.cls_head.set_classes(len(names))
        self._class_names = tuple(names)
        self._constants.clear()

    def init_weights(self) -> None:
        """Nothing to do: every part is ready when it is made."""

    def forward(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        """MMAction2's ``forward``, in the precision of the frozen weights."""
        with compute_in(inputs.device.type, self._frozen_dtype):
            return super().forward(inputs, *args, **kwargs)

    def train(self, mode: bool = True) -> 'VideoTextRecognizer':
        """Switch between training and evaluation."""
        self._constants.clear()
        return super().train(mode)

    def _load_from_state_dict(self, *args, **kwargs) -> None:
        self._constants.clear()
        self.accumulated.clear()
        super()._load_from_state_dict(*args, **kwargs)

    def extract_feat(
        self,
        inputs: Tensor,
        stage: str = 'head',
        data_samples: list | None = None,
        test_mode: bool = False,
    ) -> tuple[VideoTextFeatures | Tensor, dict]:
        """(B, V, 3, T, H, W) inputs to features, views folded into B.

        Args:
            inputs: Normalised pixels.
            stage: ``'backbone'`` for :class:`VisualFeatures`, ``'neck'`` for
                the (B * V, E) videos, ``'head'`` for
                :class:`VideoTextFeatures`.
            data_samples: The samples of the batch, for texts that depend on
                them and for clips with padding.
            test_mode: Not used: training and testing are the same function.
        """
        if inputs.dim() != 6:
            raise UserError(
                f'inputs of shape {tuple(inputs.shape)}, expected (B, V, 3, '
                "T, H, W): end the pipeline with FormatShape('NCTHW')"
            )
        # (B, V, 3, T, H, W) -> (B * V, T, 3, H, W)
        clips = inputs.flatten(0, 1).transpose(1, 2)
        texts = None
        if self.texts is not None and stage == 'head':
            texts = self._on_device(self.texts(data_samples))
        prompts = self._make_prompts(texts)
        visual = self.backbone(clips, prompts['visual'])
        visual = visual._replace(mask=frame_mask(data_samples, clips))
        if stage == 'backbone':
            return visual, {}
        video = self.pooler(visual)
        if stage == 'neck':
            return video, {}
        features = VideoTextFeatures(video, None, mask=visual.mask)
        if texts is None:
            return features, {}
        text = self._embed(texts, prompts['text'])
        if self.conditioner is not None:
            text = self.conditioner(text, visual)
        anchors = None
        if self.training:
            anchors = self._constant('anchors', self._encode_anchors)
        features = features._replace(
            text=text, anchors=anchors, classes=texts.classes
        )
        return features, {}

    def predict(self, inputs: Tensor, data_samples: list, **kwargs) -> list:
        """Samples with their predictions, see the head."""
        features, _ = self.extract_feat(inputs, data_samples=data_samples)
        return self.cls_head.predict(features, data_samples)

    def encode_texts(self) -> Tensor:
        """The (C, E) embeddings of the class texts.

        They are not normalised, and do not depend on a video.
        """
        texts = self._on_device(self.texts())
        return self._embed(texts, self._make_prompts(texts)['text'])

    def _make_prompts(self, texts: TokenizedTexts | None) -> dict:
        if self.prompts is None:
            return dict(visual=None, text=None)
        return self.prompts(None if texts is None else texts.slots)

    def _embed(self, texts: TokenizedTexts, prompts: list | None) -> Tensor:
        if texts.classes is not None:  # of this batch alone
            return self.text_encoder(texts, prompts)
        compute = partial(self._constant, 'text', self._encode, texts)
        if not (self.training and torch.is_grad_enabled()):
            return compute(prompts)
        if self.accumulated.more_follow:  # no part in this batch's graph
            prompts = self._make_prompts(texts)['text']
        return self.accumulated(self._class_names, partial(compute, prompts))

    def _encode(self, texts: TokenizedTexts, prompts: list | None) -> Tensor:
        if self.training:
            text = encode_sharded(self.text_encoder, texts, prompts)
        else:
            text = self.text_encoder(texts, prompts)
        return self.texts.combine(text)

    def _encode_anchors(self) -> Tensor | None:
        texts = self.texts.anchor_texts
        return texts and self.text_encoder(self._on_device(texts))

    def _on_device(self, texts: TokenizedTexts) -> TokenizedTexts:
        return texts.to(next(self.text_encoder.parameters()).device)

    def _constant(self, name: str, compute: Callable, *args) -> Tensor | None:
        """What need not be computed again until the model changes.

        In training that is what no trainable parameter has a part in, in
        evaluation everything; whoever evaluates with gradients or trains
        without them gets it computed.
        """
        lasting = torch.is_grad_enabled() == self.training
        if lasting and name in self._constants:
            return self._constants[name]
        value = compute(*args)
        if lasting and (value is None or not value.requires_grad):
            self._constants[name] = value
        return value


def _of_clip(name: str) -> bool:
    return name.startswith(
        ('backbone.visual.', 'text_encoder.text.', 'cls_head.logit_scale')
    )
