// All targets, each with its share of the inputs.
import { runTarget, type TargetResult } from './run-target.ts';
import { commitMessage } from './targets/commit-message.ts';
import { manifest } from './targets/manifest.ts';
import { promotionFile } from './targets/promotion-file.ts';
import { announcementToken } from './targets/token.ts';
import { webhook } from './targets/webhook.ts';

type Run = (inputs: number, seed: number) => Promise<TargetResult>;

export interface FuzzTarget {
  name: string;
  share: number;
  run: Run;
}

export const TARGETS: readonly FuzzTarget[] = [
  { ...nameOf(webhook), run: (inputs, seed) => runTarget(webhook, inputs, seed) },
  { ...nameOf(announcementToken), run: (inputs, seed) => runTarget(announcementToken, inputs, seed) },
  { ...nameOf(promotionFile), run: (inputs, seed) => runTarget(promotionFile, inputs, seed) },
  { ...nameOf(manifest), run: (inputs, seed) => runTarget(manifest, inputs, seed) },
  { ...nameOf(commitMessage), run: (inputs, seed) => runTarget(commitMessage, inputs, seed) },
];

function nameOf({ name, share }: { name: string; share: number }): { name: string; share: number } {
  return { name, share };
}
