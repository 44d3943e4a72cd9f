import type { Pipeline } from '../decide/pipeline.ts';
import type { Ring } from './inbox.ts';
import type { PromotionEvent } from './parse-event.ts';

/** What an event rings for, or why it rings for nothing. `promotionFiles`: where pipelines are declared. */
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
