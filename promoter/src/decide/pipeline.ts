// promotion.yaml: pipelines, environments, gates, freezes. What does not parse is reported with file, line and reason,
// and stops only what it describes.
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { RepositoryName } from './repository.ts';
import { describeSyntaxError } from './yaml-syntax.ts';

const Name = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and dashes');
const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === undefined)
    context.addIssue({ code: 'custom', message: `must be a duration such as 30s, 10m, 2h or 1d, not ${text}` });
  return ms ?? 0;
});
const Time = z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-04T08:00:00Z' });
const Pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({
      code: 'custom',
      message: `is not a regular expression: ${error instanceof Error ? error.message : ''}`,
    });
    return /(?!)/;
  }
});

const Approval = z.strictObject({
  /** Slug of a team of the config repository's organization. */
  team: z.string().optional(),
  /** Least permission on the config repository. */
  permission: z.enum(['write', 'maintain', 'admin']).default('write'),
  count: z.number().int().min(1).default(1),
  /** True: whoever wrote a commit that ships may not approve it. */
  excludeAuthors: z.boolean().default(false),
});
export type Approval = z.infer<typeof Approval>;

const Gates = z
  .strictObject({
    /** Milliseconds that the environments before must have run the release healthily. */
    soak: Duration.optional(),
    approval: Approval.optional(),
    /** Whether checks on the pull request's head must have passed. */
    checks: z.boolean().default(true),
  })
  .prefault({});

const Environment = z.strictObject({
  name: Name,
  /** Environments that must run a release healthily first; none for the first. */
  after: z.array(Name).default([]),
  /** File whose image the promoter edits. */
  manifest: z.string().min(1),
  /** The Argo CD Application that deploys it. */
  application: z.string().optional(),
  promote: z.enum(['commit', 'pull-request']).default('commit'),
  gates: Gates,
  /** Go back when a release turns Degraded within this time after its promotion. */
  rollback: z.strictObject({ within: Duration }).optional(),
});
export type Environment = z.infer<typeof Environment>;

const Order = z.enum(['number', 'semver', 'timestamp']);

const Pipeline = z
  .strictObject({
    name: Name,
    image: z
      .string()
      .regex(/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+$/, 'must be a lower-case image name with its registry, without tag'),
    /** owner/name of the source repository; where it is known, releases are ordered by its commits. */
    source: RepositoryName.optional(),
    tags: Pattern,
    order: Order.default('number'),
    mergeMethod: z.enum(['squash', 'merge']).default('squash'),
    environments: z.array(Environment).min(1),
  })
  .superRefine((pipeline, context) => {
    const report = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const names = new Set<string>();
    for (const [index, environment] of pipeline.environments.entries()) {
      for (const before of environment.after) {
        if (!names.has(before))
          report(['environments', index, 'after'], `names ${before}, which is not an environment above this one`);
      }
      if (names.has(environment.name)) report(['environments', index, 'name'], `${environment.name} is declared twice`);
      names.add(environment.name);
      if (environment.gates.approval && environment.promote === 'commit') {
        report(['environments', index, 'gates', 'approval'], 'needs promote: pull-request, for a review approves it');
      }
    }
    const group = new RegExp(`\\(\\?<${pipeline.order}>`);
    if (!pipeline.source && !group.test(pipeline.tags.source)) {
      report(
        ['tags'],
        `has no group (?<${pipeline.order}>...) to order releases by, and there is no source repository`,
      );
    }
  });
export type Pipeline = z.infer<typeof Pipeline>;

const Freeze = z.strictObject({
  /** `pipeline/environment`, `pipeline`, or `*`. */
  environments: z.array(z.string()).min(1),
  reason: z.string().min(1),
  until: Time.optional(),
});
export type Freeze = z.infer<typeof Freeze>;

export interface ConfigProblem {
  file: string;
  /** From 1; undefined where the problem is the file itself. */
  line: number | undefined;
  reason: string;
  /** Undefined where the problem stops every pipeline of the file. */
  pipeline: string | undefined;
}

export interface PromotionConfig {
  pipelines: Pipeline[];
  freezes: Freeze[];
  problems: ConfigProblem[];
}

const PromotionFile = z.strictObject({ pipelines: z.array(z.unknown()), freezes: z.array(z.unknown()).default([]) });

type Path = readonly PropertyKey[];

/** Line of the node at `path`, or of the nearest one above it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

function describe(path: Path, message: string): string {
  return path.length > 0 ? `${path.map(String).join('.')} ${message}` : message;
}

/** Never throws: whatever is wrong is among the problems. */
export function parsePromotionFile(file: string, text: string): PromotionConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fatal = (line: number | undefined, reason: string): PromotionConfig => ({
    pipelines: [],
    freezes: [],
    problems: [{ file, line, reason, pipeline: undefined }],
  });
  const syntax = document.errors[0];
  if (syntax) return fatal(syntax.linePos?.[0].line, describeSyntaxError(syntax));
  const top = PromotionFile.safeParse(document.toJS());
  const first = top.error?.issues[0];
  if (first) return fatal(lineOf(document, lines, first.path) ?? 1, describe(first.path, first.message));
  if (!top.data) return fatal(1, 'is empty');

  const problems: ConfigProblem[] = [];
  const parseAll = <Schema extends z.ZodType>(
    key: 'pipelines' | 'freezes',
    items: unknown[],
    schema: Schema,
  ): z.infer<Schema>[] =>
    items.flatMap((item, index) => {
      const parsed = schema.safeParse(item);
      if (parsed.success) return [parsed.data];
      const name = z.object({ name: z.string() }).safeParse(item).data?.name;
      for (const issue of parsed.error.issues) {
        const path = [key, index, ...issue.path];
        problems.push({
          file,
          line: lineOf(document, lines, path),
          reason: describe(path, issue.message),
          pipeline: key === 'pipelines' ? name : undefined,
        });
      }
      return [];
    });
  const freezes = parseAll('freezes', top.data.freezes, Freeze);
  // A freeze that cannot be read must not thaw anything.
  const pipelines = problems.length > 0 ? [] : parseAll('pipelines', top.data.pipelines, Pipeline);
  return { pipelines, freezes, problems };
}

/** All files as one; a pipeline's name is claimed once. */
export function combine(configs: readonly { file: string; config: PromotionConfig }[]): PromotionConfig {
  const combined: PromotionConfig = { pipelines: [], freezes: [], problems: [] };
  for (const { file, config } of configs) {
    combined.freezes.push(...config.freezes);
    combined.problems.push(...config.problems);
    for (const pipeline of config.pipelines) {
      if (combined.pipelines.some(({ name }) => name === pipeline.name)) {
        combined.problems.push({
          file,
          line: undefined,
          reason: `pipeline ${pipeline.name} is declared twice`,
          pipeline: pipeline.name,
        });
      } else combined.pipelines.push(pipeline);
    }
  }
  return combined;
}
