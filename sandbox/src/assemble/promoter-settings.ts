import { type ObservabilityStack, traceUrl } from './find-observability.ts';
import { APP_ID, CONFIG_REPOSITORY } from './github-settings.ts';
import type { Keys } from './keys.ts';

export interface PromoterWorld {
  /** `board` is the URL of the promoter itself. */
  urls: { github: string; registry: string; board: string };
  keys: Keys;
  kubeconfig: string;
  observability: ObservabilityStack | undefined;
}

/** Returns the promoter's environment variables; promoter/README.md describes them. */
export function promoterVariables({ urls, keys, kubeconfig, observability }: PromoterWorld): Record<string, string> {
  return {
    GITHUB_API_URL: `${urls.github}/api/v3`,
    GITHUB_APP_ID: String(APP_ID),
    GITHUB_APP_PRIVATE_KEY: keys.appPrivateKey,
    GITHUB_WEBHOOK_SECRET: keys.webhookSecret,
    CONFIG_REPOSITORY,
    REGISTRY_HOSTS: `ghcr.io=${urls.registry}`,
    KUBECONFIG: kubeconfig,
    REPORT_TOKEN: keys.reportToken,
    PUBLIC_URL: urls.board,
    ...(observability ? { TRACE_URL: traceUrl(observability) } : {}),
  };
}
