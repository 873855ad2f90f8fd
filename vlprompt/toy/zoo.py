"""Every system in the toy world: ``vlprompt toy zoo``.

Trains each with the same budget and some seeds, tests it on base and novel
classes, and writes a table: accuracy on motions that the set of frames tells
and on those that only their order tells.  What is there from an earlier run
is used again.
"""

import json
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.runner import Runner
from torch import nn

from vlprompt.apis import build_runner, load_config, set_work_dir
from vlprompt.cli.train_options import set_randomness
from vlprompt.errors import UserError
from vlprompt.jobs import Jobs
from vlprompt.jobs.executors import SubprocessExecutor
from vlprompt.protocols.reports import write_page
from vlprompt.shipped import find_config
from vlprompt.whole_files import write_text

from .configs import data_options, place_descriptions
from .files import CLIP
from .zoo_run import RESULTS, ZooRun, run_name
from .zoo_score import measure
from .zoo_table import INTRO, make_table

# Seconds of training are told, and should be of a processor.
ONE_THREAD = {'OMP_NUM_THREADS': '1'}
# Config, and whether the method can tell the order of frames.
SYSTEMS = {
    'vanilla CLIP': ('clip/clip_toy', False),
    'ViFi-CLIP': ('vifi/vifi_toy', False),
    'CLIP image-FT': ('vifi/vifi_image_toy', False),
    'CLIP text-FT': ('vifi/vifi_text_toy', False),
    'VL prompting': ('vifi/vifi_vlp_toy', False),
    'PromptSRC': ('promptsrc/promptsrc_toy', False),
    'MaPLe': ('maple/maple_toy', False),
    'ViLT-CLIP': ('vilt/vilt_toy', False),
    'ActionCLIP, meanP': ('actionclip/actionclip_meanp_toy', False),
    'OST': ('ost/ost_toy', False),
    'BDC-CLIP': ('bdc/bdc_toy', False),
    'CLIP4Clip, meanP': ('clip4clip/clip4clip_toy', False),
    'X-Pool': ('xpool/xpool_toy', False),
    'T-MASS': ('tmass/tmass_toy', True),
    'Token-wise interaction': ('wti/wti_toy', False),
    'Vita-CLIP': ('vita/vita_toy', True),
    'ActionCLIP, Transf': ('actionclip/actionclip_toy', True),
    'ActionCLIP, LSTM': ('actionclip/actionclip_lstm_toy', True),
    'ActionCLIP, Conv_1D': ('actionclip/actionclip_conv1d_toy', True),
    'ActionCLIP, Transf_cls': ('actionclip/actionclip_cls_toy', True),
    'ActionCLIP, Shift': ('actionclip/actionclip_shift_toy', True),
    'X-CLIP': ('xclip/xclip_toy', True),
    'TC-CLIP': ('tc_clip/tc_clip_toy', False),
    'A5': ('a5/a5_toy', True),
    'AIM, linear head': ('aim/aim_toy', True),
    'AIM, class texts': ('aim/aim_text_toy', True),
    'T2L': ('t2l/t2l_toy', True),
    'MoTE': ('mote/mote_toy', True),
    'ST-Adapter, linear head': ('st_adapter/st_adapter_toy', True),
    'ST-Adapter, class texts': ('st_adapter/st_adapter_text_toy', True),
    'ZeroI2V, linear head': ('zeroi2v/zeroi2v_toy', True),
    # its neighbours are a set: it tells which frames stand side by side, but
    # not in which direction
    'Open-VCLIP': ('openvclip/openvclip_toy', False),
    'FROSTER': ('froster/froster_toy', False),
    'CLIP4Clip, seqLSTM': ('clip4clip/clip4clip_lstm_toy', True),
    'CLIP4Clip, seqTransf': ('clip4clip/clip4clip_transf_toy', True),
    'CLIP4Clip, tightTransf': ('clip4clip/clip4clip_tight_toy', True),
    'ViLT + Vita tokens + transformer': ('mixtures/vilt_vita_toy', True),
    'AIM + VL prompting': ('mixtures/aim_vlp_toy', True),
    'X-CLIP vision + ViLT': ('mixtures/xclip_vilt_toy', True),
    'ViLT + distillation': ('mixtures/vilt_distilled_toy', False),
    'MaPLe + temporal transformer': ('mixtures/a5_maple_toy', True),
}


