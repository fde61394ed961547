#!/bin/sh
# Asks the public list of known weaknesses about every locked version, and writes what the product is made of to
# out/sbom.json (CycloneDX). Where the list cannot be reached that is said, loudly, and nothing fails.
# Usage: sh scripts/audit.sh
set -u
cd "$(dirname "$0")/.."
tools=.venv/audit
skip() {
    echo "################################################################################" >&2
    echo "# NOT AUDITED: $1" >&2
    echo "# Nothing is known about weaknesses of the dependencies. Run 'make audit' where" >&2
    echo "# the package index and its list of weaknesses can be reached." >&2
    echo "################################################################################" >&2
    exit 0
}

if [ ! -x "$tools/bin/pip-audit" ]; then
    .venv/bin/python -m venv "$tools" &&
        "$tools/bin/python" -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3' 'cyclonedx-bom>=7,<8' ||
        skip "the tools cannot be installed"
fi
mkdir -p out
"$tools/bin/cyclonedx-py" environment --pyproject pyproject.toml --output-format JSON --output-file out/sbom.json .venv/bin/python &&
    echo "out/sbom.json lists the components."

said=$(mktemp)
trap 'rm -f "$said"' EXIT
"$tools/bin/pip-audit" --requirement constraints.txt --no-deps --disable-pip --progress-spinner off >"$said" 2>&1
code=$?
cat "$said"
if [ "$code" -ne 0 ]; then
    grep -qiE 'known vulnerabilit' "$said" && exit 1
    skip "the list of weaknesses cannot be reached"
fi
# Where the list knows none of the packages, as behind a mirror of the index, nothing was asked about and nothing found.
if grep -q 'could not be audited' "$said"; then
    skip "the list that was reached does not know every package"
fi
