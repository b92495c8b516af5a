#!/usr/bin/env bash
# What the machine itself must have: `system.sh python` for the workbench, `system.sh test` for the tests.
# As root on Debian it installs what is missing; else it says what to install.
set -eu

install() { # COMMAND-OR-TEST-DESCRIPTION PACKAGE...
  local what=$1
  shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $what (apt-get install $*) …"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
  else
    echo "Labwright needs $what. On Debian: sudo apt-get install $*" >&2
    exit 1
  fi
}

case ${1:-} in
  python)
    python=${PYTHON:-python3}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
      echo "Labwright needs Python 3.11 or newer; '$python' is not. Try: make PYTHON=python3.12 …" >&2
      exit 1
    }
    "$python" -c 'import ensurepip, venv' 2>/dev/null || install "Python's venv" python3-venv
    ;;
  test)
    command -v chromium >/dev/null || install "Chromium for the browser tests" chromium
    ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null ||
      install "PostgreSQL" postgresql
    command -v curl >/dev/null || install "curl" curl
    # The Hub's proxy is a Node program; it lives in the environment, not on the machine.
    if [ ! -x .venv/share/hub-proxy/node_modules/.bin/configurable-http-proxy ]; then
      echo "Installing the Hub's proxy (npm) …"
      npm install --silent --no-package-lock --prefix .venv/share/hub-proxy configurable-http-proxy@5
    fi
    ;;
  *)
    echo "usage: system.sh python|test" >&2
    exit 2
    ;;
esac
