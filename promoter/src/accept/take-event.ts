// What an event rings for, and ringing for it.
import type { Pipeline } from '../decide/pipeline.ts';
import type { Inbox, Ring } from './inbox.ts';
import type { PromotionEvent } from './parse-delivery.ts';

export type Taken = { kind: 'queued' } | { kind: 'ignored'; reason: string } | { kind: 'full' };

export interface TakeEventDeps {
  inbox: Pick<Inbox, 'ring'>;
  /** All that are declared; none before the first read. */
  pipelines(): readonly Pipeline[];
  /** Where pipelines are declared: files, or folders of them. */
  promotionFiles: readonly string[];
  /** The promotion files may declare something new, whose releases nobody asked for yet. */
  onPromotionFilesChanged(): void;
}

export function createEventTaker(deps: TakeEventDeps): (event: PromotionEvent) => Taken {
  return (event) => {
    const ring = ringFor(event, deps.pipelines(), deps.promotionFiles);
    if (typeof ring === 'string') return { kind: 'ignored', reason: ring };
    const isTaken = deps.inbox.ring(ring);
    if (event.kind === 'config changed' && ring.scope === 'all') deps.onPromotionFilesChanged();
    return { kind: isTaken ? 'queued' : 'full' };
  };
}

/** @returns what the event rings for, or why it rings for nothing. */
export function ringFor(
  event: PromotionEvent,
  pipelines: readonly Pipeline[],
  promotionFiles: readonly string[],
): Ring | string {
  if (event.kind === 'released') {
    const claimed = pipelines.filter(({ image }) => image === event.release.image);
    const isKnown = pipelines.length === 0 || claimed.length > 0;
    if (!isKnown) return `no pipeline promotes ${event.release.image}`;
    return { scope: new Set(claimed.map(({ name }) => name)), releases: [event.release] };
  }
  if (event.kind === 'pull request changed') {
    const isKnown = pipelines.some(({ name }) => name === event.pipeline);
    return isKnown ? { scope: new Set([event.pipeline]), releases: [] } : `no pipeline is called ${event.pipeline}`;
  }
  const { paths } = event;
  const declares = (path: string): boolean =>
    promotionFiles.some((file) => path === file || path.startsWith(`${file}/`));
  if (paths === undefined || paths.some(declares)) return { scope: 'all', releases: [] };
  const touched = pipelines.filter(({ environments }) => environments.some(({ manifest }) => paths.includes(manifest)));
  if (touched.length === 0) return 'the push touches no manifest and no promotion file';
  return { scope: new Set(touched.map(({ name }) => name)), releases: [] };
}
