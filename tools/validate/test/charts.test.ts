import { describe, expect, it } from 'vitest';
import { missingFrom } from '../src/manifests/render-chart.ts';
import type { Manifest } from '../src/manifests/render.ts';

const object = (kind: string, name: string, spec: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  spec,
});
const RENDERED = [
  object('Service', 'prometheus', { ports: [{ port: 9090 }] }),
  object('ServiceAccount', 'prometheus'),
  object('CustomResourceDefinition', 'rollouts.argoproj.io', { group: 'argoproj.io', names: { kind: 'Rollout' } }),
  object('Deployment', 'prometheus', {
    volumes: [{ configMap: { name: 'prometheus-config' } }],
    containers: [{ volumeMounts: [{ mountPath: '/etc/config' }] }],
  }),
];
const CONTRACT = { version: '1.0.0', restsOn: {}, kinds: [], services: {}, serviceAccounts: [], reads: {} };

describe('a render and the contract of its chart', () => {
  it('agree', () => {
    const contract = {
      ...CONTRACT,
      kinds: ['argoproj.io/Rollout'],
      services: { prometheus: [9090] },
      serviceAccounts: ['prometheus'],
      reads: { 'ConfigMap/prometheus-config': '/etc/config' },
    };

    expect(missingFrom(RENDERED, contract)).toEqual([]);
  });

  it.each([
    ['a CRD', { kinds: ['keda.sh/ScaledObject'] }, 'the CRD of keda.sh/ScaledObject'],
    ['a port', { services: { prometheus: [80] } }, 'Service prometheus, port 80'],
    ['a Service', { services: { alertmanager: [9093] } }, 'Service alertmanager, port 9093'],
    ['an account', { serviceAccounts: ['loki'] }, 'ServiceAccount loki'],
    ['a ConfigMap', { reads: { 'ConfigMap/rules': '/etc/config' } }, 'a mount of ConfigMap/rules'],
    ['a place', { reads: { 'ConfigMap/prometheus-config': '/etc/prometheus' } }, 'a mount at /etc/prometheus'],
  ])('differ by %s', (_case, part, missing) => {
    expect(missingFrom(RENDERED, { ...CONTRACT, ...part })).toEqual([missing]);
  });
});
