// Prints the size of the built extension, file by file: what JupyterLab loads when it starts, and
// what is loaded later, when a view that needs it is opened. Fails when either is above its limit.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START_KB = 115;
const ALL_KB = 300;
const folder = fileURLToPath(
  new URL('../../jupyter_registry/labextension/static', import.meta.url)
);
const scripts = readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.js'));
const sizeOf = names => names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
const kB = bytes => `${(bytes / 1000).toFixed(1)} kB`;

const start = atStart();
const total = sizeOf(scripts);
if (!start.length) {
  console.error('Nothing built, or built in a way that is not understood here.');
  process.exit(1);
}
const begun = sizeOf(start);
for (const name of scripts.sort((one, other) => sizeOf([other]) - sizeOf([one]))) {
  console.log(
    `${kB(sizeOf([name])).padStart(9)}  ${start.includes(name) ? 'start' : 'later'}  ${name}`
  );
}
console.log(
  `Bundle: ${kB(begun)} minified at the start in ${start.length} files (limit ${START_KB} kB), ` +
    `${kB(total - begun)} when needed, ${kB(total)} in all (limit ${ALL_KB} kB)`
);
if (begun > START_KB * 1000 || total > ALL_KB * 1000) {
  console.error('The bundle is too large: load libraries from JupyterLab, views when opened.');
  process.exit(1);
}

/** The entry, and the chunks that its plugins and styles name, as the entry says. */
function atStart() {
  const entry = scripts.find(name => name.startsWith('remoteEntry.'));
  if (!entry) {
    return [];
  }
  const text = readFileSync(join(folder, entry), 'utf-8');
  const exposed = [...text.matchAll(/"\.\/(?:extension|style)":\(\)=>(.*?)\.then\(/g)];
  const chunks = exposed.flatMap(([, loads]) =>
    [...loads.matchAll(/\.e\("?(\w+)"?\)/g)].map(([, id]) => id)
  );
  const files = [...new Set(chunks)].map(id => scripts.find(name => name.startsWith(`${id}.`)));
  // a chunk without a file, or an entry without both, would be counted too low
  if (exposed.length < 2 || !files.length || files.includes(undefined)) {
    return [];
  }
  return [entry, ...files, ...scripts.filter(name => name === 'style.js')];
}
