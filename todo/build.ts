// `npm run build`: the service and all it imports in a few files. drizzle-orm alone costs half a second at every start and
// 200 MB where Node loads it file by file (docs/adr/0006). PGlite stays outside: it reads its WebAssembly beside itself.
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
  // CommonJS packages that are bundled still ask for Node's own modules.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
