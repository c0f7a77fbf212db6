#!/usr/bin/env bash
# Installs what the tests need from Debian: a browser, a font for its screenshots, and Python's venv.
# Does nothing when all is there, and prints the exact line when it may not install.
source "$(dirname "$0")/lib.sh"

packages=()
[[ -x /usr/bin/chromium ]] || packages+=(chromium)
[[ -n $(find /usr/share/fonts -name 'DejaVuSans.ttf' -print -quit 2>/dev/null) ]] || packages+=(fonts-dejavu-core)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)

((${#packages[@]} > 0)) || exit 0

if ! command -v apt-get >/dev/null || ! can_be_root; then
  {
    echo "The tests need these Debian packages, and this account may not install them. Please run:"
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
  } >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
as_root apt-get update
as_root apt-get install -y --no-install-recommends "${packages[@]}"
