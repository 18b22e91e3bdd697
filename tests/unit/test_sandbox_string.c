/* The rebuilt string and table libraries against Lua's own: the same expressions in both must give the same values, or both an
 * error. */
#include "sandbox_fixture.h"

#include <lauxlib.h>
#include <lualib.h>

/* Runs in both: collects pcall's results of each case as texts. `c` is a list of { function, arguments… }. */
static const char runner[] =
    "local function run(c)\n"
    "  local out = {}\n"
    "  for i = 1, #c do\n"
    "    local r = table.pack(pcall(c[i].f, table.unpack(c[i], 1, c[i].n)))\n"
    "    for k = 2, r.n do r[k] = math.type(r[k]) == 'float' and ('%.14g'):format(r[k]) or tostring(r[k]) end\n"
    "    out[i] = r[1] and 'ok ' .. table.concat(r, '|', 2, r.n) or 'error'\n"
    "  end\n"
    "  return out\n"
    "end\n";

static lua_State *reference;

static int open_reference(void **state) {
  (void)state;
  reference = luaL_newstate();
  if (reference) luaL_openlibs(reference);
  return reference ? 0 : -1;
}

static int close_reference(void **state) {
  (void)state;
  lua_close(reference);
  return 0;
}

/* TEXT is a chunk that returns a list of texts. Both runs must agree. */
static void compare(const char *text) {
  struct bf__sandbox *sandbox = fixture_new();
  struct bf_error err = {0};
  json_t *args = json_pack("[s]", "f.lua"), *result = NULL;
  size_t n;
  if (luaL_dostring(reference, text) != LUA_OK) fail_msg("reference: %s", lua_tostring(reference, -1));
  fixture_add(sandbox, "f.lua", text);
  if (bf__sandbox_call(sandbox, "run", args, &result, &err)) fail_msg("[%s] %s", err.where, err.message);
  n = json_array_size(result);
  assert_true(n > 0);
  assert_int_equal(n, lua_rawlen(reference, -1));
  for (size_t i = 0; i < n; i++) {
    const char *ours = json_string_value(json_array_get(result, i)), *theirs;
    (void)lua_rawgeti(reference, -1, (lua_Integer)i + 1);
    theirs = lua_tostring(reference, -1);
    if (strcmp(ours, theirs) != 0) fail_msg("case %zu: ours '%s', Lua's '%s'", i + 1, ours, theirs);
    lua_pop(reference, 1);
  }
  lua_settop(reference, 0);
  json_decref(args);
  json_decref(result);
  bf__sandbox_free(sandbox);
}

static void compare_cases(const char *cases) {
  size_t room = strlen(cases) + sizeof runner + 100;
  char *text = malloc(room);
  assert_non_null(text);
  (void)snprintf(text, room, "%slocal s, t = string, table return run {\n%s}\n", runner, cases);
  compare(text);
  free(text);
}

static void test_simple_functions(void **state) {
  (void)state;
  compare_cases("{ f = s.sub, 'hello', 2, n = 2 }, { f = s.sub, 'hello', -3, n = 2 }, { f = s.sub, 'hello', 2, 3, n = 3 }, { f = "
                "s.sub, 'hello', 0, n = 2 },\n"
                "{ f = s.sub, 'hello', -100, 100, n = 3 }, { f = s.sub, 'hello', 4, 2, n = 3 }, { f = s.sub, 'hello', "
                "math.mininteger, math.maxinteger, n = 3 },\n"
                "{ f = s.sub, 'hello', 10, n = 2 }, { f = s.sub, 123, 2, n = 2 }, { f = s.sub, {}, 2, n = 2 }, { f = s.sub, 'x', "
                "'y', n = 2 }, { f = s.sub, 'x', 1.5, n = 2 },\n"
                "{ f = s.byte, 'abc', n = 1 }, { f = s.byte, 'abc', -1, n = 2 }, { f = s.byte, 'abc', 0, n = 2 }, { f = s.byte, "
                "'abc', 1, -1, n = 3 }, { f = s.byte, 'abc', 10, n = 2 },\n"
                "{ f = s.byte, 'abc', -10, n = 2 }, { f = s.byte, 'abc', -10, 2, n = 3 }, { f = s.byte, '', n = 1 },\n"
                "{ f = s.char, 72, 105, n = 2 }, { f = s.char, n = 0 }, { f = s.char, 256, n = 1 }, { f = s.char, -1, n = 1 },\n"
                "{ f = s.upper, 'aZ1-z', n = 1 }, { f = s.lower, 'aZ1-Z', n = 1 }, { f = s.reverse, 'abc', n = 1 }, { f = "
                "s.reverse, '', n = 1 }, { f = s.len, 'a\\0b', n = 1 },\n"
                "{ f = s.rep, 'ab', 3, n = 2 }, { f = s.rep, 'ab', 3, ',', n = 3 }, { f = s.rep, 'ab', 0, n = 2 }, { f = s.rep, "
                "'ab', -5, n = 2 }, { f = s.rep, '', 100, n = 2 },\n"
                "{ f = s.rep, '', 3, ',', n = 3 }, { f = s.rep, 'x', 1, ',', n = 3 }, { f = s.rep, 'x', math.maxinteger, n = 2 "
                "}, { f = s.rep, n = 0 }\n");
}

