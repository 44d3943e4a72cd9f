/** The browser to use, where somebody names one. */
export const namedBrowser = (): string | undefined => process.env['CHROMIUM_PATH'];

/** Makes @sparticuz/chromium unpack the libraries that it ships beside the browser: a minimal system lacks them. */
export function unpackLibraries(): void {
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x';
}
