-- The words of the script library (core/lua/1_words.lua, 2_rules.lua); run: luacheck scripts
stds.banfa = {
  read_globals = {
    -- the safe part of Lua
    "pairs", "ipairs", "type", "tostring", "tonumber", "select", "next", "error", "assert", "pcall", "require", "math", "string", "table", "utf8",
    -- declarations
    "stage", "kind", "amend", "register", "report", "letter", "notice", "reword", "money_capitals", "date_zh", "roles", "jurisdictions", "papers", "remove", "law", "articles", "redline", "crossed",
    -- types
    "text", "money", "int", "percent", "bool", "date", "user", "org", "choice", "ref", "entry", "record", "list_of",
    -- periods and amounts
    "workdays", "days", "months", "years", "yuan", "wan",
    -- conditions and papers
    "limit", "at_least", "above", "at_most", "below", "is", "is_not", "is_set", "not_set", "all", "any", "none", "when", "docs",
    -- effects
    "today", "input", "fact", "set", "unset", "append", "open", "close", "follow", "finish", "notify", "act", "create", "add", "change", "classify",
    "start", "pause", "resume", "stop", "refuse",
    -- helpers
    "later", "earlier", "workdays_between", "is_workday", "year_of", "sm3", "money_text", "is_open", "has_paper",
  },
}
std = "banfa"
include_files = { "scripts/**/*.lua", "config/**/*.lua" }
max_line_length = false
