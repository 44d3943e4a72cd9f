// Conditional requests: https://www.rfc-editor.org/rfc/rfc9110#section-13

export function entityTag(version: number): string {
  return `"${version}"`;
}

/** The versions in a header; `any` for `*`. */
export type VersionCondition = 'any' | readonly number[];

/** One entity tag of a list, with the comma after it. */
const ENTITY_TAG = /\s*(?<weak>W\/)?"(?<opaque>[\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y;
const OUR_TAG = /^[1-9]\d{0,8}$/;

function parse(header: string, acceptsWeak: boolean): VersionCondition | undefined {
  if (header.trim() === '*') return 'any';
  const versions: number[] = [];
  ENTITY_TAG.lastIndex = 0;
  do {
    const tag = ENTITY_TAG.exec(header)?.groups;
    if (!tag) return undefined;
    const { weak, opaque } = tag;
    const isCompared = acceptsWeak || weak === undefined; // a strong comparison never matches a weak tag
    if (isCompared && opaque !== undefined && OUR_TAG.test(opaque)) versions.push(Number(opaque));
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
