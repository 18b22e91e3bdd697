/* What a hostile script may try, row by row. Each attack runs in a call and, again, while the file is loaded. It must end within
 * its budget, name its line, and leave a state that is spent, or one that works as before. */
#include "sandbox_fixture.h"

#define BUDGET_MS 400
#ifdef BF_SANITIZED
#define SLACK_MS 4000 /* the checked build is slow, and shares its machine */
#else
#define SLACK_MS 1000
#endif
#define MEMORY (32u * 1024 * 1024)

/* ENDS: the script must not come through. HARMLESS: it may, since what it tries does nothing. */
enum due { ENDS, HARMLESS };

struct attack {
  const char *row, *script;
  enum due due;
};

static const char probe[] =
    "local s = require 'lib' return function(c) local o = {} for k, v in pairs(c) do o[#o + 1] = k .. v end\n"
    "table.sort(o) return { o, ('%d-%s'):format(math.floor(2.5), s.name), ('a1b2'):gsub('%d', ''), tostring({}), s.list[1] } end";
static const char probed[] = "[[\"a1\",\"b2\"],\"2-lib\",\"ab\",\"table\",7]";

static struct bf__sandbox *new_state(void) {
  struct bf__sandbox_limits limits = bf__sandbox_default_limits;
  struct bf__sandbox *sandbox;
  limits.memory = MEMORY;
  limits.call_ms = limits.load_ms = BUDGET_MS;
  sandbox = fixture_state(&limits);
  fixture_add(sandbox, "lib.lua", "return { name = 'lib', list = { 7 } }");
  fixture_add(sandbox, "probe.lua", probe);
  expect_call(sandbox, "run", "[\"probe.lua\",{\"b\":2,\"a\":1}]", probed);
  return sandbox;
}

static void prove_clean(struct bf__sandbox *sandbox, const char *row) {
  struct bf_error err;
  char *text;
  if (bf__sandbox_spent(sandbox)) return;
  text = fixture_call(sandbox, "run", "[\"probe.lua\",{\"b\":2,\"a\":1}]", &err);
  if (!text) fail_msg("row %s: the state is broken afterwards: [%s] %s", row, err.where, err.message);
  if (strcmp(text, probed) != 0) fail_msg("row %s: the state is poisoned: %s", row, text);
  free(text);
}

static void check(const struct attack *attack, const char *text) {
  struct bf__sandbox *sandbox = new_state();
  struct bf_error err;
  char *result;
  double from = fixture_ms(), took;
  memset(&err, 0, sizeof err);
  if (bf__sandbox_add(sandbox, "evil.lua", text, strlen(text), &err))
    fail_msg("row %s: [%s] %s", attack->row, err.where, err.message);
  result = fixture_call(sandbox, "run", "[\"evil.lua\",{\"x\":1,\"l\":[1,2,3]}]", &err);
  took = fixture_ms() - from;
  if (took > BUDGET_MS + SLACK_MS) fail_msg("row %s: took %.0f ms", attack->row, took);
  if (took > BUDGET_MS + 100) print_message("row %s: %.0f ms over\n", attack->row, took - BUDGET_MS);
  if (bf__sandbox_memory(sandbox) > MEMORY) fail_msg("row %s: holds %zu bytes", attack->row, bf__sandbox_memory(sandbox));
  if (result && attack->due == ENDS) fail_msg("row %s: came through with %s", attack->row, result);
  if (!result && strncmp(err.where, "evil.lua", 8) != 0)
    fail_msg("row %s: the place is [%s]: %s", attack->row, err.where, err.message);
  if (!result && err.code != BF_ESCRIPT && !(err.code == BF_ELIMIT && bf__sandbox_spent(sandbox)))
    fail_msg("row %s: code %d", attack->row, err.code);
  free(result);
  prove_clean(sandbox, attack->row);
  from = fixture_ms();
  bf__sandbox_free(sandbox);
  if (fixture_ms() - from > SLACK_MS) fail_msg("row %s: freeing took %.0f ms", attack->row, fixture_ms() - from);
}

