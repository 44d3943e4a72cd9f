// Every file of code with its imports, as a parser reads it (TypeScript 7 has no API to ask).
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type ParseResult, parseSync, type Program } from 'oxc-parser';
import { listFiles } from '../list-files.ts';
import { readPackages } from './read-packages.ts';
import { walk } from './walk.ts';

export interface Import {
  /** As it is written: `../errors.ts`, `zod`. */
  specifier: string;
  line: number;
  isTypeOnly: boolean;
  /** The file of this repository that it resolves to; undefined for third-party packages. */
  target: string | undefined;
}

export interface Source {
  /** From the root of the repository. */
  file: string;
  imports: readonly Import[];
  program: Program;
  lineOf(node: { start: number }): number;
}

const EXTENSIONS = '{ts,mts,cts,js,mjs,cjs}';
const CODE = [`**/*.${EXTENSIONS}`, `.ci/**/*.${EXTENSIONS}`, `.github/**/*.${EXTENSIONS}`];

/** Tests, benchmarks and fuzz: they may import anything in their package, and the rules for sources do not apply to them. */
export function isTest(file: string): boolean {
  return /\.test\.\w+$|^([^/]+|(observability|tools)\/[^/]+)\/(test|bench|fuzz)\//.test(file);
}

function lines(text: string): (node: { start: number }) => number {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return ({ start }) => ends.filter((end) => end < start).length + 1;
}

/** Static and dynamic imports, exports from other files, and types as in `import('./a.ts').A`. */
function importsOf({ module, program }: ParseResult): (Omit<Import, 'line' | 'target'> & { start: number })[] {
  const found = module.staticImports.map(({ start, moduleRequest, entries }) => {
    const isTypeOnly = entries.length > 0 && entries.every(({ isType }) => isType);
    return { start, specifier: moduleRequest.value, isTypeOnly };
  });
  for (const { start, moduleRequest, isType } of module.staticExports.flatMap(({ entries }) => entries))
    if (moduleRequest) found.push({ start, specifier: moduleRequest.value, isTypeOnly: isType });
  walk(program, (node) => {
    if (node.type !== 'ImportExpression' && node.type !== 'TSImportType') return;
    const { source, start } = node;
    if (source.type === 'Literal' && typeof source.value === 'string')
      found.push({ start, specifier: source.value, isTypeOnly: node.type === 'TSImportType' });
  });
  return found;
}

/** @throws Error that names the file which does not parse. */
export async function readSources(root: string): Promise<Source[]> {
  const packages = await readPackages(root);
  const exported = new Map(packages.flatMap(({ exports }) => [...exports]));
  const files = await listFiles(root, ...CODE);
  const known = new Set(files);
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(root, file), 'utf8');
      const parsed = parseSync(file, text, { preserveParens: false });
      const [error] = parsed.errors;
      if (error) throw new Error(`${file}: ${error.message}`);
      const lineOf = lines(text);
      const imports = importsOf(parsed).map(({ start, ...each }): Import => {
        const target = each.specifier.startsWith('.')
          ? path.posix.join(path.posix.dirname(file), each.specifier)
          : exported.get(each.specifier);
        return {
          ...each,
          line: lineOf({ start }),
          target: target !== undefined && known.has(target) ? target : undefined,
        };
      });
      return { file, imports, program: parsed.program, lineOf };
    }),
  );
}
