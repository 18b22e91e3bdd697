#!/usr/bin/env bash
# Installs what is missing, builds the release and the checked build, runs every test and closes with "N passed, N failed".
#   tests/run.sh          everything
#   tests/run.sh quick    the fast ones, under a minute once built
#   tests/run.sh NAME…    those whose path contains one of the names
set -u
cd "$(dirname "$0")/.." || exit 1
. config/packages.sh
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 BANFA_ROOT="$PWD"

mode=all
names=()
for word in "$@"; do
  if [ "$word" = quick ]; then mode=quick; else names+=("$word"); fi
done

# shellcheck disable=SC2086
install_missing $BUILD_PACKAGES $RUN_PACKAGES $TEST_PACKAGES || exit 1
mkdir -p build/check build/release
for preset in check release; do
  build $preset || { echo "the $preset build failed"; echo "0 passed, 1 failed"; exit 1; }
done

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1

wanted() {
  [ ${#names[@]} -eq 0 ] && return 0
  for name in "${names[@]}"; do [[ $1 == *"$name"* ]] && return 0; done
  return 1
}

tests=()
for t in build/check/tests/test_*; do [ -x "$t" ] && wanted "$t" && tests+=("$t"); done
folders="tests/quick"
[ "$mode" = all ] && folders="tests/quick tests/unit tests/law tests/api tests/fault tests/browser tests/bench"
for folder in $folders; do
  for t in "$folder"/test_*.py "$folder"/*.sh; do [ -f "$t" ] && wanted "$t" && tests+=("$t"); done
done

# Each test is a program that prints lines "ok …" and "not ok …"; a program that fails without saying so counts as one failure.
run_one() {
  out="$1/$(echo "$2" | tr '/' '_').out"
  start=$(date +%s)
  case $2 in
  *.py) timeout -k 10 900 python3 "$2" >"$out" 2>&1 ;;
  *.sh) timeout -k 10 900 bash "$2" >"$out" 2>&1 ;;
  *) timeout -k 10 600 "$2" >"$out" 2>&1 ;;
  esac
  code=$?
  if [ $code -ne 0 ] && ! grep -qE '^not ok' "$out"; then echo "not ok - $2 ended with code $code" >>"$out"; fi
  bad=$(grep -cE '^not ok' "$out")
  good=$(grep -cE '^ok' "$out")
  if [ "$bad" -eq 0 ] && [ "$good" -eq 0 ]; then echo "not ok - $2 ran no test" >>"$out"; bad=1; fi
  printf '%s %s: %s passed, %s failed (%s s)\n' "$([ "$bad" -eq 0 ] && echo PASS || echo FAIL)" "$2" "$good" "$bad" "$(($(date +%s) - start))"
  grep -hE '^# (figure|report)' "$out"
  [ "$bad" -eq 0 ] || tail -n 60 "$out" | sed 's/^/    /'
}
export -f run_one
# Two at a time for what does not measure; the measuring ones alone, at the end.
printf '%s\n' "${tests[@]}" | grep -v '^tests/\(bench\|fault\)/' | xargs -r -P 2 -I{} bash -c 'run_one "$0" "$1"' "$results" {}
printf '%s\n' "${tests[@]}" | grep '^tests/\(bench\|fault\)/' | xargs -r -P 1 -I{} bash -c 'run_one "$0" "$1"' "$results" {}

passed=$(cat "$results"/*.out 2>/dev/null | grep -cE '^ok')
failed=$(cat "$results"/*.out 2>/dev/null | grep -cE '^not ok')
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
