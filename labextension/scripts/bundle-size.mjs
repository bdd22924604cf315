// Prints the size of what the browser loads of the built extension; fails above the limit.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT_KB = 300;
const folder = fileURLToPath(
  new URL('../../jupyter_registry/labextension/static', import.meta.url)
);
const scripts = readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.js'));
const bytes = scripts.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
const size = (bytes / 1000).toFixed(1);
console.log(`Bundle: ${size} kB minified in ${scripts.length} files (limit ${LIMIT_KB} kB)`);
if (!scripts.length || bytes > LIMIT_KB * 1000) {
  console.error(
    scripts.length ? 'The bundle is too large: load libraries from JupyterLab.' : 'Nothing built.'
  );
  process.exit(1);
}
