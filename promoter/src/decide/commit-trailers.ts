// Promotion commits carry their record as Git trailers; a commit that moves several images carries one group each.
// https://git-scm.com/docs/git-interpret-trailers
import type { PromotionRecord } from './promotion.ts';
import type { Release } from './release.ts';
import { fullName, type Repository } from './repository.ts';

export interface Trailers {
  pipeline: string;
  environment: string;
  release: Release;
  source: Repository | undefined;
  sourceDate: string | undefined;
  replaces: string | undefined;
  rollsBack: Release | undefined;
  failedAt: string | undefined;
  pullRequest: string | undefined;
  approvedBy: readonly string[];
  traceparent: string | undefined;
}

export const imageReference = ({ image, tag, digest }: Release): string => `${image}:${tag}@${digest}`;

function parseReference(text: string | undefined): Release | undefined {
  if (text === undefined) return undefined;
  const [, image, tag, digest] = /^(\S+):([^:@\s]+)@(sha256:[0-9a-f]{64})$/.exec(text) ?? [];
  return image && tag && digest ? { image, tag, digest, commit: undefined } : undefined;
}

/** A value is one line whatever it came from: a line break would begin a trailer that nobody wrote. */
export const oneLine = (text: string): string =>
  text
    .split(/[\r\n\v\f\u0085\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');

export function formatTrailers(trailers: Trailers): string {
  const { release, source, rollsBack } = trailers;
  const lines: [string, string | undefined][] = [
    ['Promotion', `${trailers.pipeline}/${trailers.environment}`],
    ['Image', imageReference(release)],
    ['Source', source && release.commit ? `${fullName(source)}@${release.commit}` : undefined],
    ['Source-Date', trailers.sourceDate],
    ['Replaces', trailers.replaces],
    ['Rolls-back', rollsBack ? imageReference(rollsBack) : undefined],
    ['Failed-at', trailers.failedAt],
    ['Pull-request', trailers.pullRequest],
    ...trailers.approvedBy.map((login): [string, string] => ['Approved-by', login]),
    ['Traceparent', trailers.traceparent],
  ];
  return lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${oneLine(value)}`])).join('\n');
}

const TRAILER = /^([A-Z][A-Za-z-]*): (.+)$/;
/** What Git and GitHub append to a message in a paragraph of its own. */
const APPENDED = /^(Co-authored-by|Signed-off-by): /;

/** The lines of the last paragraph, where all of them are trailers and the first names a promotion; otherwise none. */
function lastParagraph(message: string): string[] {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  const last = paragraphs.findLast((lines) => !lines.every((line) => APPENDED.test(line)));
  const isTrailers = last?.every((line) => TRAILER.test(line)) && last[0]?.startsWith('Promotion: ');
  // The subject is never a trailer, however it reads.
  return last && isTrailers && last !== paragraphs[0] ? last : [];
}

/**
 * What a commit message claims: the records in its last paragraph. Whether they count depends on who made the commit, which a message
 * cannot say.
 */
export function parseTrailers(message: string, commit: string, committedAt: string): PromotionRecord[] {
  const records: PromotionRecord[] = [];
  let current: Record<string, string> | undefined;
  let approvedBy: string[] = [];
  const finish = (): void => {
    const [pipeline, environment] = current?.['promotion']?.split('/') ?? [];
    const release = parseReference(current?.['image']);
    if (!pipeline || !environment || !release) return;
    records.push({
      pipeline,
      environment,
      release: { ...release, commit: current?.['source']?.split('@')[1] },
      replaces: current?.['replaces'],
      rollsBack: parseReference(current?.['rolls-back']),
      failedAt: current?.['failed-at'],
      sourceDate: current?.['source-date'],
      pullRequest: current?.['pull-request'],
      approvedBy,
      commit,
      committedAt,
    });
  };
  for (const line of lastParagraph(message)) {
    const [, key, value] = TRAILER.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key === 'Promotion') {
      finish();
      current = {};
      approvedBy = [];
    }
    if (current) current[key.toLowerCase()] ??= value.trim();
    if (key === 'Approved-by') approvedBy.push(value.trim());
  }
  finish();
  return records;
}
