-- The peer of the benchmarks: nginx with LuaJIT and SQLite doing what one action and one read of tests/bench/rules take: token, permission,
-- JSON, the rules' own checks, the case's row, an event in a hash chain, its deadline's rungs; durable before it is answered.
-- SQLite and SHA-256 are called through the FFI with prepared statements: the quickest way there is from Lua.
local ffi, cjson = require "ffi", require "cjson"
ffi.cdef [[
typedef struct sqlite3 sqlite3; typedef struct sqlite3_stmt sqlite3_stmt;
int sqlite3_open(const char *path, sqlite3 **db); int sqlite3_exec(sqlite3 *, const char *sql, void *, void *, char **);
int sqlite3_prepare_v2(sqlite3 *, const char *sql, int n, sqlite3_stmt **, const char **); int sqlite3_busy_timeout(sqlite3 *, int ms);
int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, intptr_t); int sqlite3_bind_blob(sqlite3_stmt *, int, const char *, int, intptr_t);
int sqlite3_bind_int64(sqlite3_stmt *, int, int64_t); int sqlite3_step(sqlite3_stmt *); int sqlite3_reset(sqlite3_stmt *);
const unsigned char *sqlite3_column_text(sqlite3_stmt *, int); const void *sqlite3_column_blob(sqlite3_stmt *, int);
int sqlite3_column_bytes(sqlite3_stmt *, int); int64_t sqlite3_column_int64(sqlite3_stmt *, int); const char *sqlite3_errmsg(sqlite3 *);
unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *md);
]]
local sqlite, crypto = ffi.load "libsqlite3.so.0", ffi.load "libcrypto.so.3"
local ROW, DONE, TRANSIENT = 100, 101, ffi.cast("intptr_t", -1)
local M, db, statements, users = {}, nil, {}, nil

local function check(rc, wanted)
  if rc ~= (wanted or 0) then error(ffi.string(sqlite.sqlite3_errmsg(db))) end
