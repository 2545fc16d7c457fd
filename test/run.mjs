// `npm test`: all tests, whatever they need. The last line it prints is `N passed, N failed`.
// Arguments are passed on to Vitest: npm test -- --project node
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChrome } from './chrome.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** Runs Vitest. Returns its exit status and its report, if it got as far as writing one. */
function runVitest() {
  const chrome = ensureChrome();
  console.log(`Testing with ${chrome}`);
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const file = join(folder, 'report.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, CHROME: chrome },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(folder, { recursive: true });
  return { status, report };
}

/** A file that failed with no failed test in it: it did not load, or a hook threw. */
function failedAsAWhole(/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}

function count() {
  const { status, report } = runVitest();
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + report.testResults.filter(failedAsAWhole).length;
  if (passed + failed === 0) console.log('No test ran, which counts as a failure.');
  // Unhandled errors are not in the report, but Vitest's exit status knows of them.
  const wentWrong = status !== 0 || passed === 0;
  return { passed, failed: wentWrong ? Math.max(failed, 1) : failed, skipped };
}

function countOrExplain() {
  try {
    return count();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const { passed, failed, skipped } = countOrExplain();
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
