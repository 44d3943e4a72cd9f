// `npm run build`: the controller and all it imports in a few files, as todo/build.ts (docs/adr/0006). The board's scripts stay
// outside: they are served as they are. `node build.ts FOLDER` writes elsewhere.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const outdir = process.argv[2] ?? path.join(import.meta.dirname, 'dist');

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/server.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: true,
  external: ['htmx.org', 'htmx-ext-sse'],
  // CommonJS packages that are bundled still ask for Node's own modules.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
