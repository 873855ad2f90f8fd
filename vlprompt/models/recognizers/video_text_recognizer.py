from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

import torch
from mmaction.models import BaseRecognizer
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..build import build_part, offer
from ..clip import embed_words, load_clip
from ..features import TokenizedTexts, VideoTextFeatures
from ..learned_weights import keep_learned_only
from ..towers.sharding import encode_sharded


@MODELS.register_module()
class VideoTextRecognizer(BaseRecognizer):
    """Compares videos with texts; the wiring of all methods.

    One CLIP is loaded and taken apart: its vision tower becomes part of the
    backbone, its text tower of the text encoder, its logit scale of the
    head.  Every part is given what its constructor asks for by name, see
    :func:`vlprompt.models.build.offer`.

    Args:
        clip: ``arch`` and ``pretrained`` of :func:`load_clip`.
        backbone: Config of a vision tower: frames (B, T, 3, H, W) and
            prompts to :class:`VisualFeatures`.
        texts: Config of what videos are compared with.
        cls_head: Config of the head.
        text_encoder: Config of a text tower.
        prompts: Config of a :class:`PromptLearner`, if prompts are learnt.
        pooler: Config of a temporal pooler.
        trainable: Patterns of the parameter names that are learnt; all
            others are frozen.  ``*`` matches anything.
        data_preprocessor: Config of MMAction2's ``ActionDataPreprocessor``
            with ``format_shape='NCTHW'``.

    Raises:
        UserError: If parts do not fit, or a pattern matches no parameter.
    """

    def __init__(
        self,
        clip: dict,
        backbone: dict,
        texts: dict,
        cls_head: dict,
        text_encoder: dict | None = None,
        prompts: dict | None = None,
        pooler: dict | None = None,
        trainable: Sequence[str] = (),
        data_preprocessor: dict | None = None,
    ) -> None:
        clip = load_clip(**clip)
        super().__init__(
            backbone=offer(backbone, visual=clip.visual),
            cls_head=offer(cls_head, logit_scale=clip.logit_scale),
            data_preprocessor=MODELS.build(
                data_preprocessor or dict(type='ActionDataPreprocessor')
            ),
        )
        self.text_encoder = build_part(
            text_encoder or dict(type='CLIPTextTower'), text=clip.text
        )
        self.texts = build_part(texts, tokenizer=clip.tokenizer)
        self.pooler = build_part(
            pooler or dict(type='MeanPooler'),
            embed_dim=clip.visual.output_dim,
        )
        self.prompts = self._build_prompts(prompts, clip)
        self._constants: dict[str, Tensor] = {}
        self._freeze(trainable)
        if self.texts.class_names is not None:
            self.set_classes(self.texts.class_names)

    def _build_prompts(self, prompts: dict | None, clip) -> nn.Module | None:
        words = self.texts.words
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

    def _freeze(self, trainable: Sequence[str]) -> None:
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
        keep_learned_only(self, frozen)
        if self.texts.anchor_template and any(
            p.requires_grad for p in self.text_encoder.parameters()
        ):
            raise UserError(
                'an anchor_template needs a frozen text encoder, but '
                f'trainable={list(trainable)} trains it'
            )

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The class names in the order of the labels, if known yet."""
        return self.texts.class_names

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class list of a data set, in the order of its labels."""
        self.texts.set_classes(names)
        self.cls_head.set_classes(len(names))
        self._constants.clear()

    def init_weights(self) -> None:
        """Nothing to do: every part is ready when it is made."""

    def train(self, mode: bool = True) -> 'VideoTextRecognizer':
        """Switch between training and evaluation."""
        self._constants.clear()
        return super().train(mode)

    def _load_from_state_dict(self, *args, **kwargs) -> None:
        self._constants.clear()
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
            data_samples: Not used: classes are compared, not samples.
            test_mode: Not used: training and testing are the same function.
        """
        if inputs.dim() != 6:
            raise UserError(
                f'inputs of shape {tuple(inputs.shape)}, expected (B, V, 3, '
                "T, H, W): end the pipeline with FormatShape('NCTHW')"
            )
        # (B, V, 3, T, H, W) -> (B * V, T, 3, H, W)
        clips = inputs.flatten(0, 1).transpose(1, 2)
        prompts = self._make_prompts()
        visual = self.backbone(clips, prompts['visual'])
        if stage == 'backbone':
            return visual, {}
        video = self.pooler(visual)
        if stage == 'neck':
            return video, {}
        text = self._constant('text', self._encode, prompts['text'])
        anchors = None
        if self.training:
            anchors = self._constant('anchors', self._encode_anchors)
        return VideoTextFeatures(video, text, anchors), {}

    def encode_texts(self) -> Tensor:
        """The (C, E) embeddings of the class texts, not normalised."""
        return self._constant(
            'text', self._encode, self._make_prompts()['text']
        )

    def _make_prompts(self) -> dict:
        if self.prompts is None:
            return dict(visual=None, text=None)
        return self.prompts()

    def _encode(self, prompts: list | None) -> Tensor:
        texts = self._on_device(self.texts())
        if self.training:
            return encode_sharded(self.text_encoder, texts, prompts)
        return self.text_encoder(texts, prompts)

    def _encode_anchors(self) -> Tensor | None:
        texts = self.texts.anchor_texts
        return texts and self.text_encoder(self._on_device(texts))

    def _on_device(self, texts: TokenizedTexts) -> TokenizedTexts:
        return texts.to(self.cls_head.logit_scale.device)

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
