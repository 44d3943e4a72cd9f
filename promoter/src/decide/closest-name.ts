import { distance } from 'fastest-levenshtein';

/** Beyond this a name is no slip of a known one, and comparing it costs time. */
const MAX_LENGTH = 100;

/** The known name that somebody most likely meant; undefined where none is near. */
export function closestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > MAX_LENGTH) return undefined;
  const text = written.trim().toLowerCase();
  // Two letters that change places are two edits.
  const most = text.length < 3 ? 1 : Math.max(2, Math.floor(text.length / 3));
  let closest: string | undefined;
  let least = most + 1;
  for (const name of known) {
    if (name.length > MAX_LENGTH) continue;
    const edits = distance(text, name.toLowerCase());
    if (edits < least) [closest, least] = [name, edits];
  }
  return closest;
}

/** `; did you mean X?`, or nothing where no name is near. */
export function didYouMean(written: string, known: readonly string[]): string {
  const name = closestName(written, known);
  return name === undefined ? '' : `; did you mean ${name}?`;
}
