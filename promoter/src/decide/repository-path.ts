/** The path of a file as Git knows it, or what is wrong with the text. */
export type ParsedPath = { path: string } | { problem: string };

/** `./a//b` and `a/../b` name files that GitHub and Git know by one name only. */
export function parseRepositoryPath(text: string): ParsedPath {
  if (text.trim() === '') return { problem: 'is empty; name a file of the config repository' };
  if (/\p{Cc}/u.test(text)) return { problem: 'holds a control character' };
  if (text.includes('\\')) return { problem: `is ${text}; separate folders with /` };
  if (text.startsWith('/'))
    return { problem: `is the absolute path ${text}; start at the root of the config repository, without /` };
  if (/(^|\/)\.{0,2}$/.test(text)) return { problem: `is ${text}, which names a folder; name a file` };
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return { problem: `is ${text}, which leaves the config repository` };
  }
  return { path: parts.join('/') };
}