static const struct attack attacks[] = {
    {"0", "while true do end", ENDS},
    {"0b", "local function f() return f() end f()", ENDS},
    {"0c", "::a:: goto a", ENDS},
    {"0d", "for i = 1, math.huge do end", ENDS},
    {"1", "local s = string.dump(function() end)", ENDS},
    {"1b", "load('\\27Lua', 'x', 'b')()", ENDS},
    {"2", "return load('return os.execute')()", ENDS},
    {"2b", "os.execute('true')", ENDS},
    {"2c", "return io.open('/etc/passwd')", ENDS},
    {"2d", "dofile('/etc/passwd')", ENDS},
    {"2e", "return package.loadlib('x', 'y')", ENDS},
    {"2f", "return require 'io'", ENDS},
    {"2g", "return require '../../etc/passwd'", ENDS},
    {"2h", "return require 'lib/../lib'", ENDS},
    {"3", "return string.rep('', math.maxinteger)", HARMLESS},
    {"3b", "return ('x'):rep(math.maxinteger)", ENDS},
    {"3c", "return (''):rep(math.maxinteger, 'x')", ENDS},
    {"3d", "return ('x'):rep(math.maxinteger // 2 + 2, 'x')", ENDS},
    {"4", "return ('x'):rep(1 << 30)", ENDS},
    {"4b", "return string.pack('c1000000000', '')", ENDS},
    {"4c", "local s = ('x'):rep(200000) return string.format('%s%s%s', s, s, s)", ENDS},
    {"4d", "local s = ('x'):rep(200000) local n = 0 while true do s = s .. s end", ENDS},
    {"4e", "local s = ('x'):rep(200000) return table.concat { s, s }", ENDS},
    {"4f", "return (('x'):rep(200000):gsub('x', 'yyyy'))", ENDS},
    {"4g", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", ENDS},
    {"4h", "local s = ('x'):rep(200000) while true do pcall(string.format, '%s%s', s, s) end", ENDS},
    {"4i", "return ('%99999d'):format(1)", ENDS},
    {"5", "return ('a'):rep(32):find(('a-'):rep(32) .. 'b')", ENDS},
    {"5b", "return ('a'):rep(32):match(('a?'):rep(32) .. ('a'):rep(32) .. 'b')", ENDS},
    {"5c", "for _ in ('a'):rep(40):gmatch(('a*'):rep(40) .. 'b') do end", ENDS},
    {"5d", "return ('a'):rep(100000):find(('.-'):rep(100) .. 'b')", ENDS},
    {"6", "return ('a'):rep(200000):gsub('a-b', '')", ENDS},
    {"6b", "return ('('):rep(200000):gsub('%b()', '')", ENDS},
    {"6c", "return ('a'):rep(200000):find('[' .. ('b'):rep(200000) .. ']')", ENDS},
    {"6d", "local s = ('a'):rep(100000) return (s .. 'b'):find('^(a*)(a*)%1%2c')", ENDS},
    {"6e", "return ('a'):rep(200):find(('('):rep(200))", ENDS},
    {"6f", "return ('a'):rep(100000):find(('a?'):rep(50000))", ENDS},
    {"7", "return ('a'):rep(250000):find(('a'):rep(125000) .. 'b', 1, true)", HARMLESS},
    {"7b", "local a, b = ('a'):rep(250000), ('a'):rep(125000) .. 'b' while true do local _ = a:find(b, 1, true) end", ENDS},
    {"8", "while true do pcall(function() while true do end end) end", ENDS},
    {"8b", "local function f() pcall(f) while true do end end f()", ENDS},
    {"9", "while true do coroutine.resume(coroutine.create(function() while true do end end)) end", ENDS},
    {"10", "local function f() return coroutine.wrap(f)() end f()", ENDS},
    {"11", "local function loop() while true do end end for i = 1, 1e6 do setmetatable({}, { __gc = loop }) end", ENDS},
    {"11b",
     "local mt = {} local t = setmetatable({}, mt) mt.__gc = function() while true do end end t = nil for i = 1, 1e5 do local _ "
     "= { i } end",
     HARMLESS},
    {"11c",
     "for _, k in ipairs { '__gc', '__close', '__mode', '__metatable', '__tostring', '__name', '__pairs', '__newindex' } do\n"
     "if pcall(setmetatable, {}, { [k] = 'k' }) or pcall(setmetatable, {}, { [k] = function() end }) then error(k) end end",
     HARMLESS},
    {"12", "return setmetatable({}, { __gc = function() while true do end end })", ENDS},
    {"13", "getmetatable('').__index = function() while true do end end", ENDS},
    {"13b", "setmetatable('', {})", ENDS},
    {"13c", "string.find = function() while true do end end", ENDS},
    {"13d", "(''):find('').x = 1", ENDS},
    {"14", "debug.sethook()", ENDS},
    {"15", "collectgarbage('stop')", ENDS},
    {"15b", "local t = {} while true do t = { t, t } end", ENDS},
    {"15c", "local t = {} while true do t[#t + 1] = {} end", ENDS},
    {"16", "error(setmetatable({}, { __tostring = function() while true do end end }))", ENDS},
    {"16b",
     "error(setmetatable({}, { __concat = function() while true do end end, __index = function() while true do end end }))",
     ENDS},
    {"17", "table.move({}, 1, 1 << 40, 2)", ENDS},
    {"17b", "table.move({}, 1, math.maxinteger, 2)", ENDS},
    {"17c", "table.move({}, math.mininteger, -1, 2)", ENDS},
    {"18", "table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, 1)", HARMLESS},
    {"18b", "table.remove(setmetatable({}, { __len = function() return 1 << 40 end }), 1)", HARMLESS},
    {"18c", "return table.concat(setmetatable({}, { __len = function() return 1 << 40 end }))", HARMLESS},
    {"18d", "return table.unpack(setmetatable({}, { __len = function() return 1 << 40 end }))", HARMLESS},
    {"18e", "table.sort(setmetatable({}, { __len = function() return 1 << 40 end }))", HARMLESS},
    {"18f", "local t = {} for i = 0, 62 do t[1 << i] = 1 end table.insert(t, 1, 1)", HARMLESS},
    {"18g", "local t = {} for i = 0, 62 do t[1 << i] = 1 end table.remove(t, 1)", HARMLESS},
    {"18h", "return table.unpack({}, 1, 1 << 40)", ENDS},
    {"18i", "return table.unpack({}, 1, 1e6)", ENDS},
    {"18j", "return select(-1, table.unpack({}, math.mininteger, math.maxinteger))", ENDS},
    {"18k", "return table.concat({}, '', 1, 1 << 40)", ENDS},
    {"18l", "return table.concat({}, 'x', math.maxinteger, math.maxinteger)", ENDS},
    {"19",
     "local mt = {} local t = setmetatable({}, mt) mt.__len = function() return 1 << 40 end table.insert(t, 1, 1) if #t ~= 1 "
     "then while true do end end",
     HARMLESS},
    {"20", "local t = {} for i = 1, 100000 do t[i * ((1 << 17) - 1)] = true end", ENDS},
    {"20b",
     "local t = {} for i = 1, 16000 do t[i * ((1 << 14) - 1)] = true end while true do for i = 1, 16000 do t[i * ((1 << 14) - "
     "1)] = i end end",
     ENDS},
    {"20c", "local m = ((1 << 13) - 1) * ((1 << 14) - 1) while true do local t = {} for i = 1, 16000 do t[i * m] = true end end",
     ENDS},
    {"20d",
     "local m = ((1 << 13) - 1) * ((1 << 14) - 1) local t = {} for i = 1, 16000 do t[i * m] = true end while true do for k in "
     "pairs(t) do end end",
     ENDS},
    {"20e", "local m = ((1 << 14) - 1) local t = {} for i = 1, 16000 do t[i * m] = true end while true do local _ = t[-m] end",
     ENDS},
    {"20f",
     "local m = ((1 << 12) - 1) * ((1 << 13) - 1) while true do local t = {} for i = 1, 8000 do t[i * m + 0.0] = true end for k "
     "in pairs(t) do t[k] = nil end end",
     ENDS},
    {"21", "local function f() local x <close> = setmetatable({}, { __close = function() while true do end end }) f() end f()",
     ENDS},
    {"21b", "local function f() local x <close> = nil return f() end f()", ENDS},
    {"22", "local t = {} for i = 1, 900000 do t[i] = -i end table.sort(t)", ENDS},
    {"22b", "local t = {} for i = 1, 90000 do t[i] = -i end while true do table.sort(t) end", ENDS},
    {"22c",
     "local t = {} for i = 1, 16000 do t['k' .. i] = i end for i = 1, 16000 do t['k' .. i] = nil end while true do next(t) end",
     ENDS},
    {"22d", "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end",
     ENDS},
    {"22e",
     "local t = { 3, 1, 2 } table.sort(t, function(a, b) t[#t + 1] = 1 return a < b end) while true do table.sort(t, function() "
     "error 'x' end) end",
     ENDS},
    {"24", "return ('%p'):format({})", ENDS},
    {"24b", "if tostring({}):find('0x') or tostring(print == nil):find('0x') then return 1 end return 'no' .. {}", ENDS},
    {"26", "xpcall(function() while true do end end, function() while true do end end)", ENDS},
    {"26b", "while true do xpcall(error, function() while true do end end) end", ENDS},
    {"26c", "xpcall(error, function(e) error(e) end, 'x') while true do xpcall(error, error) end", ENDS},
    {"27", "local ok = pcall(pcall, pcall, function() while true do end end) return ok", ENDS},
    {"27b", "return function() pcall(pcall, pcall, function() while true do end end) return 'done' end", ENDS},
    {"27c", "return apply(pcall, apply, function() while true do end end)", ENDS},
    {"28", "while true do pcall(string.rep, 'x', 1e7) end", ENDS},
    {"28b", "while true do pcall(string.rep, 'x', 2e5) end", ENDS},
    {"28c", "local z, y = ('\\0'):rep(250000) .. 'a', ('\\0'):rep(250000) .. 'b' while true do local _ = z < y end", ENDS},
    {"28d", "local s = ('x'):rep(250000) while true do local _ = s .. 'y' end", ENDS},
    {"28e", "local s = ('x'):rep(250000) while true do s:upper() s:reverse() utf8.len(s) end", ENDS},
    {"28f", "local s = ('9'):rep(250000) while true do local _ = tonumber(s), s + 0 end", ENDS},
    {"28g", "local s = ('x'):rep(250000) while true do local _ = s == (s:sub(1, -2) .. 'x') end", ENDS},
    {"28h", "local s = ('x'):rep(250000) local t = {} while true do t[s .. #t] = 1 end", ENDS},
    {"28i", "local s = ('x'):rep(250000) while true do for _ in utf8.codes(s) do end end", ENDS},
    {"29", "math.floor = 1", ENDS},
    {"29b", "require('lib').name = 'evil'", ENDS},
    {"29c", "table.insert(require('lib').list, 1, 'evil')", ENDS},
    {"29d", "return function(c) c.x = 5 end", ENDS},
    {"29e", "return function(c) table.sort(c.l, function(a, b) return a > b end) end", ENDS},
    {"29f", "for k in pairs(_ENV) do _ENV[k] = nil end", ENDS},
    {"29g", "local t = setmetatable({}, { __index = math }) t.floor = 1 return t.floor", HARMLESS},
    {"29h", "local l = require 'lib' setmetatable(l, { __index = function() return 'evil' end })", ENDS},
    {"29i", "today.is = 'evil'", ENDS},
    {"30", "local function f() return 1 + f() end f()", ENDS},
    {"30b", "local function f() pcall(f) f() end f()", ENDS},
    {"30c", "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) return t[1]", ENDS},
    {"30d", "local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a }) return a.x", ENDS},
    {"30e", "local a, b = setmetatable({}, { __call = 1 })", ENDS},
    {"30f", "local t = { 1 } for i = 1, 1e6 do t = { t } end return t", ENDS},
    {"30g", "local f = function() end for i = 1, 1e5 do local g = f f = function() return g end end return f", ENDS},
    {"30h", "local s = 'x' for i = 1, 250 do s = s .. (s:gsub('x', function() return nil end)) end", ENDS},
    {"30i", "local function f(s) return (s:gsub('x', f)) end return f('x')", ENDS},
    {"30j", "local t = { 2, 1 } local function c() table.sort({ 2, 1 }, c) end table.sort(t, c)", ENDS},
    {"30k", "return setmetatable({}, { __eq = function(a, b) return a == b end }) == setmetatable({}, {})", ENDS},
};

static void test_attacks_while_called(void **state) {
  char *text = malloc(4096);
  (void)state;
  assert_non_null(text);
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
    const char *script = attacks[i].script;
    if (strncmp(script, "return function", 15) == 0) continue;
    (void)snprintf(text, 4096, "return function(c)\n%s\nend", script);
    check(&attacks[i], text);
  }
  free(text);
}

