-- 第四十九条:市、区县(市)和两个管委会。parent 是上一级。
return jurisdictions {
  ["430900"] = { zh = "益阳市", en = "Yiyang City" },
  ["430902"] = { zh = "资阳区", en = "Ziyang District", parent = "430900" },
  ["430903"] = { zh = "赫山区", en = "Heshan District", parent = "430900" },
  ["430921"] = { zh = "南县", en = "Nan County", parent = "430900" },
  ["430922"] = { zh = "桃江县", en = "Taojiang County", parent = "430900" },
  ["430923"] = { zh = "安化县", en = "Anhua County", parent = "430900" },
  ["430971"] = { zh = "大通湖区管委会", en = "Datonghu District Management Committee", parent = "430900" },
  ["430972"] = { zh = "益阳高新区管委会", en = "Yiyang High-tech Zone Management Committee", parent = "430900" },
  ["430981"] = { zh = "沅江市", en = "Yuanjiang City", parent = "430900" },
}
