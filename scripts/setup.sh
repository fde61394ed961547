#!/bin/sh
# Makes .venv with the given Python, from constraints.txt; does nothing where that has been done already.
#
#   sh scripts/setup.sh /path/to/python3.12
set -eu
python=$1
stamp=.venv/.installed

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$python" ] &&
    [ -z "$(find pyproject.toml constraints.txt -newer "$stamp")" ]; then
    exit 0
fi

echo "Setting up .venv with $("$python" --version); this takes a minute, once."
rm -rf .venv
"$python" -m venv .venv
# The constraint also holds in the isolated environments in which pip builds packages. Its path is
# relative because pip splits the variable at spaces.
if ! PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
    .venv/bin/python -m pip install --quiet --editable '.[dev,spark,postgresql]' >.venv/install.log 2>&1; then
    tail -n 25 .venv/install.log >&2
    echo "Set-up failed: pip could not install the packages (all it said is in .venv/install.log)." >&2
    exit 1
fi
printf '%s\n' "$python" >"$stamp"