def run_one(args: Namespace, config: str, seed: int) -> None:
    """Train and test one system; writes a file of results."""
    folder = args.out / run_name(config, seed)
    cfg = load_config(find_config(f'{config}.py'), _options(args, config))
    place_descriptions(cfg, args.data)
    set_work_dir(cfg, str(folder))
    start = time.process_time()
    model = _train(cfg, seed)
    seconds = time.process_time() - start
    learned = sum(p.numel() for p in model.parameters() if p.requires_grad)
    results = dict(learnt=learned, seconds=seconds)
    for name, loader in _loaders(args.data, cfg):
        results[name] = measure(model, loader)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / RESULTS, json.dumps(results, indent=2))


def _options(args: Namespace, config: str) -> dict[str, Any]:
    options = {
        'model.clip.pretrained': str(args.data / CLIP),
        **data_options(args.data, 'test', 'novel', 'val'),
    }
    if _learns(config):
        options |= {
            **data_options(args.data, 'train', 'base', 'train'),
            'train_dataloader.batch_size': args.batch_size,
            'train_cfg.max_epochs': args.epochs,
            'default_hooks.checkpoint.interval': args.epochs,
            'default_hooks.checkpoint.save_optimizer': False,
        }
    return options


def _train(cfg: Config, seed: int) -> nn.Module:
    if cfg.train_dataloader is None:  # nothing is learnt
        return build_runner(cfg).model
    set_randomness(cfg, seed, diff_rank_seed=False, deterministic=False)
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    return build_runner(cfg).train()


def _loaders(data: Path, cfg: Config) -> Iterator[tuple[str, Any]]:
    """Base and novel clips, the latter unless classes are fixed."""
    loader = cfg.test_dataloader
    novel = 'LinearHead' not in str(cfg.model.cls_head.type)
    for classes in ('base', 'novel') if novel else ('base',):
        loader.dataset.ann_file = f'{data}/{classes}_val.txt'
        loader.dataset.classes = f'{data}/{classes}_labels.csv'
        yield classes, Runner.build_dataloader(loader)


def _learns(config: str) -> bool:
    return config != 'clip/clip_toy'


def runs_of(args: Namespace, systems: dict) -> list[ZooRun]:
    """The runs of all seeds; what learns nothing needs a single one."""
    return [
        ZooRun(
            run_name(config, seed),
            args.data,
            config,
            seed,
            args.epochs,
            args.batch_size,
        )
        for seed in args.seeds
        for config, _ in systems.values()
        if _learns(config) or seed == args.seeds[0]
    ]


def run(args: Namespace) -> None:
    """Run everything and print the table.

    Raises:
        UserError: If there is no toy world.
    """
    if args.one:
        run_one(args, args.one[0], int(args.one[1]))
        return
    if not (args.data / CLIP).is_file():
        raise UserError(
            f'no toy world in {args.data}: make it by `vlprompt toy world`'
        )
    systems = {
        name: system
        for name, system in SYSTEMS.items()
        if not args.only or Path(system[0]).stem in args.only
    }
    executor = SubprocessExecutor(args.jobs, environment=ONE_THREAD)
    jobs = Jobs(args.out, executor, 'zoo.json')
    metrics = jobs.run(runs_of(args, systems))
    made = make_table(metrics, args.seeds, systems)
    table = made.markdown()
    print(table)
    summary = dict(protocol='toy zoo', tables=[made._asdict()])
    write_text(args.out / RESULTS, json.dumps(summary, indent=2))
    print(write_page(args.out))
    if args.table:
        intro = INTRO.format(
            command=f'vlprompt toy zoo --table {args.table}',
            seeds=f'seeds {", ".join(map(str, args.seeds))}',
        )
        write_text(args.table, f'{intro}\n{table}')
        print(f'Wrote {args.table}')
