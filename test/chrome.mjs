// Finds the Chromium that the browser tests drive, gets one where there is none, and knows its flags.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const namesOnLinux = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];
const foldersOnLinux = ['/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin'];

/** Where installers usually put it, by platform. */
function usualPlaces() {
  if (process.platform === 'darwin') {
    return ['', process.env.HOME ?? ''].flatMap((home) => [
      `${home}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${home}/Applications/Chromium.app/Contents/MacOS/Chromium`,
    ]);
  }
  if (process.platform === 'win32') {
    return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
      const folder = process.env[name];
      if (!folder) return [];
      return [
        join(folder, 'Google/Chrome/Application/chrome.exe'),
        join(folder, 'Chromium/Application/chrome.exe'),
      ];
    });
  }
  return foldersOnLinux.flatMap((folder) => namesOnLinux.map((name) => join(folder, name)));
}

/** On Ubuntu `chromium-browser` may be a stub that only says "install the snap", so on Linux we try it. */
function works(/** @type {string} */ path) {
  if (!existsSync(path)) return false;
  return process.platform !== 'linux' || spawnSync(path, ['--version']).status === 0;
}

/**
 * The path of a Chrome or Chromium, or undefined: the environment's, then the usual places, then Playwright's.
 * @returns {string | undefined}
 */
export function findChrome() {
  const named = process.env.CHROME ?? process.env.CHROME_BIN ?? process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named && existsSync(named)) return named;

  const installed = usualPlaces().find(works);
  if (installed) return installed;

  // Required here, not imported above: Playwright is slow to load and mostly not needed.
  /** @type {typeof import('playwright')} */
  const playwright = createRequire(import.meta.url)('playwright');
  const own = playwright.chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

/** Runs a command where the person can see it. Says whether it went well. */
function run(/** @type {string} */ command) {
  console.log(`> ${command}`);
  return spawnSync(command, { shell: true, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** apt's `chromium` is a real browser on Debian; on Ubuntu it is a snap, which may or may not work. */
function canUseApt() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /debian|ubuntu/i.test(release);
}

/** Like `findChrome`, but gets a browser where there is none. Throws, saying what to do, if it cannot. */
export function ensureChrome() {
  const found = findChrome();
  if (found) return found;

  console.log('No Chrome or Chromium on this machine. Asking Playwright to download one.');
  run('npx playwright install chromium');
  const downloaded = findChrome();
  if (downloaded) return downloaded;

  if (canUseApt()) {
    console.log('That did not work. Installing the chromium package with apt-get instead.');
    run('apt-get update');
    run('DEBIAN_FRONTEND=noninteractive apt-get install -y chromium');
    const packaged = findChrome();
    if (packaged) return packaged;
  }

  throw new Error(
    'The browser tests need Chrome or Chromium, and none could be found or installed. ' +
      'Install one and run the tests again, or name it: CHROME=/path/to/chrome npm test',
  );
}

/**
 * Launch arguments. Everything is drawn in software, so that every machine tests the same thing.
 * `graphics` is the best that the site may find: WebGPU (and WebGL), only WebGL, or neither.
 */
export function chromeArguments(/** @type {'webgpu' | 'webgl' | 'none'} */ graphics = 'webgpu') {
  const args = {
    webgpu: [
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      // The last --enable-features counts, so this repeats what Playwright's screenshots want.
      '--enable-features=Vulkan,CDPScreenshotNewSurface',
    ],
    webgl: ['--disable-gpu', '--enable-unsafe-swiftshader'],
    none: ['--disable-gpu', '--disable-software-rasterizer'],
  }[graphics];
  // Chromium refuses to run its sandbox as root, as in most containers.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  return [...args, ...sandbox, ...quiet];
}
