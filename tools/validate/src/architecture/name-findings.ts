import type { Finding } from '../check.ts';
import type { Source } from './read-sources.ts';

/** Names that fit anything and describe nothing. */
const DRAWERS = /^(?:types|(?:.+-)?(?:utils?|helpers?|managers?|common|lib|misc|constants))$/;

export function nameFindings(sources: readonly Source[]): Finding[] {
  return sources.flatMap(({ file }) => {
    const names = file.split('/').map((name) => name.replace(/\..*$/, ''));
    const drawer = names.find((name) => DRAWERS.test(name));
    return drawer === undefined
      ? []
      : [{ where: file, what: `${drawer} does not say what is in it: name it after its noun or its stage` }];
  });
}
