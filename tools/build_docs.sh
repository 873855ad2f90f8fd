#!/usr/bin/env bash
# Builds the documentation site: bash tools/build_docs.sh [--active] [OUT]
# A warning is an error, so that a broken link does not stay.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/setup_env.sh "$@"
step 'Installing Sphinx ...' \
    "$PYTHON" -m pip install --disable-pip-version-check \
    -c requirements/constraints-py311.txt -r requirements/docs.txt
OUT=${ARGS[0]:-docs/_build}
"$PYTHON" -m sphinx --fail-on-warning --keep-going -q -b html docs "$OUT"
echo "Wrote $OUT/index.html"