static void test_format(void **state) {
  (void)state;
  compare_cases("{ f = s.format, '%d %5d %-5d| %05d %+d', 1, 2, 3, 4, 5, n = 6 }, { f = s.format, '%x %X %o %#x', 255, 255, 8, "
                "255, n = 5 }, { f = s.format, '%c%c', 72, 105, n = 3 },\n"
                "{ f = s.format, '%5.2f %g %e %G %E', 3.14159, 1e20, 12.5, 1e-10, 1.0, n = 6 }, { f = s.format, '%s %10s %-10s| "
                "%.2s', 'a', 'b', 'c', 'def', n = 5 },\n"
                "{ f = s.format, '%s %s %s', 1, 1.5, true, n = 4 }, { f = s.format, '%s', nil, n = 2 }, { f = s.format, '%s', n "
                "= 1 }, { f = s.format, '%d', 1.5, n = 2 }, { f = s.format, '%d', 3.0, n = 2 },\n"
                "{ f = s.format, '%d', '10', n = 2 }, { f = s.format, '%d', 'x', n = 2 }, { f = s.format, '%%', n = 1 }, { f = "
                "s.format, '%', n = 1 }, { f = s.format, '%y', 1, n = 2 },\n"
                "{ f = s.format, '%5', 1, n = 2 }, { f = s.format, '%123d', 1, n = 2 }, { f = s.format, '%99d', 1, n = 2 }, { f "
                "= s.format, '%.99f', 1 / 3, n = 2 }, { f = s.format, '%99.99f', 1e308, n = 2 },\n"
                "{ f = s.format, '%.3d', 5, n = 2 }, { f = s.format, '%i', 5, n = 2 }, { f = s.format, 'a%sb%sc', 'X', 'Y', n = "
                "3 }, { f = s.format, '', n = 1 }, { f = s.format, '%.20s|', 'abc', n = 2 },\n"
                "{ f = s.format, '%5s%%%-5s|', 'ab', 'cd', n = 3 }, { f = s.format, '%d', math.mininteger, n = 2 }, { f = "
                "s.format, '% d', 5, n = 2 }, { f = s.format, '%s', ('x'):rep(1000), n = 2 },\n"
                "{ f = s.format, '%.0f %.10g', 2.5, 0.1, n = 3 }, { f = s.format, '%g %g', 1 / 0, -1 / 0, n = 3 }\n");
}

