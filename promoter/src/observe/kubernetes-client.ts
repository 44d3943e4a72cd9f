import { KubeConfig, type RequestContext } from '@kubernetes/client-node';

/** The client sets no deadline: a read that is never answered would hold up everything that comes after it. */
class KubeConfigWithDeadline extends KubeConfig {
  readonly #timeoutMs: number;
  constructor(timeoutMs: number) {
    super();
    this.#timeoutMs = timeoutMs;
  }
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    context.setSignal(AbortSignal.timeout(this.#timeoutMs));
  }
}

const CALL_TIMEOUT_MS = 10_000;

/** @param kubeconfig its file; undefined: the pod's own account. @param callTimeoutMs of one call, not of a watch. */
export function loadKubeConfig(kubeconfig: string | undefined, callTimeoutMs = CALL_TIMEOUT_MS): KubeConfig {
  const config = new KubeConfigWithDeadline(callTimeoutMs);
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromCluster();
  return config;
}
