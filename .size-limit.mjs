// What the first paint loads is what index.html names: its script, and those that this one imports.
import { readFileSync } from 'node:fs';

const scripts = readFileSync('dist/index.html', 'utf8').match(/assets\/index-[\w-]+\.js/g) ?? [];
if (scripts.length === 0) throw new Error('dist/index.html names no script. Build first: npm run build.');

export default [
  {
    name: 'JavaScript of the first paint',
    path: [...new Set(scripts)].map((script) => `dist/${script}`),
    gzip: true,
    limit: '100 kB',
  },
  { name: 'Worker', path: 'dist/assets/worker-*.js', gzip: true, limit: '800 kB' },
];
