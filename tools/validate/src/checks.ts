// Everything that must hold, in the order in which it is told.
import type { Check } from './check.ts';
import { goldenCheck } from './manifests/golden.ts';
import { policyCheck } from './manifests/policy.ts';
import { schemaCheck } from './manifests/schemas.ts';

export const CHECKS: readonly Check[] = [goldenCheck, schemaCheck, policyCheck];