static void test_patterns(void **state) {
  (void)state;
  compare_cases(
      "{ f = s.find, 'hello world', 'o w', n = 2 }, { f = s.find, 'hello', 'l+', n = 2 }, { f = s.find, 'hello', '(l)(l)', n = 2 "
      "}, { f = s.find, 'a.b', '.', 2, true, n = 4 },\n"
      "{ f = s.find, 'abc', '', 10, n = 3 }, { f = s.find, 'abc', '', 4, n = 3 }, { f = s.find, 'abc', '', n = 2 }, { f = "
      "s.find, 'abc', 'b', -1, n = 3 }, { f = s.find, 'abc', 'b', -2, n = 3 },\n"
      "{ f = s.find, '', '', n = 2 }, { f = s.find, '', '', 2, n = 3 }, { f = s.find, 'abc', '^b', 2, n = 3 }, { f = s.find, "
      "'a\\0b', '\\0', n = 2 }, { f = s.find, 'a\\0b', '%z', n = 2 },\n"
      "{ f = s.match, 'key = value', '^(%w+)%s*=%s*(%w+)$', n = 2 }, { f = s.match, '2024-01-31', '(%d+)-(%d+)-(%d+)', n = 2 }, "
      "{ f = s.match, 'abc', '()b()', n = 2 }, { f = s.match, 'abc', '((a)(b))', n = 2 },\n"
      "{ f = s.match, 'f(a(b)c)d', '%b()', n = 2 }, { f = s.match, 'THE (quick) fox', '%f[%a]%a+%f[%A]', n = 2 }, { f = s.match, "
      "'abab', '(ab)%1', n = 2 }, { f = s.match, 'x', '(x)%2', n = 2 },\n"
      "{ f = s.match, 'abc', '[a-c]+', n = 2 }, { f = s.match, 'abc', '[^a]+', n = 2 }, { f = s.match, 'a-c', '[a%-]+', n = 2 }, "
      "{ f = s.match, ']x', '[]]', n = 2 }, { f = s.match, '^x', '[x^]+', n = 2 },\n"
      "{ f = s.match, 'a]', '[^]]+', n = 2 }, { f = s.match, 'abc', '[a', n = 2 }, { f = s.match, 'abc', '[', n = 2 }, { f = "
      "s.match, 'abc', '[^', n = 2 }, { f = s.match, 'abc', '%', n = 2 }, { f = s.match, 'abc', '(a', n = 2 },\n"
      "{ f = s.match, 'abc', 'a)', n = 2 }, { f = s.match, 'abc', '%b', n = 2 }, { f = s.match, 'abc', '%bx', n = 2 }, { f = "
      "s.match, 'abc', '%f', n = 2 }, { f = s.match, 'abc', '%1', n = 2 }, { f = s.match, 'a$', 'a$', n = 2 },\n"
      "{ f = s.match, 'a$b', 'a$b', n = 2 }, { f = s.match, 'aaa', 'a-', n = 2 }, { f = s.match, 'aaab', 'a-b', n = 2 }, { f = "
      "s.match, 'ab', 'a?b?c?', n = 2 }, { f = s.match, 'abc', '.-(%u*)c', n = 2 },\n"
      "{ f = s.match, ' \\t\\nx', '%s+', n = 2 }, { f = s.match, 'a1_!', '%p+', n = 2 }, { f = s.match, 'ÿa', '%a', n = 2 }, { f "
      "= s.match, 'xyz', '[%w_]*', 2, n = 3 }, { f = s.match, 'x', '%g%c*', n = 2 }, { f = s.match, 'DeadBeef', '%x+', n = 2 },\n"
      "{ f = s.match, 'abc', '[%a-z]', n = 2 }, { f = s.match, '-', '[a-]', n = 2 }, { f = s.match, 'b', '[a-%a]', n = 2 }, { f "
      "= s.match, 'abc', '[c-a]', n = 2 }, { f = s.match, 'abc', '^^a', n = 2 },\n"
      "{ f = s.match, ('a'):rep(300), ('(a)'):rep(33), n = 2 }, { f = s.match, 'a', '(()())', n = 2 }, { f = s.match, 'x', '()', "
      "2, n = 3 }, { f = s.match, 123, '%d', n = 2 }\n");
}

