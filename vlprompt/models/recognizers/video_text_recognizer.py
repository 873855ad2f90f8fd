from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from mmaction.models import BaseRecognizer
from torch import Tensor

from vlprompt.name_rules import check_names
from vlprompt.registry import MODELS

from ..builder import build_part, inject_context
from ..clip.loader import load_clip
from ..clip.names import is_clip
from ..clip.preprocessing import preprocessor_config
from ..features import TokenizedTexts, VideoTextFeatures, VisualFeatures
from ..layers.temporal import check_padding, fold_views, frame_mask
from ..precision import autocast_to, cast_frozen_weights
from ..roles import Conditioner, Head, Pooler
from ..teacher import make_teacher
from ..text_bank import TextBank
from ..text_ends import finish_texts
from ..token_poolers import statistics_dim
from ..trainable_state import drop_frozen_from_state_dict, set_trainable
from .compatibility import check_compatibility
from .conditioning import condition
from .texts_and_prompts import build_texts_and_prompts


@MODELS.register_module()
class VideoTextRecognizer(BaseRecognizer):
    """Compares videos with texts; the wiring of all methods.

    One CLIP is loaded and taken apart: its vision tower becomes part of the
    backbone, its text tower of the text encoder, its logit scale of the
    head.  Every part is given what its constructor asks for by name
    (:func:`inject_context`); :mod:`vlprompt.models.roles` says what it has.

    Args:
        clip: The arguments of :func:`load_clip`.
        backbone: Config of a vision tower, such as :class:`CLIPVisionTower`.
        cls_head: Config of the head.
        texts: Config of what videos are compared with; None if with none.
        text_encoder: Config of a text tower.
        prompts: Config of a :class:`PromptLearner`, if prompts are learned.
        pooler: Config of a temporal pooler.
        conditioner: Config of what makes the texts depend on the video.
        teacher: What the frozen CLIP that regularizers compare with reads
            and starts from, if not the same: see :func:`make_teacher`.
        trainable: Patterns of the parameter names that are learned; all
            others are frozen.  ``*`` matches anything.
        not_loaded: Patterns of the names in a checkpoint that this model
            does without; any other it does not know is refused.
        frozen_dtype: ``'bfloat16'`` or ``'float16'`` to hold the matrices
            of what is frozen in, and to compute in; ``--amp`` sets it.
        data_preprocessor: Of MMAction2, with ``format_shape='NCTHW'``;
            ``from_clip=True`` takes mean and std of the tag in ``clip``.

    Attributes:
        class_names: In the order of the labels; None if not known yet.
        text_bank: Says when and by which process texts are encoded.

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
        teacher: dict | None = None,
        trainable: Sequence[str] = (),
        not_loaded: Sequence[str] = (),
        frozen_dtype: str | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        preprocessor = preprocessor_config(data_preprocessor, clip)
        source, clip = clip, load_clip(**clip)
        super().__init__(
            backbone=inject_context(backbone, visual=clip.visual),
            data_preprocessor=MODELS.build(preprocessor),
        )
        embed_dim = getattr(self.backbone, 'out_dim', clip.embed_dim)
        width = clip.widths['visual']
        context = dict(width=width, embed_dim=embed_dim, text=clip.text)
        context['statistics_dim'] = statistics_dim(self.backbone)
        pooler = pooler or dict(type='MeanPooler')
        self.pooler = build_part(pooler, Pooler, visual=clip.visual, **context)
        scales = dict(logit_scale=clip.logit_scale, logit_bias=clip.logit_bias)
        self.cls_head = build_part(cls_head, Head, **scales, **context)
        self.conditioner = build_part(conditioner, Conditioner, **context)
        self.texts, self.text_encoder, self.prompts = build_texts_and_prompts(
            clip, texts, text_encoder, prompts
        )
        check_compatibility(self, embed_dim, clip.embed_dim)
        set_trainable(self, trainable)
        drop_frozen_from_state_dict(self, is_clip, not_loaded, clip.positions)
        self.frozen_dtype = frozen_dtype
        cast_frozen_weights(self, frozen_dtype)
        self.teacher = make_teacher(self, teacher, clip, source, backbone)
        self.class_names: tuple[str, ...] | None = None
        self.text_bank = TextBank(self.texts, self.text_encoder, self.prompts)
        if getattr(self.texts, 'class_names', None) is not None:
            self.set_classes(self.texts.class_names)

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class list of a data set, in the order of its labels."""
        names = check_names(names)
        if self.texts is not None:
            self.texts.set_classes(names)
        if self.teacher is not None:
            self.teacher.set_classes(names)
        self.cls_head.set_num_classes(len(names))
        self.class_names = names
        self.text_bank.clear()

    def init_weights(self) -> None:
        """Nothing to do: every part is ready when it is made."""

    def forward(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        """MMAction2's ``forward``, in the precision of the frozen weights."""
        with self.autocast(inputs.device):
            return super().forward(inputs, *args, **kwargs)

    def autocast(self, device: torch.device) -> AbstractContextManager[None]:
        """The precision of the frozen weights, for a ``with`` statement."""
        return autocast_to(device.type, self.frozen_dtype)

    def loss(self, inputs: Tensor, data_samples: list, **kwargs) -> dict:
        """The losses of a batch, by name; see the head."""
        features, _ = self.extract_feat(inputs, data_samples=data_samples)
        return self.cls_head.loss(features, data_samples)

    def predict(self, inputs: Tensor, data_samples: list, **kwargs) -> list:
        """The samples with their predictions; see the head."""
        features, _ = self.extract_feat(inputs, data_samples=data_samples)
        return self.cls_head.predict(features, data_samples)

    def extract_feat(
        self,
        inputs: Tensor,
        stage: str = 'head',
        data_samples: list | None = None,
        test_mode: bool = False,
    ) -> tuple[VideoTextFeatures | VisualFeatures | Tensor, dict]:
        """(B, V, 3, T, H, W) inputs to features, views folded into B.

        Args:
            inputs: Normalised pixels.
            stage: ``'backbone'`` for :class:`VisualFeatures`, ``'neck'`` for
                the (B * V, E) videos, ``'head'`` for
                :class:`VideoTextFeatures`.
            data_samples: For texts of the batch, and clips with padding.
            test_mode: Not used: training and testing are the same function.
        """
        clips = fold_views(inputs)
        tokens = None
        if stage == 'head':
            tokens = self.text_bank.tokens(data_samples)
        prompts = self.make_prompts(tokens)
        check_padding(self.backbone, data_samples, clips)
        visual = self.backbone(clips, prompts['visual'])
        visual = visual._replace(mask=frame_mask(data_samples, clips))
        if stage == 'backbone':
            return visual, {}
        features = self._finish(visual, stage, tokens, prompts)
        if self.teacher is not None and self.training and stage == 'head':
            features = self.teacher.join(features, clips, tokens, data_samples)
        return features, {}

    def finish_feat(
        self,
        visual: VisualFeatures,
        stage: str = 'head',
        data_samples: list | None = None,
    ) -> VideoTextFeatures | Tensor:
        """What follows the vision tower, for frames encoded before.

        Args:
            visual: As :meth:`extract_feat` gives it for ``'backbone'``.
            stage: ``'neck'`` or ``'head'``, see there.
            data_samples: See there.
        """
        tokens = None
        if stage == 'head':
            tokens = self.text_bank.tokens(data_samples)
        return self._finish(visual, stage, tokens, self.make_prompts(tokens))

    def _finish(
        self,
        visual: VisualFeatures,
        stage: str,
        tokens: TokenizedTexts | None,
        prompts: dict,
    ) -> VideoTextFeatures | Tensor:
        video = self.pooler(visual)
        if stage == 'neck':
            return video
        features = VideoTextFeatures.without_text(video, visual)
        if tokens is None:
            return features
        encoded = self.text_bank(tokens, prompts['text'])
        tokens = tokens.share_before(prompts['text'] or ())
        text = condition(self, encoded, tokens, visual)
        anchors = self.text_bank.anchors() if self.training else None
        return features._replace(
            text=text, anchors=anchors, targets=tokens.targets
        ).with_tokens(encoded, tokens)

    def encode_texts(self, texts: Sequence[str] | None = None) -> Tensor:
        """(C, E) texts, not normalised, not made for a video.

        Args:
            texts: Inside the template; the class names if not given.
        """
        if texts is not None:
            return self.text_bank.encode(texts, self.make_prompts)
        tokens = self.text_bank.tokens()
        encoded = self.text_bank(tokens, self.make_prompts(tokens)['text'])
        return finish_texts(self.text_encoder, encoded, tokens)

    def make_prompts(self, tokens: TokenizedTexts | None) -> dict:
        """Texts, if there are any, to the prompts of both towers."""
        if self.prompts is None:
            return dict(visual=None, text=None)
        return self.prompts(None if tokens is None else tokens.slots)

    def train(self, mode: bool = True) -> 'VideoTextRecognizer':
        """Switch between training and evaluation."""
        self.text_bank.clear()
        return super().train(mode)

    def _apply(self, *args, **kwargs) -> 'VideoTextRecognizer':
        """Move to a device, change the dtype."""
        self.text_bank.clear()
        if self.teacher is not None:
            self.teacher.apply(*args)
        return super()._apply(*args, **kwargs)

    def _load_from_state_dict(self, *args, **kwargs) -> None:
        self.text_bank.restart()
        super()._load_from_state_dict(*args, **kwargs)