static void test_attacks_while_loaded(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) check(&attacks[i], attacks[i].script);
}

/* Row 25: the order of pairs, and with it every byte of a result, is the same in all states (each has its own seed). */
static void test_same_bytes_in_every_state(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    expect_script(
        "local o = {} for k, v in pairs { h = 8, a = 1, g = 7, b = 2, f = 6, c = 3, e = 5, d = 4 } do o[#o + 1] = k end\n"
        "return { order = table.concat(o), z = 1, y = { q = 1, p = 2 }, x = 3 }",
        NULL, "{\"order\":\"abcdefgh\",\"x\":3,\"y\":{\"p\":2,\"q\":1},\"z\":1}");
  }
}

/* Row 23: what a script returns. */
static void test_bad_results(void **state) {
  static const char *const bad[] = {"local t = {} t.t = t return t",
                                    "local t = {} for i = 1, 90 do t = { t } end return t",
                                    "return { f = function() end }",
                                    "return 0 / 0",
                                    "return 1 / 0",
                                    "return '\\xc0\\x80'",
                                    "return { 1, x = 2 }",
                                    "local t = {} for i = 1, 30000 do t[i] = i end return t"};
  char text[200];
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    (void)snprintf(text, sizeof text, "return function() %s end", bad[i]);
    expect_script_error(text, NULL, NULL, "result");
  }
}

