#!/usr/bin/env bash
# Runs the tests: bash tools/run_tests.sh [--active] [--fast] [PYTEST ARGUMENTS]
#
# --fast leaves out what takes more than a few seconds or runs whole commands.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup_env.sh "$@"
flags=()
if "$PYTHON" -c 'import xdist' 2>/dev/null; then
    flags=(-n auto --maxprocesses 8 --dist worksteal)
fi
for arg in "${ARGS[@]+"${ARGS[@]}"}"; do
    if [ "$arg" = --fast ]; then
        flags+=(-m 'not slow and not e2e')
    else
        flags+=("$arg")
    fi
done
exec "$PYTHON" -m pytest tests "${flags[@]+"${flags[@]}"}"