static void test_gsub_and_gmatch(void **state) {
  (void)state;
  compare_cases(
      "{ f = s.gsub, 'hello', 'l', 'L', n = 3 }, { f = s.gsub, 'hello', 'l', 'L', 1, n = 4 }, { f = s.gsub, 'hello', '', '-', n "
      "= 3 }, { f = s.gsub, 'abc', '%w', '%0%0', n = 3 }, { f = s.gsub, 'abc', '(%w)(%w)', '%2%1', n = 3 },\n"
      "{ f = s.gsub, 'abc', 'b', '%%', n = 3 }, { f = s.gsub, 'abc', 'b', '%x', n = 3 }, { f = s.gsub, 'abc', 'b', '%', n = 3 }, "
      "{ f = s.gsub, 'abc', 'b', '%1', n = 3 }, { f = s.gsub, 'abc', 'b', '%2', n = 3 },\n"
      "{ f = s.gsub, 'abc', '%w', { a = '1', b = true, c = false }, n = 3 }, { f = s.gsub, 'abc', '%w', { a = 1, b = 2.5 }, n = "
      "3 }, { f = s.gsub, 'abc', '%w', function(x) if x == 'b' then return 'B' end end, n = 3 },\n"
      "{ f = s.gsub, 'abc', '(a)(b)', function(x, y) return y .. x end, n = 3 }, { f = s.gsub, 'abc', 'b', function() return {} "
      "end, n = 3 }, { f = s.gsub, 'abc', 'b', function() error 'x' end, n = 3 }, { f = s.gsub, 'abc', 'b', nil, n = 3 },\n"
      "{ f = s.gsub, 'abc abc', '^a', 'x', n = 3 }, { f = s.gsub, 'abc', '$', 'x', n = 3 }, { f = s.gsub, 'a b c', '%s*', '-', n "
      "= 3 }, { f = s.gsub, 'abc', '.', 5, n = 3 }, { f = s.gsub, 'abc', 'b', 'x', 0, n = 4 }, { f = s.gsub, 'abc', 'b', 'x', "
      "-1, n = 4 },\n"
      "{ f = s.gsub, 'abc', '()', '%1', n = 3 }, { f = s.gsub, '', '', 'x', n = 3 }, { f = s.gsub, 'a,b,,c', ',', ';', n = 3 }, "
      "{ f = s.gsub, 'hello world', '(o)', '[%1]', n = 3 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, 'one two', '%a+', n = 2 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, 'k=v, x=y', '(%w+)=(%w+)', n = 2 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, 'abc', '', n = 2 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, 'abc', '()%w*', n = 2 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, 'abc', '%w', 2, n = 3 },\n"
      "{ f = function(a, p, i) local o = {} for x, y in s.gmatch(a, p, i) do o[#o + 1] = tostring(x) .. '/' .. tostring(y) end "
      "return t.concat(o, ';') end, '^a^a', '^a', n = 2 }\n");
}

