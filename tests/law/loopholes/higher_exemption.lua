-- file: counties/430922/higher_exemption.lua
-- crosses: small_only_up_to_500000
-- 小额门槛提到80万元 · exempt up to 800,000
return amend "declaration" { limits = { exempt_up_to = wan(80) } }
