# What banfa needs from Debian, by name; sourced by quickstart.sh and tests/run.sh.
BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libuv1-dev liblua5.4-dev libjansson-dev libssl-dev libsodium-dev libsqlite3-dev zlib1g-dev libcurl4-openssl-dev libxlsxwriter-dev node-llhttp uthash-dev"
RUN_PACKAGES="ca-certificates curl python3"
TEST_PACKAGES="openssl libcmocka-dev lua5.4 lua-check python3 python3-icalendar python3-vobject binutils procps clang-format python3-openpyxl wrk chromium fonts-noto-cjk"
# The pages are built by npm. A machine with its own Node.js of 18 or newer keeps it.
WEB_PACKAGES="nodejs npm"
if command -v npm >/dev/null && [ "$(node -p 'parseInt(process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]; then WEB_PACKAGES=""; fi
BUILD_PACKAGES="$BUILD_PACKAGES $WEB_PACKAGES"
# The peer of the benchmarks: fetched and unpacked below build/, never installed (its LuaJIT would take the place of the one that wrk needs).
PEER_PACKAGES="nginx libnginx-mod-http-lua libnginx-mod-http-ndk libluajit2-5.1-2 lua-resty-core lua-resty-lrucache lua-cjson libpcre3 libpcre2-8-0 tarantool libgomp1 libicu72 libunwind8 libyaml-0-2 libreadline8"
# A mail server for the tests, unpacked the same way, so that an installed one stays.
MAIL_PACKAGES="exim4-daemon-light exim4-base libgnutls-dane0 libidn12 libunbound8 libevent-2.1-7 libnsl2 libdb5.3 libnss-wrapper"

# install_missing NAME…: installs those that are not there; never touches what is (a newer Node stays).
install_missing() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  root=""
  if [ "$(id -u)" != 0 ]; then
    root=sudo
    if ! command -v sudo >/dev/null; then
      echo "缺少软件包,请以 root 运行:apt-get install$missing" >&2
      echo "Packages are missing; run this as root: apt-get install$missing" >&2
      return 1
    fi
  fi
  echo "安装 · installing:$missing"
  $root apt-get update -qq >/dev/null || return 1
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# build PRESET: configures once, builds what changed.
build() {
  [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >/dev/null || return 1
  cmake --build --preset "$1" -- -k 0 >"build/$1/build.log" 2>&1 || {
    grep -E 'error|FAILED|warning' "build/$1/build.log" >&2
    return 1
  }
}
