/* The script runtime: values, views, files, globals, purity, errors, memory. */
#include "sandbox_fixture.h"

#include "sandbox_internal.h"

#define CASE                                                                                                                     \
  "{\"id\":\"c1\",\"facts\":{\"x\":1,\"name\":\"名\",\"list\":[10,20,30],\"none\":null,\"empty\":[],\"real\":1.5,\"yes\":true}}"
#define WITH_CASE "[\"f.lua\"," CASE "]"

static void test_values_cross(void **state) {
  (void)state;
  expect_script("return function(...) return { n = select('#', ...), all = { ... } } end", "[\"f.lua\",1,\"a\",true,2.5]",
                "{\"all\":[1,\"a\",true,2.5],\"n\":4}");
  expect_script("return function(c) return c end", WITH_CASE,
                "{\"id\":\"c1\",\"facts\":{\"x\":1,\"name\":\"名\",\"list\":[10,20,30],\"none\":null,\"empty\":[],\"real\":1.5,"
                "\"yes\":true}}");
  expect_script("return function(c) local n = 0 for _ in pairs(c.facts) do n = n + 1 end return { c.facts.x, c.facts.name, "
                "c.facts.real, c.facts.yes, n } end",
                WITH_CASE, "[1,\"名\",1.5,true,6]");
  expect_script("return function() end", NULL, "null");
  expect_script("return {}", NULL, "{}");
  expect_script("return { 1, { a = {} }, 9007199254740993, 3.0 }", NULL, "[1,{\"a\":{}},9007199254740993,3.0]");
  expect_script("return function(c) return c.facts.none == nil and type(c.facts.empty) == 'table' and #c.facts.empty == 0 end",
                WITH_CASE, "true");
}

static void test_views_read_like_tables(void **state) {
  (void)state;
  expect_script("return function(c) local l = c.facts.list return { #l, table.concat(l, ','), { table.unpack(l) }, rawlen(l), "
                "(next(l)) } end",
                WITH_CASE, "[3,\"10,20,30\",[10,20,30],3,1]");
  expect_script("return function(c) local o = {} for i, v in ipairs(c.facts.list) do o[i] = v * 2 end for k in pairs(c.facts) do "
                "o[#o + 1] = k end return o end",
                WITH_CASE, "[20,40,60,\"empty\",\"list\",\"name\",\"real\",\"x\",\"yes\"]");
  expect_script("return function(c) return { c.facts == c.facts, c.facts.list == c.facts.list, tostring(c), type(c) } end",
                WITH_CASE, "[true,true,\"table\",\"table\"]");
  expect_script(
      "return function(c) local f = c.facts.list for k, v in pairs(c.facts) do if k == 'list' then return f == v end end end",
      WITH_CASE, "true");
  expect_script("return function(c) return table.move(c.facts.list, 1, 3, 2, { 5 }) end", WITH_CASE, "[5,10,20,30]");
  expect_script("return function(c) return { c.facts.list[1], c.facts.list[4] == nil, c.facts[1] == nil, c.nowhere == nil } end",
                WITH_CASE, "[10,true,true,true]");
}

static void test_views_cannot_be_written(void **state) {
  static const struct {
    const char *write, *part;
  } bad[] = {
      {"c.facts.x = 2", "cannot set 'x'"},
      {"c.facts.new = 2", "cannot set 'new'"},
      {"c.facts.list[2] = 2", "cannot set [2]"},
      {"c.facts[{}] = 2", "cannot set [a table]"},
      {"table.insert(c.facts.list, 1)", "read-only"},
      {"table.remove(c.facts.list)", "read-only"},
      {"table.sort(c.facts.list)", "read-only"},
      {"table.move({ 1 }, 1, 1, 1, c.facts.list)", "read-only"},
      {"setmetatable(c, {})", "read-only"},
      {"math.floor = 1", "cannot set 'floor'"},
      {"string.x = 1", "cannot set 'x'"},
      {"today.deep[1] = 5", "cannot set [1]"},
      {"_ENV.x = 1", "'x' is not declared"},
      {"for k in pairs(table) do table[k] = nil end", "cannot set 'concat'"},
  };
  char text[200];
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    (void)snprintf(text, sizeof text, "return function(c)\n%s end", bad[i].write);
    expect_script_error(text, WITH_CASE, "f.lua:2", bad[i].part);
  }
}

