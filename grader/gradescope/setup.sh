#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image.
set -euo pipefail
SOURCE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
HOME_OF_GRADER="${GRADER_HOME:-/opt/grader}"
TORCH="@TORCH@"

# The references are root's alone; students' code runs as somebody else.
chown -R root:root "$SOURCE"
chmod -R go-rwx "$SOURCE"

new_enough() { command -v "$1" >/dev/null && "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
found() { for PYTHON in python3.14 python3.13 python3.12 python3.11 python3; do if new_enough "$PYTHON"; then return 0; fi; done; return 1; }

if ! found; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    for version in 3.13 3.12 3.11; do
        if apt-get install -q -y "python$version" "python$version-venv"; then break; fi
    done
    found || { echo "Python 3.11 or newer is needed: choose a newer base image"; exit 2; }
fi

"$PYTHON" -m venv "$HOME_OF_GRADER"
# By itself and pinned: a plain torch would bring several GB of CUDA libraries.
if [ -n "$TORCH" ]; then
    "$HOME_OF_GRADER/bin/python" -m pip install -q "$TORCH" --index-url https://download.pytorch.org/whl/cpu ||
        "$HOME_OF_GRADER/bin/python" -m pip install -q "$TORCH"
fi
"$HOME_OF_GRADER/bin/python" -m pip install -q "$SOURCE/grader"
chmod -R a+rX "$HOME_OF_GRADER"

# The log of the build says which isolation students' code gets here.
cd /
"$HOME_OF_GRADER/bin/python" -P -m grader doctor
