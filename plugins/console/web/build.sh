#!/bin/sh
# Fetches what package-lock.json names, once, and builds into $WEB_OUT. Two builds at a time take turns.
cd "$(dirname "$0")" || exit 1
exec 9>.build.lock
flock 9
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error || {
    echo "网页所需的软件包未能取得,服务仍可使用 · the packages for the web pages could not be fetched; the server works without them; the next build tries again" >&2
    exit 0
  }
  touch node_modules/.package-lock.json
fi
npx --no-install vite build --outDir "$WEB_OUT" --emptyOutDir --logLevel error && node pack.mjs "$WEB_OUT"
