import { type Breakage, replace } from '../breakage.ts';

const todo = 'gitops-config/apps/todo/base/deployment.yaml';
const restricted = 'workloads are restricted';
const schemas = 'valid by the schemas';

export const MANIFESTS_BREAKAGES: readonly Breakage[] = [
  {
    of: 'renders as its golden file',
    says: 'a probe that changed unnoticed',
    file: todo,
    edit: replace('path: /readyz', 'path: /ready'),
    finding: /todo-dev\.yaml: npm run golden/,
  },
  {
    of: 'renders as its golden file',
    says: 'a resource that does not exist',
    file: 'gitops-config/apps/todo/base/kustomization.yaml',
    edit: replace('service.yaml', 'services.yaml'),
    finding: /services\.yaml/,
  },
  {
    of: schemas,
    says: 'a field that does not exist',
    file: todo,
    edit: replace('enableServiceLinks:', 'enableServiceLink:'),
    finding: /enableServiceLink/,
  },
  {
    of: schemas,
    says: 'a number where text belongs',
    file: todo,
    edit: replace("value: '3000'", 'value: 3000'),
    finding: /todo-dev: Deployment todo: .*value/s,
  },
  {
    of: schemas,
    says: 'a field that no ApplicationSet has',
    file: 'gitops-config/argocd/services.yaml',
    edit: replace('requeueAfterSeconds', 'requeueSeconds'),
    finding: /services\.yaml: ApplicationSet services: .*requeueSeconds/,
  },
  {
    of: schemas,
    says: 'an unknown kind',
    file: 'gitops-config/platform/secrets/store.yaml',
    edit: replace('kind: ClusterSecretStore', 'kind: ClusterSecretShop'),
    finding: /there is no schema for external-secrets.io\/v1\/ClusterSecretShop/,
  },
  {
    of: restricted,
    says: 'root',
    file: todo,
    edit: replace('runAsNonRoot: true', 'runAsNonRoot: false'),
    finding: /runAsNonRoot must be true/,
  },
  {
    of: restricted,
    says: 'no memory limit',
    file: todo,
    edit: replace(/ {12}limits:\n {14}memory: 256Mi\n/, ''),
    finding: /resources.limits.memory is missing/,
  },
  {
    of: restricted,
    says: 'no liveness probe',
    file: todo,
    edit: replace('livenessProbe:', 'lifecycle:'),
    finding: /livenessProbe is missing/,
  },
  {
    of: restricted,
    says: "the namespace's default account",
    file: todo,
    edit: replace('serviceAccountName: todo\n', 'serviceAccountName: default\n'),
    finding: /service account of its own/,
  },
  {
    of: restricted,
    says: 'a folder of the host',
    file: todo,
    edit: replace('emptyDir:\n            sizeLimit: 64Mi', 'hostPath:\n            path: /'),
    finding: /a volume that the restricted standard/,
  },
  {
    of: restricted,
    says: 'an image by its tag alone',
    file: 'gitops-config/apps/todo/overlays/staging/kustomization.yaml',
    edit: replace('newTag: unreleased', 'newTag: main-7-abcdef0'),
    finding: /ghcr\.io\/acme\/todo:main-7-abcdef0: deploy by tag and digest/,
  },
  {
    of: restricted,
    says: 'an open namespace',
    file: 'gitops-config/apps/todo/base/network-policy.yaml',
    edit: replace('name: default-deny', 'name: default'),
    finding: /todo-prod has no default-deny/,
  },
  {
    of: 'chart of the root Application',
    says: 'a cluster that Argo CD does not find',
    file: 'terraform/platform/root-application/templates/cluster.yaml',
    edit: replace('    argocd.argoproj.io/secret-type: cluster\n', ''),
    finding: /Secret in-cluster: Argo CD knows no cluster/,
  },
  {
    of: 'chart of the root Application',
    says: 'a value that does not exist',
    file: 'terraform/platform/root-application/templates/root.yaml',
    edit: replace('path: argocd', 'path: {{ required "which folder" .Values.folder }}'),
    finding: /which folder/,
  },
  {
    of: 'chart of the root Application',
    says: 'a field that no Application has',
    file: 'terraform/platform/root-application/templates/root.yaml',
    edit: replace('targetRevision:', 'revision:'),
    finding: /root-application: Application root: .*"revision"/,
  },
];
