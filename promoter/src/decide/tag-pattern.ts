// The regular expression that says which tags are releases. RE2 matches in linear time: no pattern that a pipeline declares can hang
// the promoter, and no RegExp is ever made of one. https://github.com/google/re2/wiki/Syntax
import { LRUCache } from 'lru-cache';
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { didYouMean } from './closest-name.ts';

/** What a tag says: its groups by name. */
export type TagGroups = Readonly<Record<string, string | undefined>>;

export interface TagPattern {
  /** As it is declared. */
  source: string;
  /** Names of its groups. */
  groups: readonly string[];
  /** @returns undefined where the tag does not match. */
  match(tag: string): TagGroups | undefined;
}

/** Of a tag, by the OCI distribution specification. */
const MAX_TAG_LENGTH = 128;
const MAX_PATTERN_LENGTH = 500;
/** Instructions of the compiled pattern: what a repetition such as {1000} costs, a pattern of a few characters does not show. */
const MAX_PROGRAM_SIZE = 500;
/** Choosing the newest of what waits compares all with all: each tag is asked for again and again. */
const KNOWN_TAGS = 200;
const KNOWN_GROUPS = ['commit', 'number', 'semver', 'timestamp'];

const UNSUPPORTED: readonly [RegExp, string][] = [
  [/\(\?<?[=!]/, 'uses a lookaround, which RE2 does not have, for it can take exponential time'],
  [/\\(?:[1-9]|k[<{'])/, 'uses a backreference, which RE2 does not have, for it can take exponential time'],
];

export type ParsedTagPattern = { pattern: TagPattern } | { problem: string };

export function parseTagPattern(source: string): ParsedTagPattern {
  if (source === '') return { problem: 'is empty; write ^ for every tag' };
  if (source.length > MAX_PATTERN_LENGTH)
    return { problem: `has ${source.length} characters; at most ${MAX_PATTERN_LENGTH} are allowed` };
  const compiled = compile(source);
  if (typeof compiled === 'string') return { problem: compiled };
  if (compiled.programSize() > MAX_PROGRAM_SIZE)
    return { problem: 'repeats too much; use smaller numbers in braces, or + and *' };
  const groups = Object.keys(compiled.namedGroups());
  const slip = groups.find((name) => !KNOWN_GROUPS.includes(name) && didYouMean(name, KNOWN_GROUPS) !== '');
  if (slip !== undefined) return { problem: `has a group (?<${slip}>...)${didYouMean(slip, KNOWN_GROUPS)}` };
  const known = new LRUCache<string, { groups: TagGroups | undefined }>({
    max: KNOWN_TAGS,
    memoMethod: (tag) => ({ groups: groupsOf(compiled, groups, tag) }),
  });
  return {
    pattern: { source, groups, match: (tag) => (tag.length > MAX_TAG_LENGTH ? undefined : known.memo(tag).groups) },
  };
}

function groupsOf(pattern: RE2JS, groups: readonly string[], tag: string): TagGroups | undefined {
  const matcher = pattern.matcher(tag);
  if (!matcher.find()) return undefined;
  return Object.fromEntries(groups.map((name) => [name, matcher.group(name) ?? undefined]));
}

/** @returns the reason where the source is no pattern of RE2. */
function compile(source: string): RE2JS | string {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const unsupported = UNSUPPORTED.find(([form]) => form.test(source))?.[1];
    if (unsupported) return unsupported;
    const detail =
      error instanceof RE2JSSyntaxException && error.input ? `${error.error}: ${error.input}` : error.message;
    return `is not a regular expression of RE2: ${detail}`;
  }
}
