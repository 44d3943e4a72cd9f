// Conditional requests: https://www.rfc-editor.org/rfc/rfc9110#section-13

export function entityTag(version: number): string {
  return `"${version}"`;
}

/** The versions that a header names; `any` for `*`; undefined when it is not a list of entity tags. */
export type VersionCondition = 'any' | readonly number[];

/** One of a list, with what separates it from the next. */
const ENTITY_TAG = /\s*(?<weak>W\/)?"(?<opaque>[\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y;
const OUR_TAG = /^[1-9]\d{0,8}$/;

function parse(header: string, takesWeak: boolean): VersionCondition | undefined {
  if (header.trim() === '*') return 'any';
  const versions: number[] = [];
  ENTITY_TAG.lastIndex = 0;
  do {
    const tag = ENTITY_TAG.exec(header)?.groups;
    if (!tag) return undefined;
    const isCompared = takesWeak || tag['weak'] === undefined; // a strong comparison never matches a weak tag
    if (isCompared && OUR_TAG.test(tag['opaque'] ?? '')) versions.push(Number(tag['opaque']));
  } while (ENTITY_TAG.lastIndex < header.length);
  return versions;
}

/** If-Match compares strongly. @returns undefined when the header is malformed. */
export const parseIfMatch = (header: string): VersionCondition | undefined => parse(header, false);

/** If-None-Match compares weakly. @returns undefined when the header is malformed. */
export const parseIfNoneMatch = (header: string): VersionCondition | undefined => parse(header, true);

export function matches(condition: VersionCondition, version: number): boolean {
  return condition === 'any' || condition.includes(version);
}
