return report "broken" { title = { zh = "坏报表", en = "Broken" }, articles = { 1 }, by = "office", columns = { { "title", zh = "名称", en = "Title" } },
  row = function() return { titel = "x" } end }
