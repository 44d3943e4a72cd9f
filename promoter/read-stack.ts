// `npm run -s stack -w promoter < LOG`: places in the bundle as places in the source, by the maps that lie beside it. The process itself
// runs without maps: they cost 76 MB of its heap. `node read-stack.ts FOLDER` reads those of another build, such as an image's /app/dist.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, 'dist'));
const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (maps.has(file)) return maps.get(file);
  let map: SourceMap | undefined;
  try {
    map = new SourceMap(JSON.parse(readFileSync(path.join(folder, `${file}.map`), 'utf8')) as SourceMap['payload']);
  } catch {
    // A file of somebody else, whose place stays as it is.
  }
  maps.set(file, map);
  return map;
}

const PLACE = /(?:file:\/\/)?[\w./-]*?([\w-]+\.js):(\d+):(\d+)/g;

for await (const line of createInterface({ input: process.stdin })) {
  const read = line.replaceAll(PLACE, (place, file: string, row: string, column: string) => {
    const entry = mapOf(file)?.findEntry(Number(row) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${entry.originalSource.replace(/^(\.\.\/)+/, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
  process.stdout.write(`${read}\n`);
}
