// Freezes: what they stop, and what one stops that is not understood.
import { z } from 'zod';
import { closestName } from './closest-name.ts';
import { type ConfigProblem, whereIs } from './config-problem.ts';
import { fields } from './fields.ts';

const Time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2027-01-04T08:00:00Z' })
  .refine((text) => !Number.isNaN(Date.parse(text)), 'must be a time of the calendar, such as 2027-01-04T08:00:00Z');

export const Freeze = fields({
  /** `pipeline/environment`, `pipeline`, or `*`. */
  environments: z.array(z.string()).min(1),
  reason: z.string().min(1),
  until: Time.optional(),
});
export type Freeze = z.infer<typeof Freeze>;

/** What freezes may name: pipelines, whether they parse or not, with their environments. */
export type DeclaredNames = ReadonlyMap<string, readonly string[]>;

export const EVERYTHING = '*';
const MAX_SUGGESTIONS = 3;

/** @returns undefined where the name is declared. */
export function whyUnknown(name: string, declared: DeclaredNames): string | undefined {
  if (name === EVERYTHING) return undefined;
  const environments = [...declared].flatMap(([pipeline, own]) =>
    own.map((environment) => `${pipeline}/${environment}`),
  );
  const known = [...declared.keys(), ...environments];
  if (known.includes(name)) return undefined;
  const near = closestName(name, [...known, ...[...declared.values()].flat()]);
  // People freeze an environment by its bare name, which several pipelines may have.
  const meant =
    near === undefined || known.includes(near) ? near : environments.filter((one) => one.endsWith(`/${near}`));
  const suggestion =
    meant === undefined
      ? 'write pipeline/environment, a pipeline, or *'
      : `did you mean ${[meant].flat().slice(0, MAX_SUGGESTIONS).join(' or ')}?`;
  return `names ${name}, which no promotion file declares; ${suggestion}`;
}

/** A freeze that is not understood might have meant anything: until it is corrected, everything is frozen (rollbacks go through). */
export function freezesFor(problems: readonly ConfigProblem[]): Freeze[] {
  return problems.flatMap((problem) =>
    problem.freezesAll
      ? [
          {
            environments: [EVERYTHING],
            reason: `${whereIs(problem)} ${problem.reason}`,
            until: problem.freezesAll.until,
          },
        ]
      : [],
  );
}

/** Whether a file that cannot be read might hold a freeze; its comments count, for nobody knows where they end. */
export function mayFreeze(text: string | undefined): boolean {
  return text === undefined || text.trim() === '' || /fre+[sz]/i.test(text);
}
