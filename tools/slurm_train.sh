#!/usr/bin/env bash
# Train on a slurm cluster, in GPUS tasks.
#   bash tools/slurm_train.sh PARTITION JOB_NAME CONFIG [WORK_DIR] [flags]
# In the environment: GPUS, GPUS_PER_NODE, CPUS_PER_TASK, SRUN_ARGS (such as
# --gres=none where there are no GPUs).
set -eu

PARTITION=${1:?give PARTITION JOB_NAME CONFIG}
JOB_NAME=${2:?give PARTITION JOB_NAME CONFIG}
CONFIG=${3:?give PARTITION JOB_NAME CONFIG}
GPUS=${GPUS:-8}
GPUS_PER_NODE=${GPUS_PER_NODE:-$((GPUS < 8 ? GPUS : 8))}
CPUS_PER_TASK=${CPUS_PER_TASK:-5}
TOOLS=$(dirname "$0")
FLAGS=("${@:4}")
if [[ $# -ge 4 && $4 != -* ]]; then
    FLAGS=(--work-dir "$4" "${@:5}")
fi

export MASTER_PORT=${MASTER_PORT:-$((12000 + RANDOM % 20000))}
# shellcheck disable=SC2086  # SRUN_ARGS are several words
PYTHONPATH="$TOOLS/..${PYTHONPATH:+:$PYTHONPATH}" \
exec srun \
    --partition="$PARTITION" \
    --job-name="$JOB_NAME" \
    --gres="gpu:$GPUS_PER_NODE" \
    --ntasks="$GPUS" \
    --ntasks-per-node="$GPUS_PER_NODE" \
    --cpus-per-task="$CPUS_PER_TASK" \
    --kill-on-bad-exit=1 \
    ${SRUN_ARGS:-} \
    python -u "$TOOLS/train.py" "$CONFIG" --launcher slurm "${FLAGS[@]}"
