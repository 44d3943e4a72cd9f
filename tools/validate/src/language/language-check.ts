import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Check, Finding } from '../check.ts';
import { listFiles } from '../list-files.ts';
import { findAvoided } from './find-avoided.ts';

const WRITTEN = [
  '**/*.{ts,js,mjs,css,md,yaml,yml,tf,tfvars,hcl,sh,alloy,json,toml,sql,py,example}',
  '**/Dockerfile',
  '.ci/*',
  '.github/**/{*.*,CODEOWNERS}',
];
/** Published by others, made by a program, or a record of what was. */
const NOT_OURS = /(^|\/)(contracts|golden)\/|\.lock\.hcl$|-lock\.json$|-results\.json$|(^|\/)CHANGELOG\.md$/;

export const languageCheck: Check = {
  name: 'language: no source, page or document has a word that must be learned here',
  async run(root) {
    const files = (await listFiles(root, ...WRITTEN)).filter((file) => !NOT_OURS.test(file));
    const findings: Finding[] = [];
    for (const file of new Set(files)) {
      for (const { text, instead } of findAvoided(file))
        findings.push({ where: file, what: `is named "${text}": ${instead}` });
      for (const { line, text, instead } of findAvoided(await readFile(path.join(root, file), 'utf8')))
        findings.push({ where: `${file}:${line}`, what: `"${text}": ${instead}` });
    }
    return { looked: `${files.length} files`, findings };
  },
};
