// Bundle the browser's files: geoapp/web/static/{js,css} -> geoapp/web/static/dist.
//
//   node scripts/build-assets.mjs            one build, minified
//   node scripts/build-assets.mjs --watch    rebuild on change, with source maps
//
// Leaflet is its own classic script because the folium shell needs the global `L` before any
// module runs; every other bundle reads that same `L` (js/shared/leaflet.js), so there is one.
import { context, build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'geoapp/web/static');
const dist = join(source, 'dist');
const watch = process.argv.includes('--watch');

const entries = {
  leaflet: 'js/leaflet.js',
  map: 'js/map/main.js',
  report: 'js/report/main.js',
  tus: 'js/shared/tus.js',
  ticket: 'js/ticket/main.js',
  command: 'js/command/main.js',
  wall: 'js/wall/main.js',
  queue: 'js/work/queue.js',
  case: 'js/work/case.js',
  duplicates: 'js/work/duplicates.js',
  field: 'js/field/main.js',
  entry: 'js/entry/main.js',
  admin: 'js/admin/main.js',
  boundaries: 'js/boundaries/main.js',
  areas: 'js/areas/main.js',
  figures: 'js/figures/main.js',
  statistics: 'js/statistics/main.js',
};
const styles = {
  app: 'css/app.css',
  map: 'css/map.css',
  report: 'css/report.css',
  staff: 'css/work-frame.css',
  work: 'css/work.css',
  command: 'css/command.css',
  wall: 'css/wall.css',
  duplicates: 'css/duplicates.css',
  field: 'css/field.css',
  entry: 'css/entry.css',
  office: 'css/office.css',
  figures: 'css/figures.css',
  statistics: 'css/statistics.css',
  boundaries: 'css/boundaries.css',
  areas: 'css/areas.css',
  accounts: 'css/accounts.css',
};

function present(table) {
  const all = Object.entries(table).map(([name, path]) => ({ out: name, in: join(source, path) }));
  const missing = all.filter((entry) => !existsSync(entry.in));
  for (const entry of missing) console.error(`missing entry: ${entry.in}`);
  if (missing.length && !watch) process.exitCode = 1;
  return all.filter((entry) => existsSync(entry.in));
}

const common = {
  outdir: dist,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? 'inline' : false,
  target: ['chrome100', 'firefox102', 'safari15.4'],
  mainFields: ['module', 'main'],
  loader: { '.png': 'dataurl', '.svg': 'dataurl' },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

const jobs = [
  { ...common, entryPoints: present(entries), format: 'iife' },
  { ...common, entryPoints: present(styles) },
];

/** Write dist/manifest.json ({"map.js": "<12 hex digits of its content>"}) and print the sizes. */
function finish(results) {
  const manifest = {};
  for (const output of results.flatMap((result) => Object.keys(result.metafile.outputs)).sort()) {
    const bytes = readFileSync(join(root, output));
    const name = basename(output);
    manifest[name] = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const kB = (n) => `${(n / 1000).toFixed(1)} kB`.padStart(10);
    console.log(`${name.padEnd(14)}${kB(bytes.length)}${kB(gzipSync(bytes).length)} gzip`);
  }
  writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
}

process.chdir(root);
if (watch) {
  for (const job of jobs) await (await context(job)).watch();
  console.log('watching');
} else {
  const results = await Promise.all(jobs.map((job) => build(job)));
  finish(results);
  // What is no longer built goes last: a server that is running always finds its files.
  const built = new Set(['manifest.json', ...results.flatMap((result) => Object.keys(result.metafile.outputs)).map((output) => basename(output))]);
  for (const name of readdirSync(dist)) if (!built.has(name)) rmSync(join(dist, name), { recursive: true, force: true });
}
