// Every check, in the order in which they run.
import { admissionCheck } from './admission/admission-check.ts';
import { apiServerCheck } from './admission/api-server-check.ts';
import { ARCHITECTURE_CHECKS } from './architecture/architecture-checks.ts';
import type { Check } from './check.ts';
import { languageCheck } from './language/language-check.ts';
import { arrowCheck, birthCheck, logCheck, metricCheck, panelCheck, traceCheck } from './live/live-checks.ts';
import { canaryCheck } from './manifests/canary.ts';
import { thirdPartyChartCheck } from './manifests/charts.ts';
import { goldenCheck } from './manifests/golden.ts';
import { orderCheck } from './manifests/order.ts';
import { policyCheck } from './manifests/policy.ts';
import { rightsCheck } from './manifests/rights.ts';
import { chartCheck, schemaCheck } from './manifests/schemas.ts';
import { driftCheck, grammarCheck, uidCheck } from './observability/dashboard-checks.ts';
import { alloyCheck, composeCheck } from './observability/files.ts';
import { loadedRulesCheck } from './observability/loaded-rules.ts';
import { refusalCheck } from './observability/refusals.ts';
import { amtoolCheck, promtoolCheck, runbookCheck } from './observability/rules.ts';
import { linkCheck, markdownCheck } from './documents/document-checks.ts';
import { serverFileCheck } from './observability/server-files.ts';
import { formatCheck, moduleTestCheck, structureCheck, versionCheck } from './terraform/terraform-checks.ts';
import { actionlintCheck, checkovCheck, hadolintCheck, shellcheckCheck, zizmorCheck } from './workflows/linters.ts';
import { releaseCheck } from './workflows/release-check.ts';
import { workflowRuleCheck } from './workflows/workflow-rules.ts';

/** These start the whole platform once, for about a minute, and share what they observe. */
export const LIVE_CHECKS: readonly Check[] = [panelCheck, metricCheck, birthCheck, logCheck, traceCheck, arrowCheck];

export const QUICK_CHECKS: readonly Check[] = [
  ...ARCHITECTURE_CHECKS,
  languageCheck,
  formatCheck,
  structureCheck,
  moduleTestCheck,
  versionCheck,
  goldenCheck,
  schemaCheck,
  chartCheck,
  policyCheck,
  admissionCheck,
  apiServerCheck,
  orderCheck,
  rightsCheck,
  thirdPartyChartCheck,
  canaryCheck,
  promtoolCheck,
  loadedRulesCheck,
  amtoolCheck,
  runbookCheck,
  driftCheck,
  uidCheck,
  grammarCheck,
  refusalCheck,
  serverFileCheck,
  alloyCheck,
  composeCheck,
  workflowRuleCheck,
  releaseCheck,
  actionlintCheck,
  zizmorCheck,
  hadolintCheck,
  shellcheckCheck,
  checkovCheck,
  markdownCheck,
  linkCheck,
];

export const CHECKS: readonly Check[] = [...QUICK_CHECKS, ...LIVE_CHECKS];
