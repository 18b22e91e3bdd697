-- Official papers to print: which there are for a case as it stands, and what one says. The layout is the reader's.
local digits = { [0] = "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" }
local places4, groups = { "", "拾", "佰", "仟" }, { "", "万", "亿", "万亿" }

-- Up to four digits, zeros between them told once.
local function four(n)
  local out, zero = "", false
  for i = 4, 1, -1 do
    local d = n // math.tointeger(10 ^ (i - 1)) % 10
    if d == 0 then zero = out ~= ""
    else
      out = out .. (zero and "零" or "") .. digits[d] .. places4[i]
      zero = false
    end
  end
  return out
end

local function whole_yuan(n)
  local out, gap = "", false
  for i = #groups, 1, -1 do
    local unit = math.tointeger(10000 ^ (i - 1))
    local part = n // unit % 10000
    if part == 0 then gap = out ~= ""
    else
      out = out .. ((gap or (out ~= "" and part < 1000)) and "零" or "") .. four(part) .. groups[i]
      gap = false
    end
  end
  return out
end

-- 大写 by the rules for bills (支付结算办法,附一): 整 after yuan and after jiao, 零 between yuan and fen.
function P.words.money_capitals(fen)
  if math.type(fen) ~= "integer" or fen < 0 or fen >= 10 ^ 17 then P.fault(2, "money_capitals(fen): whole fen from 0 up are due") end
  local yuan, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
  local out = yuan > 0 and whole_yuan(yuan) .. "元" or ""
  if jiao == 0 and cent == 0 then return (out == "" and "零元" or out) .. "整" end
  if jiao > 0 then out = out .. digits[jiao] .. "角" elseif out ~= "" then out = out .. "零" end
  return out .. (cent > 0 and digits[cent] .. "分" or "整")
end

-- 2026年3月5日
function P.words.date_zh(date)
  local y, m, d = (type(date) == "string" and date or ""):match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if not y then P.fault(2, 'date_zh(date): a day "YYYY-MM-DD" is due') end
  return ("%s年%d月%d日"):format(y, math.tointeger(tonumber(m)), math.tointeger(tonumber(d)))
end

local function letters_of(view, case)
  local out = {}
  for name, letter in pairs(view.letters) do if letter.kind == case.kind then out[#out + 1] = name end end
  table.sort(out, function(a, b)
    local x, y = view.letters[a].order or 0, view.letters[b].order or 0
    if x ~= y then return x < y end
    return a < b
  end)
  return out
end

-- entry.letters(case, now) → [ { name, title, articles, from } ]: those that can be printed today.
function P.entry.letters(case, now)
  local view, out = P.view(case.jurisdiction), {}
  for _, name in ipairs(letters_of(view, case)) do
    local letter = view.letters[name]
    if holds(view, "", letter.when, case, context(view, nil, now)) then
      out[#out + 1] = { name = name, title = letter.title, articles = letter.articles, from = letter.from }
    end
  end
  return out
end

local function texts(what, part, value)
  if type(value) ~= "table" then error(("%s: %s is a list of texts, not %s"):format(what, part, type(value)), 0) end
  for i, one in ipairs(value) do
    if type(one) ~= "string" then error(("%s: %s[%d] is a text, not %s"):format(what, part, i, type(one)), 0) end
  end
end

-- entry.letter(case, name, now) → what it says, or {} when it cannot be printed now. `now` also has `unit` and `from`, each { zh, en }.
function P.entry.letter(case, name, now)
  local view = P.view(case.jurisdiction)
  local letter, what = view.letters[name], ("letter '%s'"):format(name)
  local ctx = context(view, nil, now)
  if not letter or letter.kind ~= case.kind or not holds(view, "", letter.when, case, ctx) then return {} end
  local said = letter.text(case, host.readonly { date = now.date, unit = now.unit, from = now.from, place = view.jurisdictions[case.jurisdiction],
    limit = function(limit) return P.resolve_limit(view, "", limit) end })
  if type(said) ~= "table" then error(what .. ": text returns { to =, date =, paragraphs = { … } }", 0) end
  for key in pairs(said) do
    if not P.letter_parts[key] then error(("%s: text gives '%s', which is no part of a letter%s"):format(what, tostring(key), P.near(key, P.letter_parts)), 0) end
  end
  texts(what, "paragraphs", said.paragraphs)
  texts(what, "attachments", said.attachments or {})
  texts(what, "copies", said.copies or {})
  for i, row in ipairs(said.rows or {}) do texts(what, ("rows[%d]"):format(i), row) end
  return { name = name, title = letter.title, articles = letter.articles, to = said.to, number = said.number, date = said.date, heading = said.heading,
    paragraphs = said.paragraphs, rows = said.rows, attachments = said.attachments, copies = said.copies, signed = said.signed }
end
