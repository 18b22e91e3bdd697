#!/bin/sh
# out_of_tree.sh [BUILD-DIR]: installs a finished build to a temporary prefix, builds plugins/hello against nothing but what was
# installed, and checks that it and every installed plugin export exactly one symbol, banfa_plugin.
set -eu

source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$source/build/release}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "out_of_tree: $*" >&2
  exit 1
}

exports() { nm -D --defined-only "$1" | awk '{ print $NF }' | sort; }

cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" 2>&1 || { cat "$work/install.log" >&2; fail "the installation failed"; }
pc=$(find "$work/prefix" -name banfa.pc)
[ -n "$pc" ] || fail "banfa.pc is not installed"

# The file names the prefix the build was configured for; this one is temporary.
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
banfa() { pkg-config --define-variable=prefix="$work/prefix" "$@" banfa; }

mkdir "$work/author"
cp "$source/plugins/hello/hello.c" "$work/author/"
cd "$work/author"
# shellcheck disable=SC2046  # flags are words
cc -shared -fPIC -Wall -Wextra -Werror $(banfa --cflags) $(pkg-config --cflags libuv jansson) hello.c -o hello.so $(pkg-config --libs libuv jansson)
[ "$(exports hello.so)" = banfa_plugin ] || fail "hello.so exports: $(exports hello.so | tr '\n' ' ')"
if nm -D --undefined-only hello.so | grep -Eq ' bf_'; then fail "hello.so wants a symbol of banfa's"; fi

plugins=$(banfa --variable=plugindir)
[ -f "$plugins/hello.so" ] || fail "no plugins in $plugins"
# a sanitizer adds symbols of its own
if ! grep -q '^BF_SANITIZE:STRING=..*' "$build/CMakeCache.txt"; then
  for plugin in "$plugins"/*.so; do
    [ "$(exports "$plugin")" = banfa_plugin ] || fail "$plugin exports: $(exports "$plugin" | tr '\n' ' ')"
  done
fi
echo "ok - out_of_tree: a plugin built against the installed headers exports one symbol, as each of ours does"
