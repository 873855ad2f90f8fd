#!/usr/bin/env bash
# Checks style, spelling and repeated code: bash tools/lint.sh [--active]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup_env.sh "$@"
step 'Installing ruff, codespell and pylint ...' \
    "$PYTHON" -m pip install --disable-pip-version-check \
    -c requirements/constraints-py311.txt -r requirements/lint.txt
"$PYTHON" -m ruff check .
"$PYTHON" -m ruff format --check .
"$PYTHON" -m codespell_lib
# Blocks of eight lines that stand in two files; tests may say things twice.
"$PYTHON" -m pylint --disable=all --enable=duplicate-code \
    --min-similarity-lines=8 --score=n vlprompt tools
