// Builds static/css/portal.css and portal.rtl.css from static/scss. Run: npm install && npm run css
// Usage: node tools/build_css.mjs [output folder]. NODE_MODULES names another folder of packages.
// The first line of each file carries the hash of its sources; tests/portal/test_look.py compares it without Node.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = resolve(process.env.NODE_MODULES ?? join(root, "node_modules"));
const output = resolve(process.argv[2] ?? join(root, "static", "css"));
const load = createRequire(join(modules, "entry.js"));
const sass = load("sass");
const rtlcss = load("rtlcss");

function sourceHash() {
  const folder = join(root, "static", "scss");
  const files = readdirSync(folder).filter((name) => name.endsWith(".scss")).sort();
  const hash = createHash("sha256");
  for (const path of [join(root, "package.json"), ...files.map((name) => join(folder, name))]) {
    hash.update(readFileSync(path));
    hash.update("\0");
  }
  return hash.digest("hex");
}

function compile() {
  const entry = join(root, "static", "scss", "portal.scss");
  const { css } = sass.compile(entry, { style: "compressed", charset: false, loadPaths: [modules] });
  return css.replace(/\/\*!.*?\*\//gs, "").trim();
}

const head = `/* sources sha256:${sourceHash()} | Bootstrap 5.3.9 (MIT) with the portal's theme (EUPL-1.2) | do not edit */\n`;
const css = compile();
mkdirSync(output, { recursive: true });
writeFileSync(join(output, "portal.css"), `${head}${css}\n`);
writeFileSync(join(output, "portal.rtl.css"), `${head}${rtlcss.process(css)}\n`);
console.log(`portal.css ${Math.round(css.length / 1024)} kB`);
