#!/bin/sh
# Makes .venv with the given Python, from requirements.lock; does nothing where that has been done already.
#
#   sh scripts/setup.sh /path/to/python3.12 run    what running needs
#   sh scripts/setup.sh /path/to/python3.12 all    what tests, checks and benchmarks need besides
#
# Nothing is installed whose hash is not in the lock. The tools that build packages come first, so that none is fetched
# for a build by itself, unlocked. uv, which is among them, installs the rest; where it cannot, pip does, in its own time.
set -eu
python=$1
part=$2
lock=requirements.lock
log=.venv/install.log

# Whether .venv has this part, from this Python, and newer than what it is made from.
has() {
    [ -f ".venv/.has-$1" ] && [ "$(cat ".venv/.has-$1")" = "$python" ] &&
        [ -z "$(find pyproject.toml $lock -newer ".venv/.has-$1")" ]
}

# Says nothing of packages that are there already.
with_pip() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps "$@" >>"$log" 2>&1
}

# uv trusts the certificates that come with it, unless told which ones this system trusts.
with_uv() {
    [ -x .venv/bin/uv ] || return 1
    if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then
        export SSL_CERT_FILE="$PIP_CERT"
    fi
    .venv/bin/uv pip install --python .venv/bin/python --quiet --no-build-isolation --no-deps "$@" >>"$log" 2>&1
}

fail() {
    tail -n 25 "$log" >&2
    echo "Set-up failed: the packages could not be installed (all that was said is in $log)." >&2
    exit 1
}

if has "$part"; then
    exit 0
fi
if has run; then
    echo "Adding to .venv what tests and checks need."
else
    echo "Setting up .venv with $("$python" --version); this takes a minute, once."
    rm -rf .venv
    "$python" -m venv .venv
fi
sed '/^# --- run/,$d' $lock >.venv/build.lock
with_pip --require-hashes --requirement .venv/build.lock || fail
if [ "$part" = run ]; then
    sed '/^# --- development/,$d' $lock >.venv/wanted.lock
else
    cp $lock .venv/wanted.lock
fi
with_uv --require-hashes --requirement .venv/wanted.lock || {
    echo "uv could not; pip installs the packages." >>"$log"
    with_pip --require-hashes --requirement .venv/wanted.lock || fail
}
with_pip --editable . || fail
# uv has done its work, and is as large as a tenth of all the rest.
.venv/bin/python -m pip --quiet uninstall --yes uv >>"$log" 2>&1 || true
# What is not compiled now is compiled at every start where Python may not write beside the sources.
.venv/bin/python -m compileall -q -j 0 -x '/tests?/' src .venv/lib >>"$log" 2>&1 || true
printf '%s\n' "$python" >.venv/.has-run
if [ "$part" = all ]; then
    printf '%s\n' "$python" >.venv/.has-all
fi
