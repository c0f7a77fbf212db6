#!/usr/bin/env bash
# Checks the tools that this repository does not install by itself, and lists all that are missing in one message.
#   scripts/prerequisites.sh demo|test
source "$(dirname "$0")/lib.sh"

purpose=${1:-test}
missing=() # What is missing, and what to do about it.
packages=() # The Debian packages that bring what Debian has in a fresh enough version.

has() { command -v "$1" >/dev/null 2>&1; }
lacks() {
  missing+=("$1")
  [[ -z ${2:-} ]] || packages+=("$2")
}

has git || lacks "git" git
has make || lacks "make" make
has cc || lacks "a C compiler (cc)" build-essential

if ! has cargo || ! has rustc; then
  lacks "Rust 1.95 or newer: install it with rustup (https://rustup.rs)"
elif ! rustc --version >/dev/null 2>&1; then
  lacks "the Rust version that rust-toolchain.toml names: \`rustup toolchain install\` in this folder"
else
  for tool in rustfmt cargo-clippy; do
    has "$tool" || lacks "$tool: \`rustup component add rustfmt clippy\`"
  done
fi

if ! has node || ! has npm; then
  lacks "Node.js 20.19 or newer, with npm (https://nodejs.org)"
elif ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
  lacks "Node.js 20.19 or newer: this is $(node --version) (https://nodejs.org)"
fi

# Only the tests need Python, and `debian-packages.sh` installs it where it may.
if ! { has python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }; then
  if [[ $purpose == test ]] && ! { has apt-get && can_be_root; }; then
    lacks "Python 3 with venv (python3-venv)" python3-venv
  fi
fi

((${#missing[@]} > 0)) || exit 0
{
  echo "\`make $purpose\` needs what is missing here:"
  printf '  - %s\n' "${missing[@]}"
  if ((${#packages[@]} > 0)); then
    echo "On Debian and its relatives:"
    echo "  sudo apt-get update && sudo apt-get install -y ${packages[*]}"
  fi
  echo "Then run \`make $purpose\` again."
} >&2
exit 1
