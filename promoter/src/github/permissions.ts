// What the App must be allowed, and what for. One list: the check at the start, the advice on the board and the README are made of it.
import { z } from 'zod';

export interface Permission {
  /** Its key in GitHub's answers. */
  key: string;
  /** Its name on GitHub's page of the App. */
  title: string;
  level: 'read' | 'write';
  /** What does not work without it. */
  without: string;
  isOptional: boolean;
  /** Fields of a GraphQL answer that GitHub leaves empty without it. */
  fields: readonly string[];
}

const required = (
  key: string,
  title: string,
  level: Permission['level'],
  without: string,
  fields: readonly string[] = [],
): Permission => ({ key, title, level, without, isOptional: false, fields });

const PULL_FIELDS = ['associatedPullRequests', 'pullRequests', 'latestOpinionatedReviews', 'timelineItems', 'closed'];
const NO_CHECKS = 'gates on checks stay closed';

/** https://docs.github.com/rest/authentication/permissions-required-for-github-apps */
export const PERMISSIONS: readonly Permission[] = [
  required('contents', 'Contents', 'write', 'nothing is read, committed or merged', ['file', 'history', 'config']),
  required('pull_requests', 'Pull requests', 'write', 'no pull request is read, opened or merged', PULL_FIELDS),
  required('packages', 'Packages', 'read', 'GitHub sends no event of a published image'),
  required('metadata', 'Metadata', 'read', 'no repository and no permission of a reviewer is read'),
  required('checks', 'Checks', 'read', NO_CHECKS, ['statusCheckRollup', 'contexts']),
  required('statuses', 'Commit statuses', 'read', NO_CHECKS, ['statusCheckRollup', 'contexts']),
  {
    ...required('members', 'Members', 'read', 'approvals by team count for nobody'),
    isOptional: true,
  },
  {
    ...required('deployments', 'Deployments', 'write', 'no rollout is written on its source commit'),
    isOptional: true,
  },
  { ...required('actions', 'Actions', 'read', 'traces have no jobs of workflows'), isOptional: true },
];

export interface Event {
  key: string;
  without: string;
  isOptional: boolean;
}

const LATE = 'is noticed with the resync only';

export const EVENTS: readonly Event[] = [
  { key: 'registry_package', without: `a published image ${LATE}`, isOptional: false },
  { key: 'push', without: `a change of the config repository ${LATE}`, isOptional: false },
  { key: 'pull_request', without: `a pull request that people close or merge ${LATE}`, isOptional: false },
  { key: 'pull_request_review', without: `an approval ${LATE}`, isOptional: false },
  { key: 'check_run', without: `the end of a check ${LATE}`, isOptional: false },
  { key: 'status', without: `the end of a commit status ${LATE}`, isOptional: false },
  { key: 'workflow_run', without: 'traces have no workflow', isOptional: true },
  { key: 'workflow_job', without: 'traces have no jobs of workflows', isOptional: true },
];

/** As GitHub answers it; only what is used. */
export const Installation = z.object({
  id: z.number(),
  account: z.object({ login: z.string() }).nullish(),
  html_url: z.string(),
  permissions: z.record(z.string(), z.string().optional()),
  events: z.array(z.string()),
  suspended_at: z.string().nullish(),
});
export type Installation = z.infer<typeof Installation>;

export interface Missing {
  /** "Commit statuses: read", or the event. */
  name: string;
  without: string;
  isOptional: boolean;
}

const isEnough = (granted: string | undefined, level: Permission['level']): boolean =>
  granted !== undefined && (level === 'read' || granted !== 'read');

/** What of the two lists GitHub did not grant. */
export function missingGrants({ permissions, events }: Pick<Installation, 'permissions' | 'events'>): Missing[] {
  return [
    ...PERMISSIONS.filter(({ key, level }) => !isEnough(permissions[key], level)).map((permission) => ({
      ...permission,
      name: nameOf(permission),
    })),
    ...EVENTS.filter(({ key }) => !events.includes(key)).map((event) => ({ ...event, name: `event ${event.key}` })),
  ].map(({ name, without, isOptional }) => ({ name, without, isOptional }));
}

const nameOf = ({ title, level }: Permission): string => `${title}: ${level}`;

/** What to grant so that a field can be read; undefined for a field that none of ours is known for. */
export function permissionFor(path: readonly string[]): string | undefined {
  const names = path.map((name) => name.replace(/\d+$/, '')).reverse();
  for (const field of names) {
    const found = PERMISSIONS.filter(({ fields }) => fields.includes(field)).map(nameOf);
    if (found.length > 0) return found.join(' and ');
  }
  return undefined;
}