struct source {
  const char *what, *part;
  void (*write)(char *to, size_t room);
};

static void write_constant(char *to, size_t room) {
  (void)snprintf(to, room, "return '");
  memset(to + 8, 'x', 600000);
  (void)snprintf(to + 600008, room - 600008, "'");
}
static void write_locals(char *to, size_t room) {
  size_t n = 0;
  for (int i = 0; i < 300; i++) n += (size_t)snprintf(to + n, room - n, "local a%d = 1\n", i);
}
static void write_nested(char *to, size_t room) {
  (void)snprintf(to, room, "return ");
  memset(to + 7, '(', 250);
  memset(to + 257, ')', 250);
  to[507] = '\0';
}
static void write_tables(char *to, size_t room) {
  (void)snprintf(to, room, "return ");
  memset(to + 7, '{', 100000);
  to[100007] = '\0';
}
static void write_functions(char *to, size_t room) {
  size_t n = 0;
  for (int i = 0; i < 250; i++) n += (size_t)snprintf(to + n, room - n, "return function() ");
}
static void write_concats(char *to, size_t room) {
  size_t n = (size_t)snprintf(to, room, "local x = 'a' return x");
  for (int i = 0; i < 100000; i++) n += (size_t)snprintf(to + n, room - n, "..x");
}
static void write_collisions(char *to, size_t room) {
  size_t n = (size_t)snprintf(to, room, "local t = 1\n");
  for (long i = 1; i < 40000; i++) n += (size_t)snprintf(to + n, room - n, "t=%ld\n", i * 131071);
}

