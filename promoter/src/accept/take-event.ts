// What an event rings for, and ringing for it.
import { type Declarations, judgeRelease } from '../decide/judge-release.ts';
import type { Release } from '../decide/release.ts';
import type { Inbox, Ring } from './inbox.ts';
import type { PromotionEvent } from './parse-delivery.ts';

export type Taken = { kind: 'queued' } | { kind: 'ignored'; reason: string } | { kind: 'full' };

export interface LinkedFile {
  pipeline: string;
  path: string;
}

export interface TakeEventDeps {
  inbox: Pick<Inbox, 'ring'>;
  declared(): Declarations;
  /** Files that manifests are by symbolic links. */
  linked(): readonly LinkedFile[];
  /** Where pipelines are declared: files, or folders of them. */
  promotionFiles: readonly string[];
  /** A build may push several tags, and GitHub names one of them. */
  onOtherTag(image: string): void;
  /** The promotion files may declare something new, whose releases nobody asked for yet. */
  onPromotionFilesChanged(): void;
}

export function createEventTaker(deps: TakeEventDeps): (event: PromotionEvent) => Taken {
  return (event) => {
    const ring = ringFor(event, deps.declared(), deps.promotionFiles, deps.linked());
    if (typeof ring === 'string') {
      if (event.kind === 'released' && isOtherTag(event.release, deps.declared())) deps.onOtherTag(event.release.image);
      return { kind: 'ignored', reason: ring };
    }
    const isTaken = deps.inbox.ring(ring);
    if (event.kind === 'config changed' && ring.scope === 'all') deps.onPromotionFilesChanged();
    return { kind: isTaken ? 'queued' : 'full' };
  };
}

function isOtherTag(release: Release, declared: Declarations): boolean {
  const standing = judgeRelease(release, declared);
  return standing.kind === 'unwanted' && standing.isOtherTag;
}

/** @returns what the event rings for, or why it rings for nothing. */
export function ringFor(
  event: PromotionEvent,
  declared: Declarations,
  promotionFiles: readonly string[],
  linked: readonly LinkedFile[] = [],
): Ring | string {
  if (event.kind === 'released') {
    const standing = judgeRelease(event.release, declared);
    if (standing.kind === 'unwanted') return standing.reason;
    const by = standing.kind === 'wanted' ? standing.by : [];
    return { scope: new Set(by.map(({ name }) => name)), releases: [event.release] };
  }
  const { pipelines } = declared;
  if (event.kind === 'pull request changed') {
    const isKnown = pipelines.some(({ name }) => name === event.pipeline);
    return isKnown ? { scope: new Set([event.pipeline]), releases: [] } : `no pipeline is called ${event.pipeline}`;
  }
  const { paths } = event;
  const declares = (path: string): boolean =>
    promotionFiles.some((file) => path === file || path.startsWith(`${file}/`));
  if (paths === undefined || paths.some(declares)) return { scope: 'all', releases: [] };
  // A folder among the paths is a link that leads elsewhere now.
  const isTouched = (file: string): boolean => paths.some((path) => path === file || file.startsWith(`${path}/`));
  const touched = pipelines.filter(
    ({ name, environments }) =>
      environments.some(({ manifest }) => isTouched(manifest)) ||
      linked.some(({ pipeline, path }) => pipeline === name && isTouched(path)),
  );
  if (touched.length === 0) return 'the push touches no manifest and no promotion file';
  return { scope: new Set(touched.map(({ name }) => name)), releases: [] };
}
