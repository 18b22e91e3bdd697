// Two texts, line by line: the longest common lines stay, with three lines around what changed. Scripts are short: a table will do.
const AROUND = 3

function common(a, b) {
  const wide = b.length + 1, table = new Uint16Array((a.length + 1) * wide)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) table[i * wide + j] = a[i] === b[j] ? table[(i + 1) * wide + j + 1] + 1 : Math.max(table[(i + 1) * wide + j], table[i * wide + j + 1])
  }
  return (i, j) => table[i * wide + j]
}

export function lines(before, after) {
  const a = before.split('\n'), b = after.split('\n'), all = []
  let start = 0, endA = a.length, endB = b.length
  while (start < endA && start < endB && a[start] === b[start]) start++
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) { endA--; endB-- }
  const midA = a.slice(start, endA), midB = b.slice(start, endB), length = common(midA, midB)
  for (let i = 0; i < start; i++) all.push({ kind: 'same', a: i + 1, b: i + 1, text: a[i] })
  for (let i = 0, j = 0; i < midA.length || j < midB.length;) {
    if (i < midA.length && j < midB.length && midA[i] === midB[j]) all.push({ kind: 'same', a: start + ++i, b: start + ++j, text: midA[i - 1] })
    else if (i < midA.length && (j === midB.length || length(i + 1, j) >= length(i, j + 1))) all.push({ kind: 'minus', a: start + ++i, text: midA[i - 1] })
    else all.push({ kind: 'plus', b: start + ++j, text: midB[j - 1] })
  }
  for (let i = 0; endA + i < a.length; i++) all.push({ kind: 'same', a: endA + i + 1, b: endB + i + 1, text: a[endA + i] })
  return fold(all)
}

// What is far from any change becomes one row that says how much it is.
function fold(all) {
  const near = all.map(() => false), out = []
  all.forEach((row, i) => { if (row.kind !== 'same') for (let k = Math.max(0, i - AROUND); k <= Math.min(all.length - 1, i + AROUND); k++) near[k] = true })
  for (let i = 0; i < all.length; i++) {
    if (near[i]) out.push(all[i])
    else if (out.at(-1)?.kind === 'skip') out.at(-1).n++
    else out.push({ kind: 'skip', n: 1 })
  }
  return out
}
