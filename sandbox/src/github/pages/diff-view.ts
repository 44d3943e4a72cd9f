import { html } from 'hono/html';
import type { FileDiff } from '../../git/file-diff.ts';
import type { Html } from './layout.ts';

const KINDS: Record<string, string> = { '+': 'added', '-': 'removed', '@': 'hunk' };

export function diffView(files: readonly FileDiff[]): Html {
  return html`${files.map(
    (file) =>
      html`<details class="file" open>
        <summary>
          <code>${file.path}</code> <span class="additions">+${file.additions}</span>
          <span class="deletions">−${file.deletions}</span>
        </summary>
        <pre class="diff" tabindex="0">
${file.patch.split('\n').map((line) => html`<span class="${KINDS[line[0] ?? ''] ?? ''}">${line} </span>`)}</pre>
      </details>`,
  )}`;
}