static void test_tables(void **state) {
  (void)state;
  compare_cases(
      "{ f = t.concat, { 1, 2, 'x' }, n = 1 }, { f = t.concat, { 1, 2, 3 }, ', ', n = 2 }, { f = t.concat, { 1, 2, 3 }, ',', 2, "
      "n = 3 }, { f = t.concat, { 1, 2, 3 }, ',', 2, 3, n = 4 }, { f = t.concat, { 1, 2, 3 }, ',', 3, 2, n = 4 }, { f = "
      "t.concat, {}, 'x', n = 2 },\n"
      "{ f = t.concat, { 1, {}, 3 }, n = 1 }, { f = t.concat, { 1, 2 }, ',', 1, 5, n = 4 }, { f = t.unpack, { 1, 2, 3 }, n = 1 "
      "}, { f = t.unpack, { 1, 2, 3 }, 2, n = 2 }, { f = t.unpack, { 1, 2, 3 }, -1, 1, n = 3 }, { f = t.unpack, { 1 }, 3, n = 2 "
      "},\n"
      "{ f = function(...) local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, 9, n = 1 }, { f = function(...) "
      "local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, 1, 9, n = 2 },\n"
      "{ f = function(...) local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, 4, 9, n = 2 }, { f = "
      "function(...) local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, 5, 9, n = 2 },\n"
      "{ f = function(...) local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, 0, 9, n = 2 }, { f = "
      "function(...) local x = { 1, 2, 3 } t.insert(x, ...) return t.concat(x, ',') end, n = 0 },\n"
      "{ f = function(...) local x = { 1, 2, 3 } local r = t.remove(x, ...) return r, t.concat(x, ',') end, n = 0 }, { f = "
      "function(...) local x = { 1, 2, 3 } local r = t.remove(x, ...) return r, t.concat(x, ',') end, 1, n = 1 },\n"
      "{ f = function(...) local x = { 1, 2, 3 } local r = t.remove(x, ...) return r, t.concat(x, ',') end, 4, n = 1 }, { f = "
      "function(...) local x = { 1, 2, 3 } local r = t.remove(x, ...) return r, t.concat(x, ',') end, 5, n = 1 },\n"
      "{ f = function(...) local x = { 1, 2, 3 } local r = t.remove(x, ...) return r, t.concat(x, ',') end, 0, n = 1 }, { f = "
      "function(...) local x = {} local r = t.remove(x, ...) return r, #x end, n = 0 }, { f = function(...) local x = {} local r "
      "= t.remove(x, ...) return r, #x end, 0, n = 1 },\n"
      "{ f = function(...) return t.concat(t.move({ 1, 2, 3, 4 }, ...), ',') end, 1, 3, 2, n = 3 }, { f = function(...) return "
      "t.concat(t.move({ 1, 2, 3, 4 }, ...), ',') end, 2, 4, 1, n = 3 }, { f = function(...) return t.concat(t.move({ 1, 2, 3, 4 "
      "}, ...), ',') end, 1, 0, 2, n = 3 },\n"
      "{ f = function(...) return t.concat(t.move({ 1, 2, 3, 4 }, ...), ',') end, 1, 2, 1, { 8, 9, 10 }, n = 4 }, { f = "
      "function(...) return t.move({ 1 }, ...) end, 1, math.maxinteger, 2, n = 3 }, { f = function(...) return t.move({ 1 }, "
      "...) end, 0, math.maxinteger, 2, n = 3 },\n"
      "{ f = function(...) local x = { ... } t.sort(x) return t.concat(x, ',') end, 3, 1, 2, n = 3 }, { f = function(...) local "
      "x = { ... } t.sort(x) return t.concat(x, ',') end, 'b', 'a', 'C', n = 3 }, { f = function(...) local x = { ... } "
      "t.sort(x) return t.concat(x, ',') end, 'b', 1, n = 2 },\n"
      "{ f = function(...) local x = { ... } t.sort(x, function(a, b) return a > b end) return t.concat(x, ',') end, 3, 1, 2.5, "
      "7, -1, n = 5 }, { f = function(...) local x = { ... } t.sort(x, 5) end, 1, 2, n = 2 },\n"
      "{ f = function(...) local x = t.pack(...) return x.n, x[1], x[3] end, 1, nil, 3, n = 3 }, { f = function() local x = {} "
      "for i = 1, 1000 do x[i] = (i * 7919) % 1009 end t.sort(x) return t.concat(x, ',') end, n = 0 },\n"
      "{ f = select, '#', 1, 2, n = 3 }, { f = select, -1, 1, 2, n = 3 }, { f = tonumber, '0x10', n = 1 }, { f = tonumber, 'zz', "
      "36, n = 2 }, { f = tonumber, '1e', n = 1 }, { f = rawequal, 1, 1.0, n = 2 }, { f = utf8.len, '中文', n = 1 }, { f = "
      "utf8.char, 20013, n = 1 },\n"
      "{ f = utf8.codepoint, '中文', 1, -1, n = 3 }, { f = utf8.len, '\\xff', n = 1 }, { f = math.floor, 2.5, n = 1 }, { f = "
      "math.tointeger, 3.0, n = 1 }, { f = math.ult, 1, -1, n = 2 }, { f = pcall, n = 0 }, { f = xpcall, error, function(x) "
      "return x .. '!' end, 'e', n = 3 },\n"
      "{ f = xpcall, select, function() end, 2, 'a', 'b', n = 5 }, { f = function() local o = {} for p, c in utf8.codes('a中') "
      "do o[#o + 1] = p .. ':' .. c end return t.concat(o, ',') end, n = 0 }, { f = rawlen, { 1, 2 }, n = 1 }, { f = rawlen, "
      "'abc', n = 1 }, { f = rawlen, 5, n = 1 }\n");
}

