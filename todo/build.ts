// `npm run build`: bundles the service and its imports into a few files. Loaded file by file, drizzle-orm alone costs half a second
// and 200 MB at every start (docs/adr/0006). PGlite is not bundled: it reads its WebAssembly from its own folder.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const outdir = path.join(import.meta.dirname, 'dist');

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.ts', 'src/migrate.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  external: ['@electric-sql/pglite', '@electric-sql/pglite/*'],
  // Bundled CommonJS packages still require Node's built-in modules.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
