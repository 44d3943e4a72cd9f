// What the real helm makes of values files, with a chart of the usual conventions.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './kustomize.ts';

const run = promisify(execFile);
const AT_ONCE = 4;

const TEMPLATE = `{{- define "image" -}}
{{- if kindIs "string" . -}}{{ . }}
{{- else -}}{{ with .registry }}{{ . }}/{{ end }}{{ .repository | default "ghcr.io/acme/todo" }}:{{ .tag }}{{ if hasKey . "digest" }}@{{ .digest }}{{ end }}
{{- end -}}
{{- end -}}
{{- range .Values.web.containers | default (list .Values.web) }}
image: {{ include "image" .image | quote }}
{{- end }}
`;

export async function findHelm(): Promise<Program | undefined> {
  try {
    const { stdout } = await run('helm', ['version', '--short']);
    return { command: 'helm', args: ['template', 'x'], label: `helm ${stdout.trim()}` };
  } catch {
    return undefined;
  }
}

/** @returns the image that each deploys. */
export async function renderValues(program: Program, texts: readonly string[]): Promise<string[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'promoter-helm-'));
  try {
    const chart = path.join(root, 'chart');
    await mkdir(path.join(chart, 'templates'), { recursive: true });
    await writeFile(path.join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n');
    await writeFile(path.join(chart, 'templates/image.yaml'), TEMPLATE);
    const images: string[] = [];
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const batch = texts.slice(from, from + AT_ONCE);
      images.push(...(await Promise.all(batch.map((text, index) => renderOne(program, chart, text, from + index)))));
    }
    return images;
  } finally {
    await rm(root, { recursive: true });
  }
}

async function renderOne({ command, args }: Program, chart: string, text: string, index: number): Promise<string> {
  const values = path.join(chart, '..', `values-${index}.yaml`);
  await writeFile(values, text);
  const { stdout } = await run(command, [...args, chart, '--values', values]);
  return /^image: "(.*)"$/m.exec(stdout)?.[1] ?? stdout;
}
