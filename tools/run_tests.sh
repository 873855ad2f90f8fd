#!/usr/bin/env bash
# Runs all tests: bash tools/run_tests.sh [--active] [PYTEST ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup_env.sh "$@"
exec "$PYTHON" -m pytest tests "${ARGS[@]+"${ARGS[@]}"}"
