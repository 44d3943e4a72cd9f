import { html } from 'hono/html';
import type { FileDiff } from '../../git/file-diff.ts';
import type { Html } from './layout.ts';

const KINDS: Record<string, string> = { '+': 'added', '-': 'removed', '@': 'hunk' };
const kindOf = (line: string): string => KINDS[line.slice(0, 1)] ?? 'context';

export function diffView(files: readonly FileDiff[]): Html {
  return html`${files.map(
    (file) =>
      html`<details class="file" open>
        <summary>
          <code>${file.path}</code> <span class="additions">+${file.additions}</span>
          <span class="deletions">−${file.deletions}</span>
        </summary>
        <pre class="diff" tabindex="0">
${file.patch.split('\n').map((line) => html`<span class="${kindOf(line)}">${line} </span>`)}</pre>
      </details>`,
  )}`;
}
