// What is wrong, where, and what the check must say of it.

export interface Breakage {
  /** Part of the check's name. */
  of: string;
  says: string;
  file: string;
  edit(text: string): string;
  finding: RegExp;
}

const todo = 'gitops-config/apps/todo/base/deployment.yaml';
const restricted = 'workloads are restricted';
const schemas = 'valid by the schemas';

function replace(from: string | RegExp, to: string): (text: string) => string {
  return (text) => text.replace(from, to);
}

export const BREAKAGES: readonly Breakage[] = [
  {
    of: 'renders as its golden file',
    says: 'a probe that changed without anybody looking',
    file: todo,
    edit: replace('path: /readyz', 'path: /ready'),
    finding: /todo-dev\.yaml: npm run golden/,
  },
  {
    of: 'renders as its golden file',
    says: 'a resource that is not there',
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
    says: 'a kind that nobody knows',
    file: 'gitops-config/platform/secrets/store.yaml',
    edit: replace('kind: ClusterSecretStore', 'kind: ClusterSecretShop'),
    finding: /no schema is known of external-secrets.io\/v1\/ClusterSecretShop/,
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
    of: 'configuration and rules are valid',
    says: 'a rule that is no PromQL',
    file: 'observability/prometheus/rules/promoter.yaml',
    edit: replace(
      'increase(promoter_recovered_releases_total[1h])',
      'increase(promoter_recovered_releases_total[1 hour])',
    ),
    finding: /promtool .*promoter/s,
  },
  {
    of: 'configuration and rules are valid',
    says: 'an alert that fires too late',
    file: 'observability/prometheus/rules/todo.yaml',
    edit: replace('for: 2m', 'for: 2h'),
    finding: /promtool test rules/,
  },
  {
    of: 'every alert has a severity',
    says: 'a runbook that nobody wrote',
    file: 'observability/prometheus/README.md',
    edit: replace('### TodoSlow', '### TodoIsSlow'),
    finding: /TodoSlow: its runbook .*#todoslow is not there/,
  },
  {
    of: 'every alert has a severity',
    says: 'a severity that goes nowhere',
    file: 'observability/prometheus/rules/tempo.yaml',
    edit: replace('severity: ticket', 'severity: warning'),
    finding: /TempoLeavesSpansOut: severity must be page or ticket/,
  },
  {
    of: 'dashboards are what their TypeScript makes',
    says: 'a panel that was changed in the browser',
    file: 'observability/grafana/dashboards/slo.json',
    edit: replace('"Burn rate"', '"Burning"'),
    finding: /slo\.json: differs from src/,
  },
  {
    of: 'addresses of their own',
    says: 'a uid that another dashboard has',
    file: 'observability/grafana/dashboards/slo.json',
    edit: replace('"delivery-slo"', '"delivery-logs"'),
    finding: /uid delivery-logs is logs\.json's too/,
  },
  {
    of: 'addresses of their own',
    says: 'a link to a data source that is not there',
    file: 'observability/grafana/provisioning/datasources/datasources.yaml',
    edit: replace('serviceMap: { datasourceUid: prometheus }', 'serviceMap: { datasourceUid: mimir }'),
    finding: /tempo leads to mimir/,
  },
  {
    of: 'query parses',
    says: 'PromQL with a bracket too few',
    file: 'observability/grafana/dashboards/delivery.json',
    edit: replace('sum(promoter_inbox_depth)', 'sum(promoter_inbox_depth'),
    finding: /Waiting webhooks: does not parse/,
  },
  {
    of: 'query parses',
    says: 'LogQL without a selector',
    file: 'observability/grafana/dashboards/logs.json',
    edit: replace(/\{service_name=[^}]*\} \| level=~\\"error\|fatal\\"/, '| level=~\\"error\\"'),
    finding: /Errors, newest first: does not parse/,
  },
  {
    of: 'query parses',
    says: 'TraceQL that ends too early',
    file: 'observability/grafana/dashboards/traces.json',
    edit: replace('&& duration > 1h }', '&& }'),
    finding: /Approvals that took longer than an hour: does not parse/,
  },
  {
    of: 'generally available',
    says: 'a component that is experimental',
    file: 'observability/alloy/kubernetes.alloy',
    edit: replace('loki.source.kubernetes "pods"', 'loki.source.podlogs "pods"'),
    finding: /loki\.source\.podlogs is not known to be generally available/,
  },
  {
    of: 'generally available',
    says: 'a name that leads nowhere',
    file: 'observability/alloy/pipeline.alloy',
    edit: replace('otelcol.exporter.otlp "tempo"', 'otelcol.exporter.otlp "traces"'),
    finding: /otelcol\.exporter\.otlp\.tempo\.input refers to nothing/,
  },
  {
    of: 'compose mounts files',
    says: 'a port that the network reaches',
    file: 'observability/compose.yaml',
    edit: replace('127.0.0.1:3000:3000', '3000:3000'),
    finding: /grafana: port 3000:3000/,
  },
  {
    of: 'compose mounts files',
    says: 'a file that moved',
    file: 'observability/compose.yaml',
    edit: replace('./loki/loki.yaml:', './loki/config.yaml:'),
    finding: /\.\/loki\/config\.yaml is not there/,
  },
  {
    of: 'numbers for every PromQL panel',
    says: 'a panel of a label that nobody gives',
    file: 'observability/grafana/dashboards/service.json',
    edit: replace(
      /"expr": "sum\(http_server_active_requests\{[^}]*\}\)"/,
      '"expr": "sum(http_server_active_requests{stage=\\"live\\"})"',
    ),
    finding: /In flight: shows nothing/,
  },
  {
    of: 'every metric that a dashboard',
    says: 'an alert on a metric that nobody exposes',
    file: 'observability/prometheus/rules/promoter.yaml',
    edit: replace('promoter_github_content_budget_remaining < 100', 'promoter_github_budget_remaining < 100'),
    finding: /PromoterGitHubBudgetLow: promoter_github_budget_remaining is exposed by nobody/,
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
    says: 'a span that nobody sends',
    file: 'observability/grafana/dashboards/traces.json',
    edit: replace('name = \\"push\\"', 'name = \\"pushed\\"'),
    finding: /no span is called pushed/,
  },
  {
    of: 'Terraform is formatted',
    says: 'a line that nobody aligned',
    file: 'terraform/modules/network/main.tf',
    edit: replace('  name = var.name', '  name   = var.name'),
    finding: /network\/main\.tf: terraform fmt/,
  },
  ...(
    [
      [
        'a variable without a description',
        'modules/cluster/variables.tf',
        /^ {2}description = "Of the cluster\."\n/m,
        '',
        /variable name: description is missing/,
      ],
      [
        'a variable that takes anything',
        'infrastructure/variables.tf',
        / {2}validation \{\n {4}condition {5}= contains\(\["rds"[^}]*\}\n/,
        '',
        /variable database: validation is missing/,
      ],
      [
        'a module that moves',
        'modules/cluster/main.tf',
        '"21.19.0"',
        '"~> 21.0"',
        /module eks: version ~> 21\.0: name exactly one/,
      ],
      ['a provider without a limit', 'platform/versions.tf', '>= 3.0.0, < 4.0.0', '>= 3.0.0', /provider helm: version/],
      [
        'a network that is open',
        'infrastructure/example.tf',
        '',
        'locals {\n  anybody = ["0.0.0.0/0"]\n}\n',
        /example\.tf:2: open to the whole world/,
      ],
      [
        'a state that nobody locks',
        'infrastructure/versions.tf',
        'use_lockfile = true',
        'use_lockfile = false',
        /use_lockfile must be true/,
      ],
      ['four types of logs', 'modules/cluster/main.tf', ', "scheduler"', '', /enabled_log_types lacks scheduler/],
      [
        'an API server for everybody',
        'modules/cluster/main.tf',
        /^ {2}endpoint_public_access_cidrs = .*\n/m,
        '',
        /endpoint_public_access_cidrs: the default/,
      ],
      [
        'whoever made the cluster as its master',
        'modules/cluster/main.tf',
        'creator_admin_permissions = false',
        'creator_admin_permissions = true',
        /enable_cluster_creator_admin_permissions is true/,
      ],
      [
        'extended support',
        'modules/cluster/main.tf',
        'support_type = "STANDARD"',
        'support_type = "EXTENDED"',
        /upgrade_policy is/,
      ],
      [
        'a database without TLS',
        'modules/database/main.tf',
        'name = "rds.force_ssl", value = "1"',
        'name = "rds.force_ssl", value = "0"',
        /rds\.force_ssl must be 1/,
      ],
      [
        'a password in the state',
        'modules/database/main.tf',
        /manage_master_user_password {2,}= true/,
        'manage_master_user_password = false',
        /manage_master_user_password is false/,
      ],
      [
        'a bucket that may be public',
        'modules/telemetry-storage/main.tf',
        '"aws_s3_bucket_public_access_block"',
        '"aws_s3_bucket_acl"',
        /aws_s3_bucket_public_access_block is missing/,
      ],
      [
        'a subject by pattern',
        'bootstrap/main.tf',
        /StringEquals"(\s+variable = "token\.actions\.githubusercontent\.com:sub)/,
        'StringLike"$1',
        /compared with StringEquals/,
      ],
      ['a wildcard in a subject', 'bootstrap/main.tf', ':pull_request"', ':*"', /a wildcard in a subject/],
      [
        'a key that never rotates',
        'modules/secrets/main.tf',
        'enable_key_rotation     = true',
        'enable_key_rotation     = false',
        /enable_key_rotation is false/,
      ],
      ['HCL that does not parse', 'modules/cluster/outputs.tf', 'output "name" {', 'output "name"', /outputs\.tf/],
    ] as const
  ).map(([says, file, from, to, finding]) => ({
    of: 'Terraform is documented',
    says,
    file: `terraform/${file}`,
    edit: (text: string) => (from === '' ? to : text.replace(from, to)),
    finding,
  })),
  {
    of: "Terraform's own tests",
    says: 'a guard that lets anything through',
    file: 'terraform/modules/eks-version/main.tf',
    edit: replace('T00:00:00Z") < 0', 'T00:00:00Z") < 2'),
    finding: /a_version_that_ends_next_week/,
  },
  {
    of: 'end of its standard support',
    says: 'a version that is about to cost six times as much',
    file: 'terraform/infrastructure/variables.tf',
    edit: replace('default     = "1.35"', 'default     = "1.34"'),
    finding: /1\.34 leaves standard support on 2026-12-02/,
  },
];
