#!/usr/bin/env bash
# Prepares the environment; to be sourced: . tools/setup_env.sh [--active]
#
# Makes .venv in the repository with the tested versions, or with --active
# (or VLPROMPT_ACTIVE_ENV=1) uses the active environment.  Leaves the
# interpreter in $PYTHON and the arguments that are not its own in
# "${ARGS[@]}".  VLPROMPT_PYTHON names the Python to make .venv with.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ACTIVE=${VLPROMPT_ACTIVE_ENV:-0}
ARGS=()
for arg in "$@"; do
    if [ "$arg" = --active ]; then ACTIVE=1; else ARGS+=("$arg"); fi
done

step() { # message command...: run quietly, show the output of a failure
    local message=$1 log
    shift
    log=$(mktemp)
    echo "$message"
    if ! "$@" >"$log" 2>&1; then
        tail -n 30 "$log"
        echo "error: this step failed: $message" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

find_python() {
    local candidate
    for candidate in "${VLPROMPT_PYTHON:-}" python3.11 python3 python; do
        if [ -n "$candidate" ] && "$candidate" -c \
            'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
        then
            echo "$candidate"
            return
        fi
    done
    echo 'error: no Python >= 3.10 found; name one in VLPROMPT_PYTHON' >&2
    exit 1
}

install_packages() {
    local pip=("$PYTHON" -m pip install --disable-pip-version-check)
    local pins="$ROOT/requirements/constraints-py311.txt"
    if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'
    then
        # The tested set is of Python 3.11; elsewhere its core is kept.
        grep -E '^(torch|torchvision|mmengine|mmcv-lite|mmaction2|open_clip_torch|setuptools)==' \
            "$pins" >"$ROOT/.venv/constraints.txt"
        pins="$ROOT/.venv/constraints.txt"
    fi
    # torch first: no other package may choose its version.
    step 'Installing torch ...' "${pip[@]}" -c "$pins" \
        torch torchvision setuptools wheel
    step 'Installing the other packages ...' "${pip[@]}" -c "$pins" \
        -r "$ROOT/requirements/without-decord.txt" \
        -r "$ROOT/requirements/tests.txt"
    # It requires decord, which many machines cannot have.
    step 'Installing MMAction2 ...' "${pip[@]}" -c "$pins" --no-deps mmaction2
    step 'Installing vlprompt ...' "${pip[@]}" --no-deps \
        --no-build-isolation -e "$ROOT"
}

if [ "$ACTIVE" = 1 ]; then
    PYTHON=$(command -v python3 || command -v python)
    export PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}"
else
    STAMP="$ROOT/.venv/installed"
    HASH=$(cat "$ROOT"/requirements/*.txt "$ROOT/setup.py" | cksum)
    if [ "$(cat "$STAMP" 2>/dev/null)" != "$HASH" ]; then
        PYTHON=$(find_python) || exit 1
        step "Making $ROOT/.venv ..." "$PYTHON" -m venv "$ROOT/.venv"
        PYTHON="$ROOT/.venv/bin/python"
        install_packages
        echo "$HASH" >"$STAMP"
    fi
    PYTHON="$ROOT/.venv/bin/python"
fi
"$PYTHON" -c 'import vlprompt' || exit 1
export PYTHON
