"""Vanilla CLIP, Tip-Adapter(-F) and TDA beside a few-shot method.

The frozen CLIP encodes all videos once.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlprompt.jobs import Job, TrainJob
from vlprompt.jobs.feature_job import (
    FeatureJob,
    FeatureTestJob,
    FeatureTrainJob,
)

if TYPE_CHECKING:
    from mmengine.config import Config

# Published: 10 augmented views, which stored features do not have.
START = dict(alpha=3.0, beta=1.0)
EPOCHS = 20
BATCH = 256
ORDER_SEED = 1
HOOKS = ('ClassNamesHook', 'EpochSeedHook', 'BrokenVideosHook')
ROWS = {
    'clip': 'vanilla CLIP (baseline)',
    'tip': 'Tip-Adapter (baseline, nothing trained)',
    'tip_f': 'Tip-Adapter-F (baseline)',
    'tda': f'TDA (baseline, one pass in the order of seed {ORDER_SEED})',
}
OF_SHOTS = ('tip', 'tip_f')
TDA = dict(
    type='TestTimeCacheHead',
    positive=dict(size=3, alpha=3.0, beta=8.0),
    negative=dict(
        size=2, alpha=0.117, beta=1.0, entropy=(0.2, 0.5), mask=(0.03, 1.0)
    ),
)


@dataclass(frozen=True)
class Baselines:
    """The baselines of one data set.

    Attributes:
        name: Of the data set, in the names of jobs.
        out: The folder of all results.
        config: The method's, with the list of the test.
        lists: The training list of each number of shots.
        template: Of the class texts.
        val_lists: Of each number of shots the videos that alpha and beta are
            searched on; None if they stay where the published search starts.
        seed: Of training.
        flags: Of all tests.
    """

    name: str
    out: Path
    config: Config
    lists: Mapping[int, str]
    template: str
    val_lists: Mapping[int, str | None]
    seed: int = 0
    flags: Sequence[str] = field(default_factory=tuple)

    def jobs(self) -> Iterator[Job]:
        """Those of encoding, then those of all rows."""
        yield self._encode()
        for kind, head in (('clip', {}), ('tda', TDA)):
            config = self._config(head)
            if kind == 'tda':
                config.test_dataloader.sampler = dict(
                    type='DefaultSampler', shuffle=True, seed=ORDER_SEED
                )
            _test_only(config)
            yield self._test(f'{self.name}/{kind}/test', config, 'none')
        for shots in self.lists:
            for kind in OF_SHOTS:
                yield from self._cache(shots, kind)

    def job_of(self, kind: str, shots: int) -> str:
        """The name of the test whose metrics are a cell of a row."""
        if kind in OF_SHOTS:
            return f'{self.name}/{shots}shot/{kind}/test'
        return f'{self.name}/{kind}/test'

    @property
    def _features(self) -> str:
        return f'{self.name}/features'

    def _encode(self) -> Job:
        """Test videos, and the shots of all lists."""
        config = copy.deepcopy(self.config)
        config.model = self._model({}, 'CLIPVisionTower')
        _test_only(config)
        lists = [config.test_dataloader.dataset.ann_file, *self.lists.values()]
        lists += filter(None, self.val_lists.values())
        videos = tuple(dict.fromkeys(lists))
        return FeatureJob(self._features, config, videos, tuple(self.flags))

    def _cache(self, shots: int, kind: str) -> Iterator[Job]:
        """Make a cache, and learn its keys if that is the kind; test it."""
        config = self._config(dict(type='CacheHead', **START))
        config.train_dataloader = self._train_loader(config, shots)
        config.model.trainable = ['cls_head.keys']
        config.train_cfg = dict(type='CacheLoop', max_epochs=1, cache_views=1)
        config.param_scheduler = []
        if kind == 'tip_f':
            config.train_cfg.update(type='CacheTrainLoop', max_epochs=EPOCHS)
            config.param_scheduler = [
                dict(
                    type='CosineAnnealingLR',
                    T_max=EPOCHS,
                    by_epoch=True,
                    convert_to_iter_based=True,
                )
            ]
        config.optim_wrapper = dict(
            type='OptimWrapper',
            optimizer=dict(type='AdamW', lr=1e-3, eps=1e-4, weight_decay=1e-2),
        )
        self._validate(config, shots)
        folder = f'{self.name}/{shots}shot/{kind}'
        train = FeatureTrainJob(
            f'{folder}/train',
            config,
            (f'--seed={self.seed}',),
            features=self._features,
        )
        yield train
        yield self._test(f'{folder}/test', config, train)

    def _test(
        self, name: str, config: Config, checkpoint: str | TrainJob
    ) -> Job:
        config = copy.deepcopy(config)
        config.test_evaluator = dict(type='CountedAccMetric')
        flags = tuple(self.flags)
        return FeatureTestJob(
            name, config, checkpoint, flags, features=self._features
        )

    def _config(self, head: dict[str, Any]) -> Config:
        """CLIP and a head on stored features."""
        config = copy.deepcopy(self.config)
        config.model = self._model(head, 'StoredFramesTower')
        config.model.data_preprocessor.type = 'FramesPreprocessor'
        store = self.out / self._features
        loader = config.test_dataloader
        load = dict(
            type='LoadFrameFeatures',
            folder=os.path.abspath(store),
            root=loader.dataset.data_prefix.video,
            split=os.path.abspath(store / 'videos.json'),
        )
        loader.dataset.pipeline = [load, loader.dataset.pipeline[-1]]
        loader.update(
            batch_size=BATCH, num_workers=0, persistent_workers=False
        )
        config.custom_hooks = [dict(type=name) for name in HOOKS]
        config.default_hooks.checkpoint = dict(
            type='CheckpointHook', interval=1, max_keep_ckpts=1
        )
        config.auto_scale_lr = config.load_from = None
        return config

    def _train_loader(self, config: Config, shots: int) -> dict[str, Any]:
        loader = copy.deepcopy(config.test_dataloader)
        loader.sampler = dict(type='DefaultSampler', shuffle=True)
        loader.dataset.update(ann_file=self.lists[shots], test_mode=False)
        return loader

    def _model(self, head: dict[str, Any], tower: str) -> dict[str, Any]:
        """Frozen CLIP, the same whatever the method makes of it."""
        given = self.config.model
        clip = copy.deepcopy(given.clip)
        clip.pop('finetuned', None)
        preprocessor = copy.deepcopy(
            given.get('data_preprocessor') or dict(format_shape='NCTHW')
        )
        preprocessor.setdefault('type', 'ActionDataPreprocessor')
        preprocessor.pop('blending', None)
        return dict(
            type='VideoTextRecognizer',
            clip=clip,
            backbone=dict(type=tower),
            text_encoder=dict(type='CLIPTextTower'),
            texts=dict(type='ClassTexts', template=self.template),
            pooler=dict(type='MeanPooler'),
            cls_head={
                'type': 'SimilarityHead',
                'average_clips': 'prob',
                **head,
            },
            trainable=[],
            data_preprocessor=preprocessor,
        )

    def _validate(self, config: Config, shots: int) -> None:
        """Search alpha and beta on a validation list, if there is one."""
        config.val_cfg = config.val_dataloader = config.val_evaluator = None
        if self.val_lists[shots] is None:
            return
        config.val_dataloader = copy.deepcopy(config.test_dataloader)
        config.val_dataloader.dataset.ann_file = self.val_lists[shots]
        config.val_cfg = dict(type='ValLoop')
        config.val_evaluator = dict(type='CountedAccMetric')
        config.train_cfg.update(search={}, val_interval=EPOCHS)


def _test_only(config: Config) -> None:
    """Leave training and validation out; changed in place.

    So what is encoded are the views of the test.
    """
    for part in ('dataloader', 'cfg', 'evaluator'):
        config[f'val_{part}'] = None
    for name in ('train_dataloader', 'train_cfg', 'optim_wrapper'):
        config[name] = None
    config.param_scheduler = None
