#!/bin/sh
# Style by machine: Lua by luacheck, C by clang-format (Debian 12's), and the wall between the core and the regulation.
cd "$(dirname "$0")/../.." || exit 1
status=0

say() { # say NAME CODE OUTPUT
  if [ "$2" -eq 0 ]; then echo "ok - $1"; else
    echo "not ok - $1"
    printf '%s\n' "$3" | head -n 40
    status=1
  fi
}

out=$(luacheck -q scripts 2>&1)
say "luacheck: the scripts" $? "$out"

# shellcheck disable=SC2046  # file names are words
out=$(clang-format --dry-run -Werror $(git ls-files '*.c' '*.h' 2>/dev/null || find core plugins include tests -name '*.[ch]') 2>&1)
say "clang-format: the C sources" $? "$out"

# no word of the regulation in C
if out=$(grep -rnIiE '(retention|acceptance_|trial_run|pretech|builder|finance|bureau|annual_plan|政务|财政|验收|尾款)' core plugins include --include='*.c' --include='*.h'); then code=1; else code=0; fi
say "the core and the plugins know no word of the regulation" $code "$out"

# SQL only in the store, its callers in core and the storage plugins
if out=$(grep -rnlE '\b(SELECT|INSERT INTO|UPDATE) ' plugins --include='*.c' | grep -v '^plugins/storage_'); then code=1; else code=0; fi
say "no SQL in plugins that are not storage" $code "$out"
exit $status
