-- 攻击脚本想要改坏的公用部分 · what the attacks would like to spoil for others
return { name = "shared", list = { 7 }, deep = { a = { b = 1 } } }