/* Row 30: what only the compiler sees. */
static void test_bad_sources(void **state) {
  static const struct source sources[] = {
      {"constant", "256 KiB", write_constant},    {"locals", "too many local variables", write_locals},
      {"nested", "overflow", write_nested},       {"tables", "overflow", write_tables},
      {"functions", "overflow", write_functions}, {"concats", "overflow", write_concats},
      {"collisions", "16384", write_collisions}};
  size_t room = 1048000;
  char *text = malloc(room);
  (void)state;
  assert_non_null(text);
  for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
    struct bf__sandbox *sandbox = new_state();
    struct bf_error err = {0};
    double from = fixture_ms();
    sources[i].write(text, room);
    if (bf__sandbox_add(sandbox, "evil.lua", text, strlen(text), &err) == 0) fail_msg("%s compiled", sources[i].what);
    if (!strstr(err.message, sources[i].part)) fail_msg("%s: [%s] %s", sources[i].what, err.where, err.message);
    if (strncmp(err.where, "evil.lua", 8) != 0) fail_msg("%s: [%s] %s", sources[i].what, err.where, err.message);
    if (fixture_ms() - from > SLACK_MS) fail_msg("%s: %.0f ms", sources[i].what, fixture_ms() - from);
    prove_clean(sandbox, sources[i].what);
    bf__sandbox_free(sandbox);
  }
  free(text);
}

/* A script that swallows its end inside the prelude's own try: the call fails all the same. */
static void test_prelude_cannot_be_used_to_swallow(void **state) {
  struct bf__sandbox *sandbox = new_state();
  struct bf_error err;
  (void)state;
  fixture_add(sandbox, "evil.lua", "while true do end");
  assert_null(fixture_call(sandbox, "try", "[\"evil.lua\"]", &err));
  assert_int_equal(err.code, BF_ELIMIT);
  assert_string_equal(err.where, "evil.lua:1");
  bf__sandbox_free(sandbox);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_attacks_while_called),
      cmocka_unit_test(test_attacks_while_loaded),
      cmocka_unit_test(test_same_bytes_in_every_state),
      cmocka_unit_test(test_bad_results),
      cmocka_unit_test(test_bad_sources),
      cmocka_unit_test(test_prelude_cannot_be_used_to_swallow),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
