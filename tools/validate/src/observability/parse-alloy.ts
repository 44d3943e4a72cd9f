// The blocks and arguments of an Alloy file. Expressions are skipped: Alloy evaluates them.
// https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/syntax/
import type { Node } from './keys.ts';

const TOKEN = /\/\/.*|"(?:\\.|[^"\\])*"|[A-Za-z_][\w.]*|\n|\S/g;
const OPENING = new Set(['{', '[', '(']);
const CLOSING = new Set(['}', ']', ')']);

/** @throws Error where a block is not closed, or something else than a block or an argument is found. */
export function parseAlloy(text: string): Node[] {
  const tokens = [...text.matchAll(TOKEN)].map(([token]) => token).filter((token) => !token.startsWith('//'));
  let at = 0;

  /** To the end of the line that is in no bracket. */
  function skipExpression(): void {
    for (let depth = 0; at < tokens.length; at += 1) {
      const token = tokens[at] ?? '';
      if (depth === 0 && (token === '\n' || CLOSING.has(token))) return;
      if (OPENING.has(token)) depth += 1;
      if (CLOSING.has(token)) depth -= 1;
    }
  }

  function body(isTop: boolean): Node[] {
    const nodes: Node[] = [];
    for (; at < tokens.length; at += 1) {
      const token = tokens[at] ?? '';
      if (token === '\n') continue;
      if (token === '}' && !isTop) return nodes;
      if (!/^[A-Za-z_]/.test(token)) throw new Error(`${token} is neither a block nor an argument`);
      at += 1;
      if (tokens[at] === '=') {
        at += 1;
        skipExpression();
        nodes.push({ key: token, below: [] });
        if (tokens[at] === '}') at -= 1;
        continue;
      }
      if (tokens[at]?.startsWith('"')) at += 1;
      if (tokens[at] !== '{') throw new Error(`${token} is neither a block nor an argument`);
      at += 1;
      nodes.push({ key: token, below: body(false) });
    }
    if (!isTop) throw new Error('a block is not closed');
    return nodes;
  }
  return body(true);
}