static void test_results_are_checked(void **state) {
  static const struct {
    const char *script, *part;
  } bad[] = {
      {"return { a = { 1, function() end } }", "result.a[2]: a function"},
      {"return { a = 0 / 0 }", "result.a: not a finite"},
      {"return { 1 / 0 }", "result[1]: not a finite"},
      {"return { a = { [1] = 1, b = 2 } }", "result.a: names and numbers"},
      {"return { [1] = 1, [3] = 3 }", "result[2]: a hole"},
      {"return { [0] = 1 }", "a hole"},
      {"return { [1 << 62] = 1 }", "a hole"},
      {"return { [1.5] = 1 }", "neither a name"},
      {"return { [true] = 1 }", "neither a name"},
      {"return { x = '\\xff' }", "result.x: a text that is not valid UTF-8"},
      {"return { x = 'a\\0b' }", "NUL"},
      {"return { x = '\\xed\\xa0\\x80' }", "UTF-8"},
      {"return { ['\\xff'] = 1 }", "a name that is not valid UTF-8"},
      {"local t = {} t.a = { b = t } return t", "result.a.b: a table that contains itself"},
      {"local t = {} for i = 1, 60 do t = { t } end return t", "nested too deep"},
      {"local t = {} for i = 1, 20000 do t[i] = i end return t", "too many values"},
      {"local t = {} for i = 1, 15 do t = { t, t, t } end return t", "too many values"},
      {"return { pcall }", "a function cannot leave"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) expect_script_error(bad[i].script, NULL, NULL, bad[i].part);
}

static void test_many_arguments_count(void **state) {
  struct bf__sandbox_limits limits = bf__sandbox_default_limits;
  struct bf__sandbox *sandbox;
  (void)state;
  limits.values = 5;
  sandbox = fixture_state(&limits);
  fixture_add(sandbox, "f.lua", "return function(c) return { c } end");
  expect_call(sandbox, "run", "[\"f.lua\",[1,2]]", "[[1,2]]");
  expect_error(sandbox, "run", "[\"f.lua\",[1,2,3,4,5]]", NULL, "too many values");
  bf__sandbox_free(sandbox);
}

static void test_order_is_one(void **state) {
  (void)state;
  expect_script("local o = {} for k in pairs { b = 1, a = 1, [3] = 1, [1] = 1, [2.5] = 1, [-1] = 1, aa = 1, B = 1 } do o[#o + 1] "
                "= k end return o",
                NULL, "[-1,1,2.5,3,\"B\",\"a\",\"aa\",\"b\"]");
  expect_script("local t, o, k = { z = 1, y = 1, [7] = 1 }, {}, nil repeat k = next(t, k) o[#o + 1] = k until k == nil return o",
                NULL, "[7,\"y\",\"z\"]");
  expect_script("return { zz = 1, b = 2, a = { d = 1, c = 2 }, ab = 3 }", NULL,
                "{\"a\":{\"c\":2,\"d\":1},\"ab\":3,\"b\":2,\"zz\":1}");
  expect_script(
      "local t = {} for i = 1, 500 do t['k' .. i] = i end local o = {} for k, v in pairs(t) do o[#o + 1] = v t[k] = nil end\n"
      "for i = 2, #o do assert('k' .. o[i - 1] < 'k' .. o[i]) end return { #o, next(t) == nil }",
      NULL, "[500,true]");
  expect_script("local t, n = { a = 1, b = 2, c = 3 }, 0 for k in pairs(t) do t.b = nil n = n + 1 end return n", NULL, "2");
  expect_script_error("for k in pairs { [{}] = 1 } do end", NULL, "f.lua:1", "no order");
  expect_script_error("for k in pairs { [true] = 1 } do end", NULL, "f.lua:1", "no order");
}

static void test_texts_of_values(void **state) {
  (void)state;
  expect_script("return { tostring({}), tostring(pcall), tostring(nil), tostring(1.5), tostring(2), tostring('x'), "
                "tostring(true), tostring(function() end) }",
                NULL, "[\"table\",\"function\",\"nil\",\"1.5\",\"2\",\"x\",\"true\",\"function\"]");
}

static void test_require(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  struct bf_error err;
  (void)state;
  fixture_add(sandbox, "lib/money.lua", "local t = { rate = 3, inner = { 1 } } function t.twice(x) return x * 2 end return t");
  fixture_add(sandbox, "a.lua",
              "local m = require 'lib.money' return function() return { m.twice(m.rate), m == require 'lib.money' } end");
  fixture_add(sandbox, "b.lua", "local m = require 'lib.money'\nm.rate = 4");
  fixture_add(sandbox, "b2.lua", "local m = require 'lib.money'\nm.inner[1] = 4");
  fixture_add(sandbox, "x.lua", "return require 'y'");
  fixture_add(sandbox, "y.lua", "return require 'z'");
  fixture_add(sandbox, "z.lua", "\nreturn require 'x'");
  fixture_add(sandbox, "no.lua", "return require 'os'");
  fixture_add(sandbox, "no2.lua", "return require '/etc/passwd'");
  fixture_add(sandbox, "self.lua", "return require 'self'");
  fixture_add(sandbox, "again.lua",
              "local a, e = pcall(require, 'fails') local b, f = pcall(require, 'fails') return { a, b, e == f }");
  fixture_add(sandbox, "fails.lua", "error 'no'");
  expect_call(sandbox, "run", "[\"a.lua\"]", "[6,true]");
  expect_error(sandbox, "run", "[\"b.lua\"]", "b.lua:2", "cannot set 'rate'");
  expect_error(sandbox, "run", "[\"b2.lua\"]", "b2.lua:2", "cannot set [1]");
  expect_error(sandbox, "run", "[\"x.lua\"]", "z.lua:2", "x.lua → y.lua → z.lua → x.lua");
  expect_error(sandbox, "run", "[\"self.lua\"]", "self.lua:1", "self.lua → self.lua");
  expect_error(sandbox, "run", "[\"no.lua\"]", "no.lua:1", "no such file");
  expect_error(sandbox, "run", "[\"no2.lua\"]", "no2.lua:1", "no such file");
  expect_call(sandbox, "run", "[\"again.lua\"]", "[false,false,true]");
  expect_call(sandbox, "run", "[\"a.lua\"]", "[6,true]");
  expect_error(sandbox, "run", "[\"nowhere.lua\"]", NULL, "there is no file 'nowhere.lua'");
  assert_null(fixture_call(sandbox, "nothing", "[]", &err));
  assert_int_equal(err.code, BF_ESCRIPT);
  bf__sandbox_free(sandbox);
}

static void test_globals(void **state) {
  (void)state;
  expect_script_error("local a = 1\nstge 'x'", NULL, "f.lua:2", "did you mean 'stage'");
  expect_script_error("return function()\nreturn zzzzzzzzz end", NULL, "f.lua:2", "'zzzzzzzzz' is not known here");
  expect_script_error("local a\n\nx = 1", NULL, "f.lua:3", "'x' is not declared");
  expect_script_error("pairs = 1", NULL, "f.lua:1", "'pairs' is a word of the language");
  expect_script_error("stage = nil", NULL, "f.lua:1", "'stage' is a word");
  expect_script_error("return host", NULL, "f.lua:1", "'host' is not known");
  expect_script_error("return rawset", NULL, "f.lua:1", "'rawset' is not known");
  expect_script("return stage 'a' { x = 1 }", NULL, "{\"body\":{\"x\":1},\"is\":\"stage\",\"name\":\"a\"}");
  expect_script("return today", NULL, "{\"deep\":[1,2],\"is\":\"today\"}");
  expect_script_error("local x = 1\nreturn needs_text(5)", NULL, "f.lua:2", "a text is due");
}

static void test_scripts_keep_no_state(void **state) {
  static const char *const bad[] = {
      "local n = 0\nreturn function() n = n + 1 return n end",
      "local n = 0\nreturn function() local function f() n = n + 1 end f() return n end",
      "local function make() local n = 0\nreturn function() n = n + 1 return n end end return make()",
      "local n\nreturn { deep = { function() return function() return function() n = 1 end end end } }",
      "local cache local f = 1\nlocal function g() cache = 1 end return function() return g end",
  };
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    expect_script_error(bad[i], NULL, "f.lua:2", "must not keep state in a local variable");
  expect_script_error("local n\nreturn function() _ENV = {} end", NULL, "f.lua:2", "'_ENV'");
  expect_script_error("local t = {}\nreturn function()\nt[1] = 1 end", NULL, "f.lua:3", "cannot set [1]");
  expect_script_error("local t = { a = { b = {} } }\nreturn function()\nt.a.b.c = 1 end", NULL, "f.lua:3", "cannot set 'c'");
  expect_script_error("local it = ('abc'):gmatch('.') return function() return it() end", NULL, NULL, "iterator");
  expect_script_error("local it = pairs { 1 } return { it }", NULL, NULL, "iterator");
  expect_script_error("local t = setmetatable({}, { __index = function(t, k) return t end, __len = function() return 1 end "
                      "})\nreturn function()\nt.x = 1 end",
                      NULL, "f.lua:3", "cannot set 'x'");
  expect_script_error("local n = 0 local t = setmetatable({},\n{ __call = function() n = n + 1 return n end }) return { t }",
                      NULL, "f.lua:2", "must not keep");
  expect_script("local n = 0 local function add() n = n + 1 end add() add()\nlocal start = n return function() return start end",
                NULL, "2");
  expect_script("return function() local n = 0 local function add() n = n + 1 end add() add() return n end", NULL, "2");
  expect_script("local odd local function even(n) return n == 0 or odd(n - 1) end function odd(n) return n > 0 and even(n - 1) "
                "end return function() return even(10) end",
                NULL, "true");
  expect_script("local t = setmetatable({ a = 1 }, { __index = function(t, k) return k .. t.a end, __call = function(t, x) "
                "return x + t.a end, __len = function() return 7 end })\n"
                "return function() return { t.a, t.b, t(4), #t } end",
                NULL, "[1,\"b1\",5,7]");
  expect_script("local base = { b = 2 } local t = setmetatable({ a = 1 }, { __index = base }) return function() return { t.a, "
                "t.b, t.c == nil } end",
                NULL, "[1,2,true]");
}

static void test_nothing_lasts_between_calls(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  (void)state;
  fixture_add(sandbox, "f.lua",
              "local t = { n = 0 } return function() local ok = pcall(function() t.n = t.n + 1 end) return { ok, t.n } end");
  for (int i = 0; i < 3; i++) expect_call(sandbox, "run", "[\"f.lua\"]", "[false,0]");
  fixture_add(sandbox, "g.lua", "return function(c) return c.x.y end");
  expect_call(sandbox, "run", "[\"g.lua\",{\"x\":{\"y\":1}}]", "1");
  expect_call(sandbox, "run", "[\"g.lua\",{\"x\":{\"y\":2}}]", "2");
  expect_call(sandbox, "keep", "[{\"x\":{\"y\":2}}]", "null");
  expect_error(sandbox, "read_kept", "[]", NULL, "earlier call");
  expect_error(sandbox, "kept", "[]", NULL, "earlier call");
  bf__sandbox_free(sandbox);
}

static int twice(lua_State *L) {
  lua_pushinteger(L, luaL_checkinteger(L, 1) * *(int *)lua_touserdata(L, lua_upvalueindex(1)));
  return 1;
}

static void test_host(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  struct bf_error err = {0};
  int factor = 2;
  (void)state;
  assert_int_equal(bf__sandbox_host(sandbox, "twice", twice, &factor, &err), 0);
  fixture_add(sandbox, "b.lua", "return { b = 1, c = { x = 1 } }");
  fixture_add(sandbox, "a.lua", "return { a = 1,\n f = function() end, g = pcall }");
  fixture_add(sandbox, "ctx.lua",
              "return function(ctx) local ok, e = pcall(function() ctx.inner.list[2].a = 2 end)\n"
              "local ok2 = pcall(function() ctx.x = 1 end) return { ok, ok2, ctx.inner.list[2].a, ctx.f() == ctx.inner } end");
  fixture_add(sandbox, "bad.lua", "local x = nil\nreturn x.y");
  fixture_add(sandbox, "table.lua", "error { 1 }");
  expect_call(sandbox, "hosted", "[21]", "42");
  expect_call(sandbox, "where", "[\"a.lua\",\"f\"]", "\"a.lua:2\"");
  expect_call(sandbox, "where", "[\"a.lua\",\"g\"]", "null");
  expect_call(sandbox, "context", "[\"ctx.lua\"]", "[false,false,1,true]");
  expect_call(sandbox, "context", "[\"ctx.lua\"]", "[false,false,1,true]");
  expect_call(sandbox, "try", "[\"bad.lua\"]", "{\"ok\":false,\"text\":\"bad.lua:2: attempt to index a nil value (local 'x')\"}");
  expect_call(sandbox, "try", "[\"table.lua\"]",
              "{\"ok\":false,\"text\":\"table.lua:1: the script raised a value (table) that is not a text\"}");
  expect_call(sandbox, "try", "[\"b.lua\"]", "{\"ok\":true,\"text\":{\"b\":1,\"c\":{\"x\":1}}}");
  expect_call(sandbox, "near", "[\"guadr\",[\"guard\",\"check\"]]", "\"guard\"");
  expect_call(sandbox, "near", "[\"zzz\",[\"guard\",\"check\"]]", "null");
  fixture_add(sandbox, "d.lua", "return { d = 2 }");
  expect_call(sandbox, "merge", "[\"b.lua\",\"d.lua\"]", "{\"b\":1,\"c\":{\"x\":1},\"d\":2,\"own\":[1],\"raw\":1}");
  bf__sandbox_free(sandbox);
}

static void test_errors_name_place(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  struct bf_error err;
  (void)state;
  expect_script_error("local x\n\nreturn x.y.z", NULL, "f.lua:3", "attempt to index a nil value (local 'x')");
  expect_script_error("return function()\nerror('my text', 0) end", NULL, "f.lua:2", "my text");
  expect_script_error("return function()\nerror({ 1 }) end", NULL, "f.lua:2", "not a text");
  expect_script_error("return function()\nerror() end", NULL, "f.lua:2", "value (nil)");
  expect_script_error("return function()\nlocal x = 'x' .. {} end", NULL, "f.lua:2", "concatenate");
  expect_script_error("return function()\nerror(('\\xff中'):rep(400)) end", NULL, "f.lua:2", "?中");
  expect_script_error("return function()\nreturn apply(error, 'deep', 0) end", NULL, "f.lua:2", "deep");
  expect_script_error("local x = 1\n\nreturn needs_text(x)", NULL, "f.lua:3", "a text is due");
  expect_script_error("\nreturn apply(function()\nreturn needs_text {}\nend)", NULL, "f.lua:3", "a text is due");
  expect_error(sandbox, "bug", "[]", "prelude:21", "attempt to index");
  fixture_add(sandbox, "x.lua", "error('y.lua:12: no such file of ours')");
  expect_error(sandbox, "run", "[\"x.lua\"]", "x.lua:1", "y.lua:12: no such");
  assert_int_equal(bf__sandbox_add(sandbox, "s/bad.lua", "local x = 1\nx = = 2", 19, &err), BF_ESCRIPT);
  assert_string_equal(err.where, "s/bad.lua:2");
  assert_string_equal(err.message, "unexpected symbol near '='");
  fixture_add(sandbox, "s/bad.lua", "return 1"); /* a file that did not compile is not there */
  bf__sandbox_free(sandbox);
}

static void test_files_are_limited(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  struct bf_error err = {0};
  char *big = malloc(1100000);
  (void)state;
  assert_non_null(big);
  memset(big, ' ', 1100000);
  assert_int_equal(bf__sandbox_add(sandbox, "big.lua", big, 1100000, &err), BF_ELIMIT);
  assert_int_equal(bf__sandbox_add(sandbox, "big.lua", big, 1048576, &err), 0);
  assert_int_equal(bf__sandbox_add(sandbox, "big.lua", "", 0, &err), BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "../up.lua", "", 0, &err), BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "/abs.lua", "", 0, &err), BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "a b.lua", "", 0, &err), BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "x.txt", "", 0, &err), BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "0123456789012345678901234567890123456789012345678901234567890.lua", "", 0, &err),
                   BF_EINVAL);
  assert_int_equal(bf__sandbox_add(sandbox, "code.lua", "\x1bLua\x54", 5, &err), BF_ESCRIPT);
  assert_int_equal(bf__sandbox_add(sandbox, "bom.lua", "\xef\xbb\xbfreturn 7", 11, &err), 0);
  expect_call(sandbox, "run", "[\"bom.lua\"]", "7");
  free(big);
  bf__sandbox_free(sandbox);
}

