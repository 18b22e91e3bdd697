-- The second peer of the benchmarks: Tarantool, all in memory, its log written with fsync before an answer, doing what one action and one read of
-- tests/bench/rules take: token, permission, JSON, the rules' own checks, the case's row, an event in a hash chain, its deadline's rungs. Each
-- connection is a fiber; what commits meanwhile shares one fsync. Arguments: folder, port, number of cases.
local digest, json, clock = require "digest", require "json", require "clock"
local socket, fiber = require "socket", require "fiber"
local folder, port, count = arg[1], tonumber(arg[2]), tonumber(arg[3])

box.cfg { work_dir = folder, wal_mode = "fsync", memtx_memory = 2 * 1024 ^ 3, log = folder .. "/tarantool.log", log_level = 2, checkpoint_interval = 0 }
local cases = box.schema.space.create("cases", { if_not_exists = true })
cases:create_index("id", { parts = { 1, "string" }, if_not_exists = true })
local events = box.schema.space.create("events", { if_not_exists = true })
events:create_index("seq", { parts = { 1, "unsigned" }, if_not_exists = true })
local deadlines = box.schema.space.create("deadlines", { if_not_exists = true })
deadlines:create_index("rung", { parts = { { 1, "string" }, { 2, "string" }, { 3, "string" } }, if_not_exists = true })

local users = { ["bench-token"] = { user = "u1", name = "甲", org = "o1", jurisdiction = "100000", roles = { "clerk" } } }
local seq, last = 0, ("\0"):rep(32) -- the chain's end; a failed log write ends the server, so that it is never ahead of the disk

for i = 0, count - 1 do
  local facts = { title = "事项" .. i, amount = 100, count = 0 }
  for k = 1, 10 do facts[("f%02d"):format(k)] = "一些内容 some content" end
  local state = { id = ("c%04d"):format(i), kind = "item", unit = "o1", jurisdiction = "100000", title = facts.title, version = 1, created = "2026-01-01",
    facts = facts, stages = { work = { state = "open", opened = "2026-01-01", round = 1, did = {} } } }
  cases:replace { state.id, state.title, 1, 0, json.encode(state) }
end

local function may(who, state)
  for _, role in ipairs(who.roles) do if role == "clerk" and who.org == state.unit then return true end end
end

local function read(who, id)
  local row = cases:get(id)
  if not row or not may(who, json.decode(row[5])) then return 404, '{"refusals":[{"code":"case.unknown"}]}' end
  return 200, row[5]
end

local function act(who, id, text)
  local fine, body = pcall(json.decode, text)
  local input = fine and type(body) == "table" and body.input
  if type(input) ~= "table" then return 400, '{"refusals":[{"code":"form.type"}]}' end
  local row = cases:get(id)
  local state = row and json.decode(row[5])
  if not state then return 404, '{"refusals":[{"code":"case.unknown"}]}' end
  if not may(who, state) then return 403, '{"refusals":[{"code":"role"}]}' end
  if state.stages.work.state ~= "open" then return 409, '{"refusals":[{"code":"stage.closed"}]}' end
  if type(input.amount) ~= "number" or type(input.text) ~= "string" then return 422, '{"refusals":[{"code":"form.type"}]}' end
  if not state.facts.title or input.amount > 500000000 then return 422, '{"refusals":[{"code":"rule"}]}' end
  local now = math.floor(clock.time() * 1000)
  local today = os.date("%Y-%m-%d", now / 1000)
  local fresh = state.facts.last_on ~= today
  state.facts.amount, state.facts.count, state.facts.last_on, state.facts.f11 = input.amount, state.facts.count + 1, today, input.text
  state.version, state.stages.work.did.note = state.version + 1, (state.stages.work.did.note or 0) + 1
  local encoded = json.encode(state)
  seq = seq + 1
  local event = json.encode { seq = seq, at = now, case = id, ["do"] = "act", stage = "work", action = "note", actor = who, input = input, version = state.version,
    effects = { { ["do"] = "set", fact = "amount", value = input.amount }, { ["do"] = "set", fact = "count", value = state.facts.count },
      { ["do"] = "set", fact = "last_on", value = today }, { ["do"] = "set", fact = "f11", value = input.text } } }
  last = digest.sha256(last .. event)
  box.begin()
  events:insert { seq, id, now, event, last }
  cases:replace { id, state.title, state.version, now, encoded }
  for _, rung in ipairs(fresh and { "warn1", "warn2", "due" } or {}) do deadlines:replace { id, "answer", rung, today } end
  box.commit() -- the other fibers go on until the disk has it
  return 200, encoded
end

local function answer(head, body)
  local method, path = head:match "^(%u+) (%S+)"
  local who = users[head:match "[Aa]uthorization: Bearer ([^\r]+)" or ""]
  if not who then return 401, '{"refusals":[{"code":"login"}]}' end
  local id = path:match "^/api/v1/cases/(%w+)$"
  if method == "GET" and id then return read(who, id) end
  id = path:match "^/api/v1/cases/(%w+)/actions/work/note$"
  if method == "POST" and id then return act(who, id, body) end
  return 404, "{}"
end

socket.tcp_server("127.0.0.1", port, function(connection)
  connection:setsockopt("SOL_TCP", "TCP_NODELAY", true)
  while true do
    local head = connection:read("\r\n\r\n")
    if not head or head == "" then return end
    local length = tonumber(head:match "[Cc]ontent%-[Ll]ength: (%d+)" or "0")
    local fine, status, body = pcall(answer, head, length > 0 and connection:read(length) or "")
    if not fine then
      io.stderr:write(tostring(status), "\n")
      os.exit(1)
    end
    connection:write(("HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(status, #body, body))
  end
end)
fiber.create(function() -- ends with the benchmark that began it: its standard input closes
  socket.iowait(0, "R")
  os.exit(0)
end)
