import { type Breakage, replace } from '../breakage.ts';

export const LIVE_BREAKAGES: readonly Breakage[] = [
  {
    of: 'numbers for every PromQL panel',
    says: 'a panel with a label that no series has',
    file: 'observability/grafana/dashboards/service.json',
    edit: replace(
      /"expr": "sum\(http_server_active_requests\{[^}]*\}\)"/,
      '"expr": "sum(http_server_active_requests{stage=\\"live\\"})"',
    ),
    finding: /In flight: shows nothing/,
  },
  {
    of: 'every metric that a dashboard',
    says: 'an alert on a metric that nothing exposes',
    file: 'observability/prometheus/rules/promoter.yaml',
    edit: replace('promoter_github_content_budget_remaining < 100', 'promoter_github_budget_remaining < 100'),
    finding: /PromoterGitHubBudgetLow: nothing exposes promoter_github_budget_remaining/,
  },
  {
    of: 'takes the increase of begins at zero',
    says: 'an alert on a counter that begins with its first request',
    file: 'observability/prometheus/rules/promoter.yaml',
    edit: replace('increase(promoter_recovered_releases_total[1h])', 'increase(promoter_github_requests_total[1h])'),
    finding: /PromoterRecoversReleases: begins at \d+, which is no increase/,
  },
  {
    of: 'half an arrow',
    says: "the promoter's own requests in the service graph",
    file: 'observability/tempo/tempo.yaml',
    edit: replace('value: promoter|todo', 'value: nobody'),
    finding: /promoter: \w+: \d+ times half an arrow/,
  },
  {
    of: 'field in a LogQL query',
    says: 'a label that no stream has, and a field that no line has',
    file: 'observability/grafana/dashboards/logs.json',
    edit: (text) =>
      text
        .replace('sum by (level)', 'sum by (severity)')
        .replace('json reason=\\"reason\\"', 'json reason=\\"cause\\"'),
    finding:
      /Alloy gives no label severity[\s\S]*no service writes cause|no service writes cause[\s\S]*Alloy gives no label severity/,
  },
  {
    of: 'attribute and name in a TraceQL query',
    says: 'a span that is never sent',
    file: 'observability/grafana/dashboards/traces.json',
    edit: replace('name = \\"push\\"', 'name = \\"pushed\\"'),
    finding: /no span is called pushed/,
  },
];