/* Random short patterns over a small alphabet: thousands of them, with a generator of our own, so that a failure can be repeated.
 */
static void test_random_patterns(void **state) {
  static const char *const pieces[] = {"a", "b", ".",  "%a",   "%d",    "[ab]", "[^a]", "[a-c]", "(", ")",  "()", "*", "+",
                                       "-", "?", "%1", "%b()", "%f[a]", "$",    "^",    "%",     "[", "%s", "%A", "]", "c"};
  static const char subject[] = "ab(c)";
  uint32_t seed = 20240131;
  size_t room = 400000;
  char *text = malloc(room);
  (void)state;
  assert_non_null(text);
  for (int round = 0; round < 6; round++) {
    size_t n = (size_t)snprintf(text, room,
                                "%slocal s, t = string, table\nlocal c = {}\nlocal function add(a, p) c[#c + 1] = { f = s.find, "
                                "a, p, n = 2 } c[#c + 1] = { f = s.gsub, a, p, '<%%0>', n = 3 } end\n",
                                runner);
    for (int i = 0; i < 1500; i++) {
      n += (size_t)snprintf(text + n, room - n, "add('");
      for (int k = 0; k < 8; k++) {
        seed = seed * 1664525u + 1013904223u;
        n += (size_t)snprintf(text + n, room - n, "%c", subject[(seed >> 16) % 5]);
      }
      n += (size_t)snprintf(text + n, room - n, "', '");
      seed = seed * 1664525u + 1013904223u;
      for (uint32_t k = 0; k < 1 + (seed >> 20) % 6; k++) {
        uint32_t pick = seed = seed * 1664525u + 1013904223u;
        n += (size_t)snprintf(text + n, room - n, "%s", pieces[(pick >> 16) % (sizeof pieces / sizeof *pieces)]);
        seed ^= k;
      }
      n += (size_t)snprintf(text + n, room - n, "')\n");
    }
    (void)snprintf(text + n, room - n, "return run(c)\n");
    compare(text);
  }
  free(text);
}

static void test_left_out(void **state) {
  (void)state;
  expect_script("local o = {} for k in pairs(string) do o[#o + 1] = k end return table.concat(o, ' ')", NULL,
                "\"byte char find format gmatch gsub len lower match rep reverse sub upper\"");
  expect_script("local o = {} for k in pairs(table) do o[#o + 1] = k end return table.concat(o, ' ')", NULL,
                "\"concat insert move pack remove sort unpack\"");
  expect_script("local o = {} for k in pairs(math) do o[#o + 1] = k end return table.concat(o, ' ')", NULL,
                "\"abs ceil floor fmod huge max maxinteger min mininteger modf pi sqrt tointeger type ult\"");
  expect_script("local o = {} for k in pairs(_ENV) do o[#o + 1] = k end return table.concat(o, ' ')", NULL,
                "\"apply assert error getmetatable ipairs math needs_text next pairs pcall rawequal rawlen require select "
                "setmetatable stage string table today tonumber tostring type utf8 xpcall\"");
  expect_script_error("return '10' + 1", NULL, "f.lua:1", "arithmetic on a string");
  expect_script_error("return ('%q'):format('x')", NULL, "f.lua:1", "not offered");
  expect_script_error("return ('%a'):format(1)", NULL, "f.lua:1", "not offered");
  expect_script_error("return ('x'):rep(262145)", NULL, "f.lua:1", "longer than 262144");
  expect_script("return #('x'):rep(262144)", NULL, "262144");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_simple_functions), cmocka_unit_test(test_format), cmocka_unit_test(test_patterns),
      cmocka_unit_test(test_gsub_and_gmatch),  cmocka_unit_test(test_tables), cmocka_unit_test(test_random_patterns),
      cmocka_unit_test(test_left_out),
  };
  return cmocka_run_group_tests(tests, open_reference, close_reference);
}
