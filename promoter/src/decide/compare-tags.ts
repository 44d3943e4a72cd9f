// What two tags say about which release is newer, by the pipeline's order: number, semver or timestamp.
import { compare as compareSemver, parse, type SemVer } from 'semver';
import type { Pipeline } from './pipeline.ts';
import type { TagGroups } from './tag-pattern.ts';

/** Part by part: 2.0 is more than 1.10. Digits of any length compare as integers; as floats two 17-digit timestamps would be equal. */
function compareNumbers(one: readonly bigint[], other: readonly bigint[]): number {
  for (let part = 0; part < Math.max(one.length, other.length); part += 1) {
    const [a, b] = [one[part] ?? 0n, other[part] ?? 0n];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** A tag cannot hold the + of build metadata; Helm and others write _ for it. */
const semverOf = (text: string): SemVer | null => parse(text.replace('_', '+'));

/** The numbers of a text. A timestamp is one, however it is punctuated. */
function numbersOf(text: string, order: 'number' | 'timestamp'): readonly bigint[] | undefined {
  const numbers = text.match(/\d+/g)?.map(BigInt);
  return order === 'timestamp' && numbers ? [BigInt(text.replace(/\D/g, ''))] : numbers;
}

type TagOrder = { semver: SemVer } | { numbers: readonly bigint[] };

/** What its groups say for an order. A pattern gives the same groups for the same tag, and the newest of many compares all with all. */
const known = new WeakMap<TagGroups, Map<Pipeline['order'], TagOrder | undefined>>();

function orderOf(tag: string, { tags, order }: Pipeline): TagOrder | undefined {
  const groups = tags.match(tag);
  if (!groups) return undefined;
  const ofGroups = known.get(groups) ?? new Map<Pipeline['order'], TagOrder | undefined>();
  if (!ofGroups.has(order)) ofGroups.set(order, readOrder(groups[order], order));
  known.set(groups, ofGroups);
  return ofGroups.get(order);
}

function readOrder(text: string | undefined, order: Pipeline['order']): TagOrder | undefined {
  if (text === undefined) return undefined;
  if (order === 'semver') {
    const semver = semverOf(text);
    return semver ? { semver } : undefined;
  }
  const numbers = numbersOf(text, order);
  return numbers && { numbers };
}

/** Above zero where `one` is newer, below where it is older; undefined where the tags do not say. */
export function compareTags(one: string, other: string, pipeline: Pipeline): number | undefined {
  const [a, b] = [orderOf(one, pipeline), orderOf(other, pipeline)];
  if (!a || !b) return undefined;
  if ('semver' in a) return 'semver' in b ? compareSemver(a.semver, b.semver) : undefined;
  return 'numbers' in b ? compareNumbers(a.numbers, b.numbers) : undefined;
}
