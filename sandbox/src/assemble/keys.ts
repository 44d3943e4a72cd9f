// Keys and tokens by which the parts of the sandbox trust each other. They are generated once and kept in the data folder.
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { claimDataFolder } from './data-folder.ts';

const Keys = z.object({
  appPrivateKey: z.string(),
  webhookSecret: z.string(),
  registryToken: z.string(),
  kubernetesToken: z.string(),
  reportToken: z.string(),
});
export type Keys = z.infer<typeof Keys> & { appPublicKey: string };

export async function loadKeys(dataDirectory: string): Promise<Keys> {
  const file = path.join(dataDirectory, 'keys.json');
  await claimDataFolder(dataDirectory);
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  const random = (): string => randomBytes(24).toString('hex');
  const keys = stored
    ? Keys.parse(JSON.parse(stored))
    : {
        appPrivateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
        webhookSecret: random(),
        registryToken: random(),
        kubernetesToken: random(),
        reportToken: random(),
      };
  if (!stored) await writeFile(file, JSON.stringify(keys), { mode: 0o600 });
  const appPublicKey = createPublicKey(keys.appPrivateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { ...keys, appPublicKey };
}
