import { type Breakage, replace } from '../breakage.ts';

const todo = 'gitops-config/apps/todo/base/deployment.yaml';
const order = 'from an empty cluster';
const rights = 'the promoter has the rights';

export const ORDER_BREAKAGES: readonly Breakage[] = [
  {
    of: order,
    says: 'the account of a hook in a later wave than the hook',
    file: 'gitops-config/apps/todo/base/service-account.yaml',
    edit: replace("sync-wave: '-5'", "sync-wave: '0'"),
    finding: /todo-dev: Job todo-migrate: it is made in Sync wave -1, and ServiceAccount\/todo in Sync wave 0/,
  },
  {
    of: order,
    says: 'the Secret of a hook in a later wave than the hook',
    file: 'gitops-config/apps/todo/overlays/dev/secrets.yaml',
    edit: replace("sync-wave: '-5'", "sync-wave: '0'"),
    finding: /todo-dev: Job todo-migrate: .*Secret\/todo-database in Sync wave 0/,
  },
  {
    of: order,
    says: 'a hook in a namespace that nothing makes',
    file: 'gitops-config/argocd/services.yaml',
    edit: replace('          - CreateNamespace=true\n', ''),
    finding: /todo-dev: nothing makes its namespace todo-dev before it/,
  },
  {
    of: order,
    says: 'an account that nobody makes',
    file: todo,
    edit: replace('serviceAccountName: todo\n', 'serviceAccountName: tood\n'),
    finding: /Deployment todo: nothing in its Application makes ServiceAccount\/tood/,
  },
  {
    of: order,
    says: 'a project that is made later than its Applications',
    file: 'gitops-config/argocd/projects.yaml',
    edit: replace(/sync-wave: '-20'/g, "sync-wave: '0'"),
    finding: /cluster: wave -10, and its project platform is made in wave 0, not before/,
  },
  {
    of: order,
    says: 'CRDs that come with a later Application',
    file: 'gitops-config/argocd/platform/argo-rollouts.yaml',
    edit: replace("sync-wave: '-5'", "sync-wave: '10'"),
    finding:
      /todo-prod-canary-ingress: Rollout todo: wave 10, and its kind comes with argo-rollouts in wave 10, not before/,
  },
  {
    of: order,
    says: 'a store of Secrets that comes later',
    file: 'gitops-config/argocd/platform/external-secrets.yaml',
    edit: replace("sync-wave: '-10'", "sync-wave: '20'"),
    finding: /todo-dev: ExternalSecret todo-database: wave 10, and its store comes with external-secrets in wave 20/,
  },
  {
    of: order,
    says: 'a policy in the wave of its own CRD',
    file: 'gitops-config/policies/images-are-ours.yaml',
    edit: replace("sync-wave: '1'", "sync-wave: '0'"),
    finding: /kyverno: ImageValidatingPolicy images-are-ours: its kind comes from the chart of the same Application/,
  },
  {
    of: order,
    says: 'services that wait for observability',
    file: 'gitops-config/argocd/platform/prometheus.yaml',
    edit: replace("sync-wave: '10'", "sync-wave: '0'"),
    finding: /prometheus: .*, in wave 10, waits for observability/,
  },
  {
    of: order,
    says: 'a promoter without an image that others wait for',
    file: 'gitops-config/argocd/platform/promoter.yaml',
    edit: replace("sync-wave: '10'", "sync-wave: '5'"),
    finding: /promoter: it may be unreleased, and wave 10 waits for it/,
  },
  {
    of: order,
    says: 'a release that waits behind attempts at an older one',
    file: 'gitops-config/argocd/services.yaml',
    edit: replace('refresh: true', 'refresh: false'),
    finding: /todo-dev: retry\.refresh must be true/,
  },
  {
    of: order,
    says: 'a platform that gives up while others wait for it',
    file: 'gitops-config/argocd/platform/kyverno.yaml',
    edit: replace('limit: -1', 'limit: 5'),
    finding: /waits for it: its attempts must not end/,
  },
  {
    of: order,
    says: 'an autoscaler whose health is up to the version of Argo CD',
    file: 'terraform/platform/argocd-values.yaml',
    edit: replace('health.autoscaling_HorizontalPodAutoscaler', 'health.autoscaling_Scaler'),
    finding: /no health of our own for autoscaling_HorizontalPodAutoscaler/,
  },
  {
    of: order,
    says: 'an autoscaler without metrics',
    file: 'gitops-config/argocd/platform/metrics-server.yaml',
    edit: () => undefined,
    finding: /nothing installs metrics-server/,
  },
  {
    of: order,
    says: 'a root that gives up',
    file: 'terraform/platform/root-application/templates/root.yaml',
    edit: replace('limit: -1', 'limit: 5'),
    finding: /root\.yaml: its attempts must not end/,
  },
  {
    of: rights,
    says: 'a kind of workload that the promoter may not read',
    file: 'gitops-config/components/observed/role.yaml',
    edit: replace('resources: [deployments, statefulsets, daemonsets]', 'resources: [deployments, daemonsets]'),
    finding: /todo-dev: Role promoter-looks: apps\/statefulsets:get is missing/,
  },
  {
    of: rights,
    says: 'a right that nothing needs',
    file: 'gitops-config/apps/promoter/base/rbac.yaml',
    edit: replace('verbs: [get, list, watch, patch]', 'verbs: [get, list, watch, patch, delete]'),
    finding: /Role promoter-applications: argoproj\.io\/applications:delete: nothing in promoter\/src needs it/,
  },
  {
    of: rights,
    says: 'a call whose rights nobody wrote down',
    file: 'promoter/src/observe/read-workloads.ts',
    edit: replace('core.listNamespacedPod(', 'core.listNamespacedSecret('),
    finding: /read-workloads\.ts: listNamespacedSecret: say in rights\.ts/,
  },
];
