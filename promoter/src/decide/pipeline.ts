// A pipeline as promotion.yaml declares it: one image, and the environments that it moves through.
import { z } from 'zod';
import { didYouMean } from './closest-name.ts';
import { ApplicationReference, Duration, ManifestPath, Name, Tags, TeamSlug, ValuePaths } from './config-values.ts';
import { fields } from './fields.ts';
import { RepositoryName } from './repository.ts';

const Approval = fields({
  /** Slug of a team of the config repository's organization. */
  team: TeamSlug.optional(),
  /** Least permission on the config repository. */
  permission: z.enum(['write', 'maintain', 'admin']).default('write'),
  count: z.number().int().min(1).default(1),
  /** True: whoever wrote a commit that ships may not approve it. */
  excludeAuthors: z.boolean().default(false),
});
export type Approval = z.infer<typeof Approval>;

const Gates = fields({
  /** Milliseconds that the environments before must have run the release healthily. */
  soak: Duration.optional(),
  approval: Approval.optional(),
  /**
   * Checks on the pull request's head: true where one at least must have passed, false where they do not matter. Where nothing is
   * declared, all that there are must have passed, and they have a minute to begin.
   */
  checks: z.boolean().optional(),
}).prefault({});

const Environment = fields({
  name: Name,
  /** Environments that must run a release healthily first; none for the first. */
  after: z.array(Name).default([]),
  /** File whose image the promoter edits. */
  manifest: ManifestPath,
  /** Where in a Helm values file the image stands; none for Kustomize's `images:` and marked scalars. */
  path: ValuePaths,
  /** The Argo CD Application that deploys it. */
  application: ApplicationReference.optional(),
  promote: z.enum(['commit', 'pull-request']).default('commit'),
  gates: Gates,
  /** Go back when a release turns Degraded within this time after its promotion. */
  rollback: fields({ within: Duration }).optional(),
});
export type Environment = z.infer<typeof Environment>;

export const MergeMethod = z.enum(['squash', 'merge', 'rebase']);
export type MergeMethod = z.infer<typeof MergeMethod>;

const Order = z.enum(['number', 'semver', 'timestamp']);

const DEFAULT_ORDER = 'number';

const PipelineFields = fields({
  name: Name,
  image: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?\/[a-z0-9._/-]+$/, 'must be a lower-case image name with its registry, without tag'),
  /** owner/name of the source repository; where it is known, releases are ordered by its commits. */
  source: RepositoryName.optional(),
  tags: Tags,
  order: Order.optional(),
  /** Where the repository allows it; otherwise, and where none is declared, one that it does. */
  mergeMethod: MergeMethod.optional(),
  environments: z.array(Environment).min(1),
});

type Report = (path: (string | number)[], message: string) => void;

function checkEnvironments(environments: readonly Environment[], report: Report): void {
  const names: string[] = [];
  environments.forEach(({ name, after, gates, promote }, index) => {
    const at = ['environments', index];
    for (const before of after) {
      if (!names.includes(before))
        report(
          [...at, 'after', after.indexOf(before)],
          `names ${before}, which is not an environment above this one${didYouMean(before, names)}`,
        );
    }
    if (names.includes(name)) report([...at, 'name'], `${name} is declared twice`);
    names.push(name);
    if (gates.approval && promote === 'commit')
      report([...at, 'gates', 'approval'], 'needs promote: pull-request, for a review approves it');
    if (gates.soak !== undefined && after.length === 0)
      report([...at, 'gates', 'soak'], 'needs after: [...], for a release soaks in the environments before this one');
  });
}

export const Pipeline = PipelineFields.superRefine(({ environments, tags, order, source }, context) => {
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message });
  checkEnvironments(environments, report);
  const group = order ?? DEFAULT_ORDER;
  if (tags.groups.includes(group)) return;
  if (order !== undefined) report(['tags'], `has no group (?<${group}>...), which order: ${order} compares`);
  else if (!source)
    report(['tags'], `has no group (?<${group}>...) to order releases by, and there is no source repository`);
}).transform(({ order = DEFAULT_ORDER, ...pipeline }) => ({ ...pipeline, order }));
export type Pipeline = z.infer<typeof Pipeline>;
