#!/usr/bin/env bash
# Evaluate in GPUS processes, one for each GPU; without GPUs, on the CPU.
#   bash tools/dist_test.sh CONFIG CHECKPOINT GPUS [flags of test.py]
# For several machines, the same on each, with NNODES, NODE_RANK, MASTER_ADDR
# and PORT in the environment.
set -eu

CONFIG=${1:?give CONFIG CHECKPOINT GPUS [flags]}
CHECKPOINT=${2:?give CONFIG CHECKPOINT GPUS [flags]}
GPUS=${3:?give CONFIG CHECKPOINT GPUS [flags]}
TOOLS=$(dirname "$0")

PYTHONPATH="$TOOLS/..${PYTHONPATH:+:$PYTHONPATH}" \
exec python "$TOOLS/test.py" "$CONFIG" "$CHECKPOINT" --gpus "$GPUS" "${@:4}"
