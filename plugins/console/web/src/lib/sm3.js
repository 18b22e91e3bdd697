// SM3 (GB/T 32905), for anyone to check a draw again on the spot. Takes text, gives hexadecimal digits.
const rot = (x, n) => ((x << (n % 32)) | (x >>> (32 - (n % 32)))) >>> 0
const p0 = x => (x ^ rot(x, 9) ^ rot(x, 17)) >>> 0
const p1 = x => (x ^ rot(x, 15) ^ rot(x, 23)) >>> 0

function pad(bytes) {
  const length = bytes.length, out = new Uint8Array(((length + 9 + 63) >> 6) << 6)
  out.set(bytes)
  out[length] = 0x80
  new DataView(out.buffer).setBigUint64(out.length - 8, BigInt(length) * 8n)
  return out
}

function expand(view, at) {
  const w = new Uint32Array(68)
  for (let j = 0; j < 16; j++) w[j] = view.getUint32(at + j * 4)
  for (let j = 16; j < 68; j++) w[j] = p1(w[j - 16] ^ w[j - 9] ^ rot(w[j - 3], 15)) ^ rot(w[j - 13], 7) ^ w[j - 6]
  return w
}

function compress(v, w) {
  let [a, b, c, d, e, f, g, h] = v
  for (let j = 0; j < 64; j++) {
    const early = j < 16, a12 = rot(a, 12), ss1 = rot((a12 + e + rot(early ? 0x79cc4519 : 0x7a879d8a, j)) >>> 0, 7)
    const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ a12) + (w[j] ^ w[j + 4])) >>> 0
    const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + w[j]) >>> 0
    d = c; c = rot(b, 9); b = a; a = tt1; h = g; g = rot(f, 19); f = e; e = p0(tt2)
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x ^ v[i]) >>> 0)
}

export function sm3(text) {
  const bytes = pad(new TextEncoder().encode(text)), view = new DataView(bytes.buffer)
  let v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]
  for (let at = 0; at < bytes.length; at += 64) v = compress(v, expand(view, at))
  return v.map(x => x.toString(16).padStart(8, '0')).join('')
}
