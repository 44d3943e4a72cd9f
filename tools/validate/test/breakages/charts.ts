import { type Breakage, replace } from '../breakage.ts';

const charts = 'third-party charts have the names';

export const CHARTS_BREAKAGES: readonly Breakage[] = [
  {
    of: charts,
    says: 'a version that nobody has rendered',
    file: 'gitops-config/argocd/platform/grafana.yaml',
    edit: replace('targetRevision: 12.11.1', 'targetRevision: 13.0.0'),
    finding: /grafana 13\.0\.0: .*charts\.yaml has version 12\.11\.1: render it/,
  },
  {
    of: charts,
    says: 'a Service under another name',
    file: 'gitops-config/apps/todo/base/deployment.yaml',
    edit: replace('http://alloy.observability.svc:4318', 'http://alloy-agent.observability.svc:4318'),
    finding: /deployment\.yaml: no chart has a Service alloy-agent with port 4318/,
  },
  {
    of: charts,
    says: 'a port that the Service has not',
    file: 'observability/grafana/provisioning/datasources/datasources.yaml',
    edit: replace('http://prometheus:9090', 'http://prometheus:80'),
    finding: /no chart has a Service prometheus with port 80/,
  },
  {
    of: charts,
    says: 'a ConfigMap under the name that the chart makes of it',
    file: 'gitops-config/platform/prometheus/values.yaml',
    edit: replace('configMapOverrideName: config ', 'configMapOverrideName: prometheus-config '),
    finding: /server\.configMapOverrideName must be "config"/,
  },
  {
    of: charts,
    says: 'a Secret that the Application does not make',
    file: 'gitops-config/platform/grafana/admin/secret.yaml',
    edit: replace(/grafana-admin/g, 'grafana-administrator'),
    finding: /grafana: its chart reads Secret\/grafana-admin, which its Application does not make/,
  },
];