static void test_budget_is_for_each_call(void **state) {
  struct bf__sandbox_limits limits = bf__sandbox_default_limits;
  struct bf__sandbox *sandbox;
  struct bf_error err;
  (void)state;
  limits.call_steps = 100000;
  limits.call_ms = limits.load_ms = 10000;
  sandbox = fixture_state(&limits);
  fixture_add(sandbox, "f.lua", "return function(n) local x = 0 for i = 1, n do x = x + i end return x end");
  for (int i = 0; i < 20; i++) expect_call(sandbox, "run", "[\"f.lua\",20000]", "200010000");
  assert_false(bf__sandbox_spent(sandbox));
  assert_null(fixture_call(sandbox, "run", "[\"f.lua\",200000]", &err));
  assert_int_equal(err.code, BF_ELIMIT);
  assert_string_equal(err.where, "f.lua:1");
  assert_true(bf__sandbox_spent(sandbox));
  assert_null(fixture_call(sandbox, "run", "[\"f.lua\",1]", &err));
  assert_int_equal(err.code, BF_ELIMIT);
  assert_int_equal(bf__sandbox_add(sandbox, "g.lua", "", 0, &err), BF_ELIMIT);
  bf__sandbox_free(sandbox);
}

static void test_memory_is_given_back(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  size_t before;
  (void)state;
  fixture_add(sandbox, "f.lua",
              "return function(c) local t = {} for i = 1, 100 do t[i] = { c.facts.x, 'k' .. i } end return #t end");
  for (int i = 0; i < 200; i++) expect_call(sandbox, "run", WITH_CASE, "100");
  before = bf__sandbox_memory(sandbox);
  for (int i = 0; i < 2000; i++) expect_call(sandbox, "run", WITH_CASE, "100");
  assert_true(bf__sandbox_memory(sandbox) < before * 2 + 100000);
  bf__sandbox_free(sandbox);
}

