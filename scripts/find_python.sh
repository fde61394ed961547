#!/bin/sh
# Prints the path of a Python that the project can be set up with, or one sentence saying what is missing.
#
#   sh scripts/find_python.sh            looks for one
#   sh scripts/find_python.sh COMMAND    takes this one or none
#
# A command that exists need not run: a version manager's shim fails when its version is not chosen. So
# each candidate is started and asked.
here=$(dirname "$0")
complaint=""

# Whether this command is a usable Python; prints its path, or leaves the first complaint.
try() {
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null </dev/null) || version=""
    case $version in
    3.11 | 3.12)
        answer=$("$1" "$here/check_python.py" 2>&1 </dev/null) && printf '%s\n' "$answer" && return 0
        complaint=${complaint:-$answer}
        ;;
    "") unusable="PYTHON=$1 does not run: name Python 3.11 or 3.12, as in make PYTHON=python3.12" ;;
    *) unusable="PYTHON=$1 is Python $version, and this project is locked for 3.11 and 3.12: name one of those, as in make PYTHON=python3.12" ;;
    esac
    return 1
}

if [ -n "$1" ]; then
    try "$1" && exit 0
    printf '%s\n' "${complaint:-$unusable}"
    exit 1
fi
for candidate in python3.12 python3.11 python3 python; do
    try "$candidate" && exit 0
done
printf '%s\n' "${complaint:-No Python 3.11 or 3.12 runs here: install one (on Debian and Ubuntu: apt-get install python3 python3-venv python3-dev), or name it with make PYTHON=/path/to/python3.12}"
exit 1
