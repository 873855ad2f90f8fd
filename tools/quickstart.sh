#!/usr/bin/env bash
# From a fresh machine to a trained and evaluated model, in the toy world:
#   bash tools/quickstart.sh [--active] [--seed N] [--epochs N] [--force]
# --active uses the active environment instead of making .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup_env.sh "$@"
exec "$PYTHON" tools/quickstart.py "${ARGS[@]+"${ARGS[@]}"}"
