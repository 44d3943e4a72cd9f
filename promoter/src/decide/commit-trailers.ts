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
  return lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`])).join('\n');
}

/** Every record of a commit message; none when the promoter did not write it. */
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
  for (const line of message.split(/\r?\n/)) {
    const match = /^([A-Z][A-Za-z-]*): (.+)$/.exec(line);
    if (!match) continue;
    const [, key = '', value = ''] = match;
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
