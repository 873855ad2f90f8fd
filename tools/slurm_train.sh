#!/usr/bin/env bash
# Train on a slurm cluster, in GPUS tasks.
#   bash tools/slurm_train.sh PARTITION JOB_NAME CONFIG [WORK_DIR] [flags]
# In the environment: GPUS, GPUS_PER_NODE, CPUS_PER_TASK, SRUN_ARGS (such as
# --gres=none where there are no GPUs).
set -eu

PARTITION=${1:?give PARTITION JOB_NAME CONFIG}
JOB_NAME=${2:?give PARTITION JOB_NAME CONFIG}
CONFIG=${3:?give PARTITION JOB_NAME CONFIG}
TOOLS=$(dirname "$0")
FLAGS=("${@:4}")
if [[ $# -ge 4 && $4 != -* ]]; then
    FLAGS=(--work-dir "$4" "${@:5}")
fi

PYTHONPATH="$TOOLS/..${PYTHONPATH:+:$PYTHONPATH}" \
exec python "$TOOLS/train.py" "$CONFIG" \
    --slurm "$PARTITION" --job-name "$JOB_NAME" \
    ${GPUS:+--gpus "$GPUS"} \
    ${GPUS_PER_NODE:+--gpus-per-node "$GPUS_PER_NODE"} \
    ${CPUS_PER_TASK:+--cpus-per-task "$CPUS_PER_TASK"} \
    --srun-args="${SRUN_ARGS:-}" "${FLAGS[@]}"