end
local function exec(sql) check(sqlite.sqlite3_exec(db, sql, nil, nil, nil)) end
local function statement(sql)
  local s = statements[sql]
  if not s then
    local out = ffi.new("sqlite3_stmt *[1]")
    check(sqlite.sqlite3_prepare_v2(db, sql, #sql, out, nil))
    s = out[0]
    statements[sql] = s
  end
  return s
end
local function bind(s, ...)
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    if type(v) == "number" then check(sqlite.sqlite3_bind_int64(s, i, v)) else check(sqlite.sqlite3_bind_text(s, i, v, #v, TRANSIENT)) end
  end
end
local function run(sql, ...)
  local s = statement(sql)
  bind(s, ...)
  local rc = sqlite.sqlite3_step(s)
  sqlite.sqlite3_reset(s)
  check(rc, DONE)
end
local function text(s, i) return ffi.string(sqlite.sqlite3_column_text(s, i), sqlite.sqlite3_column_bytes(s, i)) end
local function one(sql, ...)
  local s = statement(sql)
  bind(s, ...)
  local value = sqlite.sqlite3_step(s) == ROW and text(s, 0) or nil
  sqlite.sqlite3_reset(s)
  return value
end

function M.init(path, cases)
  local out = ffi.new("sqlite3 *[1]")
  check(sqlite.sqlite3_open(path, out))
  db = out[0]
  sqlite.sqlite3_busy_timeout(db, 10000)
  exec "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192"
  exec [[BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS cases (id TEXT PRIMARY KEY, title TEXT, version INTEGER, changed_ms INTEGER, state TEXT);
    CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, case_id TEXT, at_ms INTEGER, body TEXT, hash BLOB);
    CREATE INDEX IF NOT EXISTS events_case ON events (case_id, seq);
    CREATE TABLE IF NOT EXISTS deadlines (case_id TEXT, name TEXT, rung TEXT, due TEXT, PRIMARY KEY (case_id, name, rung));
    INSERT OR IGNORE INTO events VALUES (0, '', 0, '', zeroblob(32))]]
  for i = 0, cases - 1 do
    local facts = { title = "事项" .. i, amount = 100, count = 0 }
    for k = 1, 10 do facts[("f%02d"):format(k)] = "一些内容 some content" end
    local state = { id = ("c%04d"):format(i), kind = "item", unit = "o1", jurisdiction = "100000", title = facts.title, version = 1, created = "2026-01-01",
      facts = facts, stages = { work = { state = "open", opened = "2026-01-01", round = 1, did = {} } } }
    run("INSERT OR IGNORE INTO cases VALUES (?, ?, 1, 0, ?)", state.id, state.title, cjson.encode(state))
  end
  exec "COMMIT"
  users = { ["bench-token"] = { user = "u1", name = "甲", org = "o1", jurisdiction = "100000", roles = { "clerk" } } }
end

local function refuse(status, code)
  ngx.status = status
  ngx.say(cjson.encode { status = status, refusals = { { code = code } } })
end
local function actor()
  local header = ngx.var.http_authorization
  return header and users[header:match "^Bearer (.+)$" or ""]
end
local function may(who, state)
  for _, role in ipairs(who.roles) do if role == "clerk" and who.org == state.unit then return true end end
end

function M.read(id)
  local who = actor()
  if not who then return refuse(401, "login") end
  local state = one("SELECT state FROM cases WHERE id = ?", id)
  if not state or not may(who, cjson.decode(state)) then return refuse(404, "case.unknown") end
  ngx.header["Content-Type"] = "application/json"
  ngx.print(state)
end

local hash = ffi.new "unsigned char[32]"
local function chain(who, state, input)
  local s = statement "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"
  check(sqlite.sqlite3_step(s), ROW)
  local seq, previous = tonumber(sqlite.sqlite3_column_int64(s, 0)) + 1, ffi.string(sqlite.sqlite3_column_blob(s, 1), 32)
  sqlite.sqlite3_reset(s)
  local now = math.floor(ngx.now() * 1000)
  local body = cjson.encode { seq = seq, at = now, case = state.id, ["do"] = "act", stage = "work", action = "note", actor = who, input = input, version = state.version,
    effects = { { ["do"] = "set", fact = "amount", value = input.amount }, { ["do"] = "set", fact = "count", value = state.facts.count },
      { ["do"] = "set", fact = "last_on", value = state.facts.last_on }, { ["do"] = "set", fact = "f11", value = input.text } } }
  local linked = previous .. body
  crypto.SHA256(linked, #linked, hash)
  local put = statement "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
  bind(put, seq, state.id, now, body)
  check(sqlite.sqlite3_bind_blob(put, 5, ffi.cast("const char *", hash), 32, TRANSIENT))
  local rc = sqlite.sqlite3_step(put)
  sqlite.sqlite3_reset(put)
  check(rc, DONE)
  return now
end

local function act(who, id, input)
  local stored = one("SELECT state FROM cases WHERE id = ?", id)
  local state = stored and cjson.decode(stored)
  if not state then return 404, "case.unknown" end
  if not may(who, state) then return 403, "role" end
  if state.stages.work.state ~= "open" then return 409, "stage.closed" end
  if type(input.amount) ~= "number" or type(input.text) ~= "string" then return 422, "form.type" end
  if not state.facts.title or input.amount > 500000000 then return 422, "rule" end
  local today = ngx.today()
  local fresh = state.facts.last_on ~= today
  state.facts.amount, state.facts.count, state.facts.last_on, state.facts.f11 = input.amount, state.facts.count + 1, today, input.text
  state.version, state.stages.work.did.note = state.version + 1, (state.stages.work.did.note or 0) + 1
  local now = chain(who, state, input)
  local encoded = cjson.encode(state)
  run("UPDATE cases SET title = ?2, version = ?3, changed_ms = ?4, state = ?5 WHERE id = ?1", id, state.title, state.version, now, encoded)
  for _, rung in ipairs(fresh and { "warn1", "warn2", "due" } or {}) do run("INSERT OR REPLACE INTO deadlines VALUES (?, 'answer', ?, ?)", id, rung, today) end
  return 200, encoded
end

function M.act(id)
  local who = actor()
  if not who then return refuse(401, "login") end
  ngx.req.read_body()
  local fine, body = pcall(cjson.decode, ngx.req.get_body_data() or "")
  if not fine or type(body.input) ~= "table" then return refuse(400, "form.type") end
  local begun, why = pcall(exec, "BEGIN IMMEDIATE")
  if not begun then return refuse(503, tostring(why)) end
  local done, status, said = pcall(act, who, id, body.input)
  local ended, fault = pcall(exec, done and status == 200 and "COMMIT" or "ROLLBACK")
  if not ended then
    pcall(exec, "ROLLBACK") -- a commit that could not be made must not hold up those after it
    return refuse(503, tostring(fault))
  end
  if not done then
    ngx.log(ngx.ERR, tostring(status))
    return refuse(500, tostring(status))
  end
  if status ~= 200 then return refuse(status, said) end
  ngx.header["Content-Type"] = "application/json"
  ngx.print(said)
end

return M
