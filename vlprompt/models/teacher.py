"""The frozen CLIP that regularizers compare a model with."""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from .builder import build_part
from .clip.loader import CLIP, load_clip
from .distributed import encode_sharded
from .features import TokenizedTexts, VideoTextFeatures
from .precision import cast_frozen_weights
from .roles import Texts
from .towers import CLIPTextTower, CLIPVisionTower, StoredFramesTower

CHUNK = 1024  # texts that are encoded at a time


class FrozenTeacher:
    """The CLIP that a model starts from, without what the model adds to it.

    It shares the weights of CLIP that the model leaves frozen and has copies
    of those that it learns, so that it costs no memory over a frozen CLIP.
    It is not a module: nothing of it is in a state dict, learns, or is run
    in evaluation.  Texts are encoded once and kept, all but captions.

    Args:
        vision: CLIP's vision tower.
        encoder: CLIP's text tower; None if the model compares with no texts.
        texts: What the model compares with.
        own: What the teacher reads in its place, if not the same.
    """

    def __init__(
        self,
        vision: CLIPVisionTower,
        encoder: CLIPTextTower | None,
        texts: Texts | None,
        own: Texts | None = None,
    ) -> None:
        self.vision = vision
        self.encoder = encoder
        self.texts = texts
        self.own = own
        if encoder is not None:
            _check_words(own or texts)
        self.forget()

    @property
    def towers(self) -> list[nn.Module]:
        """The vision tower, and the text tower if there is one."""
        return [t for t in (self.vision, self.encoder) if t is not None]

    def forget(self) -> None:
        """Encode all texts anew: they are for another device or precision."""
        self._rows: dict[tuple[bool, bytes], int] = {}
        self._table: Tensor | None = None

    def set_classes(self, names: tuple[str, ...]) -> None:
        """Take the class names of a data set, in the order of its labels."""
        if self.own is not None:
            self.own.set_classes(names)

    def apply(self, *args: Any) -> None:
        """Move its own weights as ``nn.Module._apply`` does the model's."""
        self.forget()
        for tower in self.towers:
            tower._apply(*args)

    @torch.no_grad()
    def join(
        self,
        features: VideoTextFeatures,
        clips: Tensor,
        tokens: TokenizedTexts | None,
        data_samples: list | None,
    ) -> VideoTextFeatures:
        """The features of a model beside those of its teacher.

        Args:
            features: Of the model.
            clips: (B, T, 3, H, W) frames.
            tokens: The texts that the model has read.
            data_samples: Of the batch.
        """
        frames = self.vision(clips).frames
        text = None if tokens is None else self.encode(tokens, data_samples)
        teacher = VideoTextFeatures(
            frames, text, targets=features.targets, mask=features.mask
        )
        return features._replace(teacher=teacher)

    def encode(
        self, tokens: TokenizedTexts, data_samples: list | None
    ) -> Tensor:
        """(C, E) or (R * C, E) features that match those of the model.

        Raises:
            UserError: If texts of its own are not those of the model's.
        """
        if self.own is None:
            return self._read(self.texts, tokens)
        own = self.own(data_samples)
        own = own.to(next(self.encoder.parameters()).device)
        features = self._read(self.own, own)
        if own.targets is None:
            # of all classes, where the model may have those of a batch
            wanted = tokens.targets
            return features if wanted is None else features[wanted]
        if tokens.targets is None or not torch.equal(
            tokens.targets, own.targets
        ):
            raise UserError(
                'model.teacher.texts are not of the same classes or captions '
                "as the model's texts"
            )
        return features

    def _read(self, texts: Texts, tokens: TokenizedTexts) -> Tensor:
        if texts.class_names is None:  # captions do not come again soon
            return self.encoder(tokens)
        features = self._look_up(tokens)
        if tokens.targets is not None:
            return features
        return texts.combine(features)

    def _look_up(self, tokens: TokenizedTexts) -> Tensor:
        """C texts to (C, E), most of them from the table."""
        # Processes divide the texts that all of them have, and must then
        # lack the same ones.
        same = tokens.targets is None
        ids, ends = tokens.host_ids.numpy(), tokens.ends.tolist()
        keys = [
            (same, row[: end + 1].tobytes())
            for row, end in zip(ids, ends, strict=True)
        ]
        # of texts that are there twice, one
        new = {k: i for i, k in enumerate(keys) if k not in self._rows}
        for part in torch.tensor([*new.values()]).long().split(CHUNK):
            self._append(tokens.pick(part), same)
        first = len(self._rows)
        self._rows |= {key: first + i for i, key in enumerate(new)}
        index = torch.tensor([self._rows[key] for key in keys])
        return self._table[index.to(self._table.device)]

    def _append(self, tokens: TokenizedTexts, same: bool) -> None:
        """Add texts to the table; processes divide those they all have."""
        if not len(tokens.ids):
            return
        if same:
            features = encode_sharded(self.encoder, tokens, None)
        else:
            features = self.encoder(tokens)
        known = [] if self._table is None else [self._table]
        self._table = torch.cat([*known, features])


