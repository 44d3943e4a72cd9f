// What a policy says of an attempt, in the words of the API server: conditions first, then variables in their order, then validations; an
// error refuses. The CEL is that of a library. Kyverno's functions are answered from a table instead of from a registry.
import { Environment } from '@marcbachmann/cel-js';
import type { Attempt, Evidence } from './attempts.ts';
import type { Policy } from './policies.ts';

export interface Judgement {
  isRefused: boolean;
  /** Expressions or messages that refused it. */
  reasons: string[];
  /** Whether the registry was asked. */
  isAsked: boolean;
}

const RESOURCES: Readonly<Record<string, string>> = { Pod: 'pods', Job: 'jobs' };
const LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** https://kyverno.io/docs/policy-types/cel-libraries/ */
function environment(attempt: Attempt, evidence: Readonly<Record<string, Evidence>>, asked: () => void): Environment {
  const find = (image: string): Evidence | undefined => {
    asked();
    if (attempt.isRegistryAway) throw new Error('the registry does not answer');
    return evidence[image];
  };
  return new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  })
    .registerFunction('verifyImageSignatures(string, list): int', (image: string) => (find(image)?.isSigned ? 1n : 0n))
    .registerFunction('verifyAttestationSignatures(string, dyn, list): int', (image: string) =>
      find(image)?.provenance ? 1n : 0n,
    )
    .registerFunction('extractPayload(string, dyn): dyn', (image: string) => {
      const provenance = find(image)?.provenance;
      if (!provenance) throw new Error(`${image} has no payload`);
      return { predicate: { buildDefinition: { externalParameters: { workflow: provenance } } } };
    });
}

/** Undefined and absent are the same to the API server. */
const asJson = (value: unknown): unknown =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);

/** Those that a glob matches: Kyverno's star stands for slashes, too. */
function imagesOf(object: Attempt['object'], globs: readonly string[]): Record<string, string[]> {
  const spec = object['spec'] as Partial<Record<(typeof LISTS)[number], { image: string }[]>>;
  const isMatched = (image: string): boolean => globs.some((glob) => image.startsWith(glob.replace(/\*$/, '')));
  return Object.fromEntries(
    LISTS.map((list) => [list, (spec[list] ?? []).map(({ image }) => image).filter(isMatched)]),
  );
}

export function judgeAttempt(
  policy: Policy,
  attempt: Attempt,
  evidence: Readonly<Record<string, Evidence>>,
): Judgement {
  const judgement: Judgement = { isRefused: false, reasons: [], isAsked: false };
  const resource = RESOURCES[attempt.object.kind] ?? '';
  const matches = policy.spec.matchConstraints.resourceRules.some(
    ({ operations, resources }) => operations.includes(attempt.operation) && resources.includes(resource),
  );
  if (!matches) return judgement;

  const cel = environment(attempt, evidence, () => (judgement.isAsked = true));
  const variables: Record<string, unknown> = {};
  const context: Record<string, unknown> = {
    object: asJson(attempt.object),
    oldObject: asJson(attempt.before),
    request: { operation: attempt.operation },
    variables,
  };
  const refuse = (reason: string): void => {
    judgement.isRefused = true;
    judgement.reasons.push(reason);
  };
  const evaluate = (expression: string): unknown => cel.evaluate(expression, context);
  if (policy.kind === 'ImageValidatingPolicy') {
    const images = imagesOf(
      attempt.object,
      policy.spec.matchImageReferences.map(({ glob }) => glob),
    );
    if (Object.values(images).every((list) => list.length === 0)) return judgement;
    context['images'] = images;
    context['attestors'] = Object.fromEntries(policy.spec.attestors.map(({ name }) => [name, name]));
    context['attestations'] = Object.fromEntries(policy.spec.attestations.map(({ name }) => [name, name]));
  }
  try {
    if (!policy.spec.matchConditions.every(({ expression }) => evaluate(expression) === true)) return judgement;
    for (const { name, expression } of policy.spec.variables) variables[name] = evaluate(expression);
  } catch (error) {
    refuse(String(error));
    return judgement;
  }
  for (const { expression, messageExpression } of policy.spec.validations) {
    try {
      if (evaluate(expression) !== true) refuse(messageExpression ? String(evaluate(messageExpression)) : expression);
    } catch (error) {
      refuse(String(error));
    }
  }
  return judgement;
}
