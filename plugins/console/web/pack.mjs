// Writes a .gz beside each file that shrinks, and prints the bundle's size: what a first view needs, and all of it.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = process.argv[2];
const files = readdirSync(root, { recursive: true }).map((name) => join(root, name)).filter((path) => statSync(path).isFile() && !path.endsWith(".gz"));
const packed = new Map();
for (const path of files) {
  const bytes = readFileSync(path), small = gzipSync(bytes, { level: 9 });
  if (small.length < bytes.length) writeFileSync(path + ".gz", small);
  packed.set(path, Math.min(small.length, bytes.length));
}
const index = readFileSync(join(root, "index.html"), "utf8");
const first = [...index.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => join(root, match[1]));
const kib = (paths) => Math.round(paths.reduce((sum, path) => sum + (packed.get(path) ?? 0), 0) / 1024);
console.log(`web pages: first view ${kib([join(root, "index.html"), ...first])} KiB, all ${kib([...packed.keys()])} KiB (compressed)`);
