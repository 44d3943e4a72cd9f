// What two tags say about which release is newer, by the pipeline's order: number, semver or timestamp.
import { compare as compareSemver, valid } from 'semver';
import type { Pipeline } from './pipeline.ts';

/** Part by part: 2.0 is more than 1.10. Digits of any length compare as integers; as floats two 17-digit timestamps would be equal. */
function compareNumbers(one: readonly string[], other: readonly string[]): number {
  for (let part = 0; part < Math.max(one.length, other.length); part += 1) {
    const [a, b] = [BigInt(one[part] ?? 0), BigInt(other[part] ?? 0)];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** A tag cannot hold the + of build metadata; Helm and others write _ for it. */
const semverOf = (text: string): string | null => valid(text.replace('_', '+'));

/** The numbers of a text. A timestamp is one, however it is punctuated. */
function numbersOf(text: string, order: 'number' | 'timestamp'): readonly string[] {
  const numbers = text.match(/\d+/g) ?? [];
  return order === 'timestamp' && numbers.length > 0 ? [numbers.join('')] : numbers;
}

/** Above zero where `one` is newer, below where it is older; undefined where the tags do not say. */
export function compareTags(one: string, other: string, pipeline: Pipeline): number | undefined {
  const valueOf = (tag: string): string | undefined => pipeline.tags.match(tag)?.[pipeline.order];
  const [a, b] = [valueOf(one), valueOf(other)];
  if (a === undefined || b === undefined) return undefined;
  if (pipeline.order === 'semver') {
    const [semverA, semverB] = [semverOf(a), semverOf(b)];
    return semverA !== null && semverB !== null ? compareSemver(semverA, semverB) : undefined;
  }
  const [numbersA, numbersB] = [numbersOf(a, pipeline.order), numbersOf(b, pipeline.order)];
  return numbersA.length > 0 && numbersB.length > 0 ? compareNumbers(numbersA, numbersB) : undefined;
}
