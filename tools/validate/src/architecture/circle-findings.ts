import type { Finding } from '../check.ts';
import { findCircles } from './find-circles.ts';
import type { Source } from './read-sources.ts';

export function circleFindings(sources: readonly Source[]): Finding[] {
  const graph = new Map(sources.map(({ file, imports }) => [file, imports.flatMap(({ target }) => target ?? [])]));
  return findCircles(graph).map((circle) => {
    const [first = '', second] = circle;
    const line = sources.find(({ file }) => file === first)?.imports.find(({ target }) => target === second)?.line;
    const what = `imports go in a circle, ${circle.join(' -> ')}: what two files need of each other belongs in a third below both`;
    return { where: `${first}:${line ?? 1}`, what };
  });
}