/* One whole life of a state; -1 where a call failed for lack of memory, 0 when all went well. */
static int life(void) {
  static const char file[] =
      "local s = { 'a', 'b' } table.sort(s) local x = ('k=%s'):format(s[1]):gsub('k', { k = 'v' })\n"
      "local t = setmetatable({}, { __index = s }) pcall(error, {})\n"
      "return function(c) local o = {} for k, v in pairs(c.facts) do o[k] = v end return { o, x, t[1], table.concat(s) } end";
  struct bf__sandbox *sandbox = NULL;
  struct bf_error err = {0};
  json_t *args = NULL, *result = NULL;
  int64_t left = bf__sandbox_allocations;
  int rc;
  bf__sandbox_allocations = -1;
  args = json_loads(WITH_CASE, 0, NULL);
  assert_non_null(args);
  bf__sandbox_allocations = left;
  rc = bf__sandbox_new(&bf__sandbox_default_limits, &sandbox, &err);
  if (!rc) rc = bf__sandbox_prelude(sandbox, "prelude", fixture_prelude, sizeof fixture_prelude - 1, &err);
  if (!rc) rc = bf__sandbox_add(sandbox, "f.lua", file, sizeof file - 1, &err);
  if (!rc) rc = bf__sandbox_call(sandbox, "run", args, &result, &err);
  if (rc && rc != BF_ENOMEM) fail_msg("with %lld allocations: %d [%s] %s", (long long)left, rc, err.where, err.message);
  if (rc) assert_null(result);
  if (rc && sandbox && bf__sandbox_spent(sandbox))
    assert_int_equal(bf__sandbox_call(sandbox, "run", args, &result, &err), BF_ELIMIT);
  bf__sandbox_free(sandbox);
  json_decref(result);
  json_decref(args);
  return rc ? -1 : 0;
}

