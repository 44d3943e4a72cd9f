import { type Breakage, replace } from '../breakage.ts';

const of = 'each attempt in the table of pods';
const digests = 'gitops-config/policies/images-have-digests.yaml';
const ours = 'gitops-config/policies/images-are-ours.yaml';

export const ADMISSION_BREAKAGES: readonly Breakage[] = [
  {
    of,
    says: 'any owner at our registry',
    file: digests,
    edit: replace("startsWith('ghcr.io/acme/')", "startsWith('ghcr.io/')"),
    finding: /another owner: admitted, and must be refused/,
  },
  {
    of,
    says: 'ephemeral containers that nobody looks at',
    file: digests,
    edit: replace(/.*ephemeralContainers\.orValue.*\n/, ''),
    finding: /a foreign ephemeral container: admitted/,
  },
  {
    of,
    says: 'volumes that are images',
    file: digests,
    edit: replace(/.*v\.image\.reference.*\n/, ''),
    finding: /a foreign volume: admitted/,
  },
  {
    of,
    says: 'a token that is there unless it is refused',
    file: digests,
    edit: replace('automountServiceAccountToken.orValue(true)', 'automountServiceAccountToken.orValue(false)'),
    finding: /a default account whose token is not mentioned: admitted/,
  },
  {
    of,
    says: 'a policy that keeps a running pod from ending',
    file: digests,
    edit: replace('object.spec != oldObject.spec', 'true'),
    finding: /the end of a pod that older policies admitted: refused, and must be admitted/,
  },
  {
    of,
    says: 'a Job that waits for pods nobody admits',
    file: digests,
    edit: replace('resources: [jobs]', 'resources: [cronjobs]'),
    finding: /the migration of an environment without a release: admitted/,
  },
  {
    of,
    says: 'the provenance of any branch',
    file: ours,
    edit: replace("workflow.ref == 'refs/heads/main' && ", ''),
    finding: /an image of a branch, signed by the release workflow: admitted/,
  },
  {
    of,
    says: 'the provenance of any repository',
    file: ours,
    edit: replace(" && workflow.repository in ['https://github.com/acme/platform']", ''),
    finding: /an image of a fork, signed by the release workflow: admitted/,
  },
  {
    of,
    says: 'init containers that nobody signed',
    file: ours,
    edit: replace(/ \+ images\.initContainers/g, ''),
    finding: /an unsigned init container: admitted/,
  },
  {
    of,
    says: 'a question to the registry at every update',
    file: ours,
    edit: replace("request.operation == 'CREATE'\n", 'true\n'),
    finding: /a label while the registry is away: asks the registry/,
  },
  {
    of,
    says: 'an expression that does not parse',
    file: ours,
    edit: replace('count > 0)', 'count > )'),
    finding: /a release: refused, and must be admitted: .*ParseError/,
  },
  {
    of,
    says: 'a policy that is gone',
    file: 'gitops-config/policies/kustomization.yaml',
    edit: replace('  - images-are-ours.yaml\n', ''),
    finding: /an image that nobody signed: there is no policy images-are-ours/,
  },
  {
    of: "the API server's own CEL",
    says: 'owners that begin like ours',
    file: digests,
    edit: replace("startsWith('ghcr.io/acme/')", "startsWith('ghcr.io/acme')"),
    finding: /an owner that begins like ours: admitted, and must be refused/,
  },
  {
    of: "the API server's own CEL",
    says: 'a function that it does not have',
    file: digests,
    edit: replace('variables.refused.size()', 'variables.refused.length()'),
    finding: /a release: refused, and must be admitted: .*undeclared reference to 'length'/s,
  },
];
