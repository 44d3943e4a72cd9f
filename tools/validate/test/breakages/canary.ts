import { type Breakage, replace } from '../breakage.ts';

const canary = 'a canary is switched on';

export const CANARY_BREAKAGES: readonly Breakage[] = [
  {
    of: canary,
    says: 'a workload that is created with one pod',
    file: 'gitops-config/apps/todo/components/postgresql/kustomization.yaml',
    edit: replace('value: 10\n', 'value: 1\n'),
    finding: /todo-prod-canary-ingress: HorizontalPodAutoscaler todo: Rollout todo must be created with 10 replicas/,
  },
  {
    of: canary,
    says: 'an autoscaler of the workload that was replaced',
    file: 'gitops-config/apps/todo/components/canary/kustomization.yaml',
    edit: replace('          kind: Rollout\n', '          kind: Deployment\n'),
    finding: /HorizontalPodAutoscaler todo: there is no Deployment todo/,
  },
  {
    of: canary,
    says: 'a Rollout that scales a Deployment to 0',
    file: 'gitops-config/apps/todo/components/canary/kustomization.yaml',
    edit: replace(
      '        path: /spec/progressDeadlineAbort\n        value: true\n',
      '        path: /spec/workloadRef\n        value: { apiVersion: apps/v1, kind: Deployment, name: todo }\n',
    ),
    finding: /Rollout todo: workloadRef scales the Deployment to 0/,
  },
  {
    of: canary,
    says: 'half of a switch',
    file: 'gitops-config/apps/todo/components/canary/kustomization.yaml',
    edit: replace('path: /kind\n        value: Rollout', 'path: /kind\n        value: Deployment'),
    finding: /Rollout todo|nothing selected|not found/,
  },
  {
    of: canary,
    says: 'errors of all environments together',
    file: 'gitops-config/apps/todo/components/canary/analysis.yaml',
    edit: replace('namespace="{{args.namespace}}",', ''),
    finding: /todo-serves-well: .* must select the namespace and the revision/,
  },
  {
    of: canary,
    says: 'an argument that nobody gives',
    file: 'gitops-config/apps/todo/components/canary/analysis.yaml',
    edit: replace('    - name: revision\n', '    - name: revision\n    - name: weight\n'),
    finding: /Rollout todo: todo-serves-well needs the argument weight/,
  },
  {
    of: canary,
    says: 'the old workload deleted before the new one serves',
    file: 'gitops-config/argocd/services.yaml',
    edit: replace('          - PruneLast=true\n', ''),
    finding: /services\.yaml: PruneLast=true is missing/,
  },
  {
    of: canary,
    says: 'Git and the autoscaler at odds over a Rollout',
    file: 'gitops-config/argocd/services.yaml',
    edit: replace('          kind: Rollout\n', '          kind: Rollouts\n'),
    finding: /\/spec\/replicas of a Rollout must be ignored/,
  },
];
