return redline "checked_before_paid" {
  kind = "item", articles = { 1 }, title = { zh = "5万元以上核对后才付款", en = "From 50,000 nothing is paid unchecked" }, why = { zh = "付了就收不回来", en = "What is paid does not come back" },
  step = function(_, step)
    local f = step.after.facts
    if f.paid_on and f.total >= wan(5) and not f.checked_on then return crossed { zh = "没有核对就付了款", en = "It was paid unchecked" } end
  end,
}