static void *json_room(size_t size) {
  return bf__sandbox_realloc(NULL, size);
}

static void test_every_allocation_fails_once(void **state) {
  int64_t n = 0;
  (void)state;
  json_set_alloc_funcs(json_room, free);
  for (;; n++) {
    int rc;
    bf__sandbox_allocations = n;
    rc = life();
    bf__sandbox_allocations = -1;
    if (rc == 0) break;
    assert_true(n < 100000);
  }
  json_set_alloc_funcs(malloc, free);
  print_message("%lld allocations in a life\n", (long long)n);
  assert_true(n > 500);
}

static void test_unknown_upvalues(void **state) {
  struct bf__sandbox *sandbox = fixture_new();
  char text[8192] = "local a0 = 0\n";
  (void)state;
  for (int i = 0; i < 100; i++) { /* deep functions, many upvalues, constants of all kinds */
    size_t n = strlen(text);
    (void)snprintf(text + n, sizeof text - n, "local b%d = %d\n", i, i);
  }
  strncat(text,
          "return function() local s = { 1, 1.5, 'x', nil, true, false, 1 << 40, ('y'):rep(50), 'a long text of more than forty "
          "bytes, so of another kind' }\n"
          "local function f() return b1 + b50 + b99 + #s end return f() end",
          sizeof text - strlen(text) - 1);
  fixture_add(sandbox, "f.lua", text);
  expect_call(sandbox, "run", "[\"f.lua\"]", "159");
  bf__sandbox_free(sandbox);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_values_cross),
      cmocka_unit_test(test_views_read_like_tables),
      cmocka_unit_test(test_views_cannot_be_written),
      cmocka_unit_test(test_results_are_checked),
      cmocka_unit_test(test_many_arguments_count),
      cmocka_unit_test(test_order_is_one),
      cmocka_unit_test(test_texts_of_values),
      cmocka_unit_test(test_require),
      cmocka_unit_test(test_globals),
      cmocka_unit_test(test_scripts_keep_no_state),
      cmocka_unit_test(test_nothing_lasts_between_calls),
      cmocka_unit_test(test_host),
      cmocka_unit_test(test_errors_name_place),
      cmocka_unit_test(test_files_are_limited),
      cmocka_unit_test(test_budget_is_for_each_call),
      cmocka_unit_test(test_memory_is_given_back),
      cmocka_unit_test(test_unknown_upvalues),
      cmocka_unit_test(test_every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
