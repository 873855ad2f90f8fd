#!/usr/bin/env bash
# Evaluate on a slurm cluster, in GPUS tasks.
#   bash tools/slurm_test.sh PARTITION JOB_NAME CONFIG CHECKPOINT [flags]
# In the environment: GPUS, GPUS_PER_NODE, CPUS_PER_TASK, SRUN_ARGS (such as
# --gres=none where there are no GPUs).
set -eu

PARTITION=${1:?give PARTITION JOB_NAME CONFIG CHECKPOINT}
JOB_NAME=${2:?give PARTITION JOB_NAME CONFIG CHECKPOINT}
CONFIG=${3:?give PARTITION JOB_NAME CONFIG CHECKPOINT}
CHECKPOINT=${4:?give PARTITION JOB_NAME CONFIG CHECKPOINT}
TOOLS=$(dirname "$0")

PYTHONPATH="$TOOLS/..${PYTHONPATH:+:$PYTHONPATH}" \
exec python "$TOOLS/test.py" "$CONFIG" "$CHECKPOINT" \
    --slurm "$PARTITION" --job-name "$JOB_NAME" \
    ${GPUS:+--gpus "$GPUS"} \
    ${GPUS_PER_NODE:+--gpus-per-node "$GPUS_PER_NODE"} \
    ${CPUS_PER_TASK:+--cpus-per-task "$CPUS_PER_TASK"} \
    --srun-args="${SRUN_ARGS:-}" "${@:5}"
