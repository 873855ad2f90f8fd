#!/usr/bin/env bash
# Train in GPUS processes, one for each GPU; without GPUs, on the CPU.
#   bash tools/dist_train.sh CONFIG GPUS [flags of train.py]
# For several machines, the same on each, with NNODES, NODE_RANK, MASTER_ADDR
# and PORT in the environment.
set -eu

CONFIG=${1:?give CONFIG GPUS [flags]}
GPUS=${2:?give CONFIG GPUS [flags]}
TOOLS=$(dirname "$0")

PYTHONPATH="$TOOLS/..${PYTHONPATH:+:$PYTHONPATH}" \
exec python "$TOOLS/train.py" "$CONFIG" --gpus "$GPUS" "${@:3}"
