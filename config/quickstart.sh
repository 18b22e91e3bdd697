#!/usr/bin/env bash
# From a bare Debian 12 to a demonstration city being served: installs what is missing, builds, plays the city's history through the engine, serves it.
#   config/quickstart.sh [--listen ADDRESS:PORT] [--data FOLDER] [--fresh] [--no-serve]
set -eu
export PYTHONDONTWRITEBYTECODE=1
cd "$(dirname "$0")/.."
. config/packages.sh

listen=127.0.0.1:8080
data=build/demo
fresh=no
serve=yes
while [ $# -gt 0 ]; do
  case $1 in
  --listen) listen=${2:?--listen ADDRESS:PORT}; shift 2 ;;
  --data) data=${2:?--data FOLDER}; shift 2 ;;
  --fresh) fresh=yes; shift ;;
  --no-serve) serve=no; shift ;;
  *) sed -n '2,3p' "$0" | sed 's/^# //'; exit 2 ;;
  esac
done

# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES $RUN_PACKAGES
mkdir -p build/release
echo "编译 · building …"
build release
[ "$fresh" = yes ] && rm -rf "$data"
if [ ! -e "$data/complete" ]; then
  rm -rf "$data"
  echo "建立演示城市 · building the demonstration city …"
  python3 config/demo/build.py --data "$data"
fi
python3 config/demo/build.py --data "$data" --who --url "http://$listen"
[ "$serve" = yes ] || exit 0
exec build/release/banfa serve --data "$data" --listen "$listen"
