// The values that fields of promotion.yaml take. A value of another form is an error that says which form is wanted.
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { parseRepositoryPath } from './repository-path.ts';
import { parseTagPattern } from './tag-pattern.ts';
import { parseValuePath } from './value-path.ts';

export const Name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and dashes');
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === undefined)
    context.addIssue({ code: 'custom', message: `must be a duration such as 30s, 10m, 2h or 1d, not ${text}` });
  return ms ?? 0;
});
export const Tags = z.string().transform((text, context) => {
  const parsed = parseTagPattern(text);
  if ('pattern' in parsed) return parsed.pattern;
  context.addIssue({ code: 'custom', message: parsed.problem });
  return z.NEVER;
});
export const ManifestPath = z.string().transform((text, context) => {
  const parsed = parseRepositoryPath(text);
  if ('path' in parsed) return parsed.path;
  context.addIssue({ code: 'custom', message: parsed.problem });
  return z.NEVER;
});
const ValuePathText = z.string().transform((text, context) => {
  const path = parseValuePath(text);
  if (path) return path;
  const example = 'web.image, containers[0].image, or "a.b".image where a key has a dot';
  context.addIssue({ code: 'custom', message: `is ${text || 'empty'}; write a path such as ${example}` });
  return z.NEVER;
});
/** One path, or a list of them. */
export const ValuePaths = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(ValuePathText, 'must be a path such as web.image, or a list of them').min(1, 'must name a path').default([]),
);
/** As in the team's address. People write `@org/team`, as in CODEOWNERS, or its title. */
export const TeamSlug = z.string().superRefine((text, context) => {
  if (/^[a-z0-9_-]+$/.test(text)) return;
  const slug = text
    .slice(text.lastIndexOf('/') + 1)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  context.addIssue({
    code: 'custom',
    message: `must be the slug of a team of the organization, without @ and organization${slug ? `: write ${slug}` : ''}`,
  });
});

const DNS_LABEL = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const APPLICATION = new RegExp(`^(${DNS_LABEL}/)?${DNS_LABEL}(\\.${DNS_LABEL})*$`);
/** An Argo CD Application: its name, or `namespace/name` where it is not in Argo CD's own namespace. */
export const ApplicationReference = z
  .string()
  .max(253 + 64)
  .regex(
    APPLICATION,
    'must be the name of an Argo CD Application, or namespace/name, in lower-case letters, digits and dashes',
  );
