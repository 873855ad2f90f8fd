"""Every system in the toy world: ``vlprompt toy zoo``.

Trains each method, alone and with what may be added to it, with the same
budget and some seeds, tests it on base and novel classes, and writes tables:
accuracy on motions that the set of frames tells and on those that only their
order tells.  What is there from an earlier run is used again.
"""

import json
from argparse import Namespace
from pathlib import Path

from vlprompt.errors import UserError, suggest
from vlprompt.jobs import Jobs
from vlprompt.jobs.executors import SubprocessExecutor
from vlprompt.protocols.reports import write_page
from vlprompt.whole_files import write_text

from .files import CLIP
from .zoo_cell import learns, run_cell
from .zoo_page import make_page
from .zoo_results import Systems, ZooResults, done_runs
from .zoo_run import RESULTS, ZooRun, run_name
from .zoo_time import time_needed
from .zoo_variants import DESCRIPTIONS, VARIANTS, trainings_of

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
    'LoRA': ('lora/lora_toy', False),
    'linear adapters': ('lora/linear_adapter_toy', False),
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
    'ViLT + LoRA': ('mixtures/lora_vilt_toy', False),
    'LoRA + distillation': ('mixtures/lora_froster_toy', False),
    'MaPLe + temporal transformer': ('mixtures/a5_maple_toy', True),
}


def runs_of(
    args: Namespace, systems: Systems, variants: list[str]
) -> list[ZooRun]:
    """The trainings of all seeds; what learns nothing needs a single one."""
    return [
        ZooRun(
            run_name(config, seed, training),
            args.data,
            config,
            training,
            seed,
            args.epochs,
            args.batch_size,
        )
        for seed in args.seeds
        for config, _ in systems.values()
        for training in trainings_of(variants)
        if learns(config) or seed == args.seeds[0]
    ]


def run(args: Namespace) -> None:
    """Run what is missing and print tables.

    Raises:
        UserError: If there is no toy world, or no such method.
    """
    if args.one:
        config, variant, seed = args.one
        run_cell(args, config, int(seed), variant)
        return
    _check_world(args.data)
    systems = _chosen(args.only)
    executor = SubprocessExecutor(args.jobs, environment=ONE_THREAD)
    jobs = Jobs(args.out, executor, 'zoo.json')
    if not args.show:
        runs = runs_of(args, systems, args.variants)
        print(time_needed(runs, jobs, args.epochs), flush=True)
        jobs.run(runs)
    _write(args, jobs, systems)


def _check_world(data: Path) -> None:
    for name in (CLIP, DESCRIPTIONS):
        if not (data / name).is_file():
            raise UserError(
                f'no toy world in {data}, or one without {name}: make it by '
                '`vlprompt toy world`'
            )


def _chosen(only: list[str] | None) -> Systems:
    """The systems of some names, or stems of configs; all without any."""
    if not only:
        return SYSTEMS
    stems = {Path(config).stem: name for name, (config, _) in SYSTEMS.items()}
    for word in only:
        if word not in stems and word not in SYSTEMS:
            known = [*stems, *SYSTEMS]
            raise UserError(
                f'--only {word}: no such method{suggest(word, known)}'
            )
    names = {stems.get(word, word) for word in only}
    return {n: system for n, system in SYSTEMS.items() if n in names}


def _write(args: Namespace, jobs: Jobs, systems: Systems) -> None:
    """Print the tables of some methods; the page has those of all."""
    runs = runs_of(args, SYSTEMS, list(VARIANTS))
    results = ZooResults(done_runs(runs, jobs), args.seeds)
    tables = make_page(results, systems, args.variants).tables
    print('\n'.join(table.markdown() for table in tables))
    dumped = [table._asdict() for table in tables]
    summary = dict(protocol='toy zoo', tables=dumped)
    write_text(args.out / RESULTS, json.dumps(summary, indent=2))
    print(write_page(args.out))
    if args.table:
        page = make_page(results, SYSTEMS, list(VARIANTS))
        write_text(args.table, page.markdown(args))
        print(f'Wrote {args.table}')
