// Within an Application: what a pod refers to is applied before it. Objects of one wave are applied together, and pods wait for Secrets and
// accounts; but a sync waits for its hooks, and whatever a hook needs must have been healthy before.
// https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
import { z } from 'zod';
import type { Finding } from '../check.ts';
import type { ApplicationNode } from './application-tree.ts';
import { podReferences, providedBy } from './pod-references.ts';
import type { Manifest } from './render.ts';

const PHASES = ['PreSync', 'Sync', 'PostSync'];
const HOOK = 'argocd.argoproj.io/hook';

interface Position {
  phase: number;
  wave: number;
}

function positionOf(manifest: Manifest, waveOf: (manifest: Manifest) => number): Position {
  const hook = manifest.metadata.annotations?.[HOOK];
  return { phase: Math.max(0, PHASES.indexOf(hook ?? 'Sync')), wave: waveOf(manifest) };
}

const isHook = ({ metadata }: Manifest): boolean => metadata.annotations?.[HOOK] !== undefined;
const isBefore = (one: Position, other: Position): boolean =>
  one.phase < other.phase || (one.phase === other.phase && one.wave < other.wave);
const isWith = (one: Position, other: Position): boolean => one.phase === other.phase && one.wave === other.wave;
const say = ({ phase, wave }: Position): string => `${PHASES[phase] ?? ''} wave ${wave}`;

/** Objects with a namespace of their own are looked for there. */
export function referenceFindings(application: ApplicationNode, waveOf: (manifest: Manifest) => number): Finding[] {
  const { objects, file, name, namespace } = application;
  const spaceOf = ({ metadata }: Manifest): string => metadata.namespace ?? namespace;
  const provided = new Map<string, Manifest>();
  for (const manifest of objects)
    for (const reference of providedBy(manifest)) provided.set(`${spaceOf(manifest)}/${reference}`, manifest);

  return objects.flatMap((manifest) => {
    const where = `${file}: ${name}: ${manifest.kind} ${manifest.metadata.name}`;
    const needed = positionOf(manifest, waveOf);
    return podReferences(manifest).flatMap((reference): Finding[] => {
      const maker = provided.get(`${spaceOf(manifest)}/${reference}`);
      if (!maker) return [{ where, what: `nothing in its Application makes ${reference}` }];
      const made = positionOf(maker, waveOf);
      if (isBefore(made, needed) || (isWith(made, needed) && !isHook(manifest))) return [];
      return [
        {
          where,
          what: `it is made in ${say(needed)}, and ${reference} in ${say(made)}${isHook(manifest) ? ': a hook needs it before' : ''}`,
        },
      ];
    });
  });
}

const StoreReference = z.object({ secretStoreRef: z.object({ kind: z.string(), name: z.string() }) });

/** A Secret comes from a store, which an Application of an earlier wave makes. */
export function storeFindings(applications: readonly ApplicationNode[]): Finding[] {
  return applications.flatMap(({ name, file, wave, objects }) =>
    objects
      .filter(({ kind }) => kind === 'ExternalSecret')
      .flatMap(({ metadata, spec }): Finding[] => {
        const { secretStoreRef } = StoreReference.parse(spec);
        const maker = applications.find((other) =>
          other.objects.some((one) => one.kind === secretStoreRef.kind && one.metadata.name === secretStoreRef.name),
        );
        const where = `${file}: ${name}: ExternalSecret ${metadata.name}`;
        if (!maker) return [{ where, what: `no Application makes ${secretStoreRef.kind} ${secretStoreRef.name}` }];
        if (maker.wave < wave) return [];
        return [
          { where, what: `wave ${wave}, and its store comes with ${maker.name} in wave ${maker.wave}, not before` },
        ];
      }),
  );
}