def make_teacher(
    model: nn.Module,
    cfg: dict | None,
    clip: CLIP,
    source: dict,
    backbone: dict,
) -> FrozenTeacher | None:
    """The teacher of a model, if a part of it has ``needs_teacher = True``.

    Args:
        model: The recognizer; what it learns is set, its frozen weights have
            their precision.
        cfg: ``texts``, a config of what the teacher reads, if not the texts
            of the model, and ``pretrained``, its weights, if they are not
            those that the model starts from.
        clip: What the model is made of.
        source: The arguments of :func:`load_clip` that ``clip`` comes from.
        backbone: Config of the vision tower; the teacher's is compiled if
            it is.

    Raises:
        UserError: If nobody needs the teacher that is configured, or it has
            nothing to read.
    """
    if not any(getattr(m, 'needs_teacher', False) for m in model.modules()):
        if cfg:
            raise UserError('model.teacher is given, but no part needs it')
        return None
    cfg = {**(cfg or {})}
    texts, pretrained = cfg.pop('texts', None), cfg.pop('pretrained', None)
    for key in cfg:
        raise UserError(
            f'model.teacher does not take the key {key!r}; it takes texts '
            'and pretrained'
        )
    own = build_part(texts, Texts, tokenizer=clip.tokenizer)
    if pretrained is not None:
        changes = dict(pretrained=pretrained, finetuned=None)
        clip = load_clip(**{**source, **changes})
    learned = {id(p) for p in model.parameters() if p.requires_grad}
    # Stored embeddings of frames are those of the frozen CLIP, if it is this.
    tower = StoredFramesTower if pretrained is None else CLIPVisionTower
    vision = tower(
        _frozen(clip.visual, learned), compile=backbone.get('compile', False)
    )
    encoder = model.texts and CLIPTextTower(_frozen(clip.text, learned))
    teacher = FrozenTeacher(vision, encoder, model.texts, own)
    for tower in teacher.towers:
        cast_frozen_weights(tower, model.frozen_dtype)
    return teacher


def _frozen(module: nn.Module, learned: set[int]) -> nn.Module:
    """The same module, with copies of the weights that are learned."""
    kept = {id(p): p for p in module.parameters() if id(p) not in learned}
    return copy.deepcopy(module, kept).requires_grad_(False).eval()


def _check_words(texts: Texts) -> None:
    """Refuse learnable tokens that start from no words."""
    if None in texts.init_ids:
        kind = type(texts).__name__
        raise UserError(
            'the frozen CLIP cannot read a template with learnable tokens '
            'that start from no words: give it another by model.teacher='
            f"dict(texts=dict(type='{kind}', template='a video of {{}}'))"
        )
