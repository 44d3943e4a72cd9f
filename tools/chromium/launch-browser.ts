// A Chromium for tests: the one that CHROMIUM_PATH names, an installed one, or the one in an npm package.
import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';
import { namedBrowser, unpackLibraries } from './config.ts';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** Keeps the browser from contacting its vendor's services. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function findInstalled(): Promise<string | undefined> {
  for (const candidate of [namedBrowser(), ...INSTALLED]) {
    if (
      candidate &&
      (await access(candidate).then(
        () => true,
        () => false,
      ))
    )
      return candidate;
  }
  return undefined;
}

/** @throws Error that says what to install, where no browser starts. */
export async function launchBrowser(): Promise<Browser> {
  const installed = await findInstalled();
  if (installed) return chromium.launch({ executablePath: installed, args: QUIET });
  try {
    unpackLibraries();
    const { default: packaged } = await import('@sparticuz/chromium');
    // With --single-process the browser would exit as soon as the first context is closed.
    const args = packaged.args.filter((arg) => arg !== '--single-process');
    return await chromium.launch({
      executablePath: await packaged.executablePath(),
      args: [...args, ...QUIET],
    });
  } catch (error) {
    throw new Error(
      'No browser could be started. Install Chromium (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
      { cause: error },
    );
  }
}
