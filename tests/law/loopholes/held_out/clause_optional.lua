-- file: counties/430922/clause_optional.lua
-- crosses: contract_terms
-- 终止条款改为选填,条款检查只留金额 · the clause of termination became optional
return amend "contract" {
  actions = { sign = {
    form = { { "termination_clause", bool, zh = "有终止条款", en = "Holds a termination clause", optional = true } },
    check = function(case, given)
      if given.amount > case.facts.investment then return refuse { article = 22, field = "amount", zh = "超过总投资", en = "More than the total" } end
    end } },
}
