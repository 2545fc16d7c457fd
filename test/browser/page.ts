// What the page tests share: a browser, a watched page, and the accessibility check.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, Result } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import { inject } from 'vitest';
import { chromeArguments, ensureChrome } from '../chrome.mjs';

/** Starts Chromium. Take graphics away ('webgl', 'none') to test what the site falls back on. */
export function openBrowser(
  extraArgs: string[] = [],
  { graphics = 'webgpu' }: { graphics?: 'webgpu' | 'webgl' | 'none' } = {},
): Promise<Browser> {
  return chromium.launch({
    executablePath: ensureChrome(),
    args: [...chromeArguments(graphics), ...extraArgs],
  });
}

export interface PageOptions {
  width: number;
  height: number;
  /** With or without its `#`. */
  hash?: string;
  colorScheme?: 'light' | 'dark';
  reducedMotion?: 'reduce' | 'no-preference';
  /** A touch screen rather than a mouse. */
  hasTouch?: boolean;
  /** What to do before the site is opened, such as to intercept what it requests. */
  prepare?: (context: BrowserContext) => Promise<void>;
}

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** Console errors and uncaught exceptions so far, of the page and its workers. Should stay empty. */
  errors: string[];
  /** URLs requested so far that are not the site's own. Should stay empty. */
  outside: string[];
}

/** Opens the site in a fresh context, as a first visit, and watches for trouble. */
export async function openPage(browser: Browser, options: PageOptions): Promise<OpenPage> {
  const site = inject('site');
  const { width, height, hash = '', prepare, ...look } = options;
  const context = await browser.newContext({ viewport: { width, height }, ...look });
  await prepare?.(context);
  const page = await context.newPage();
  const errors: string[] = [];
  const outside: string[] = [];

  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  // The context hears of the workers' requests too.
  context.on('request', (request) => {
    if (leavesTheSite(request.url(), site)) outside.push(request.url());
  });
  page.on('websocket', (socket) => outside.push(socket.url()));

  await page.goto(site + (hash && `#${hash.replace(/^#/, '')}`));
  return { page, context, errors, outside };
}

/** blob: and data: never leave the machine. */
function leavesTheSite(url: string, site: string): boolean {
  const { protocol, origin } = new URL(url);
  return protocol !== 'blob:' && protocol !== 'data:' && origin !== new URL(site).origin;
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What axe-core finds wrong with the page as it is now, by WCAG 2.2 AA (axe's "best practices" are left out). */
export async function axeViolations(page: Page): Promise<Result[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  return page.evaluate(async (values) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    const { violations } = await axe.run({ runOnly: { type: 'tag', values } });
    return violations;
  }, standards);
}
