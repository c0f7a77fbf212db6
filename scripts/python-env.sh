#!/usr/bin/env bash
# Makes .venv with the stock Python client that the tests let speak to the server. Does nothing when it is there.
source "$(dirname "$0")/lib.sh"

requirements=scripts/python-requirements.txt
stamp=.venv/.tautline-stamp

if [[ -x .venv/bin/python && -f $stamp ]] && cmp -s "$requirements" "$stamp"; then
  echo ".venv is up to date"
  exit 0
fi

python3 -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
