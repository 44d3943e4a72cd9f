// Where in a values file an image stands: `web.image`, `containers[0].image`, `"a.b".image` or `a\.b.image`.

/** A key, or the index of a list's item as a key is written: both are compared as text. */
export type ValuePath = readonly string[];

const SEGMENT = /"((?:[^"\\]|\\.)+)"|'([^']+)'|\[(\d+)\]|((?:[^.[\]"'\\]|\\.)+)/y;

/** @returns undefined where the text is no path. */
export function parseValuePath(text: string): ValuePath | undefined {
  const path: string[] = [];
  let at = 0;
  while (at < text.length) {
    // A dot stands between segments; before the index of a list's item it may be missing.
    if (path.length > 0 && text[at] === '.') at += 1;
    else if (path.length > 0 && text[at] !== '[') return undefined;
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (!match) return undefined;
    const [whole, double, single, index, plain] = match;
    path.push(single ?? index ?? (double ?? plain ?? '').replaceAll(/\\(.)/g, '$1'));
    at += whole.length;
  }
  return path.length > 0 ? path : undefined;
}

/** As `parseValuePath` reads it. */
export const formatValuePath = (path: ValuePath): string =>
  path.map((key) => (/^[^.[\]"'\\]+$/.test(key) ? key : `"${key.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).join('.');
