// `npm run bench`: the benchmark of the page, as it is built, in the browser that the tests use, with more peers to
// compare with. Prints what it is at, and the table case by case. Arguments: `--json` prints everything measured as
// JSON at the end; any other is a part of the names of the cases that are wanted: npm run bench -- linear
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build, preview } from 'vite';
import { chromeArguments, ensureChrome } from './chrome.mjs';

/** @typedef {{ case: string, per: string, peer: string, own: boolean, adapter: string, time: number, spread: number, difference: number, calls: Record<string, number> | null, problem: string | null }} Row */

/** Without a word for so long, in milliseconds, it is given up: each peer has less for an answer. */
const longestSilence = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
process.env.VITE_BENCH_CASE = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
console.log('building …');
// Built, not served by the development server: that one reloads the page when it comes upon a library late.
await build({ mode: 'bench', logLevel: 'error', build: { outDir: folder } });
const server = await preview({
  mode: 'bench',
  logLevel: 'error',
  build: { outDir: folder },
  preview: { port: 0 },
});
const browser = await chromium.launch({ executablePath: ensureChrome(), args: chromeArguments() });
try {
  await measure();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

async function measure() {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}#bench`);
  await page.getByRole('button', { name: 'Run the benchmark' }).click();
  const status = page.getByRole('status');
  let said = '';
  let heard = Date.now();
  let shown = 0;
  for (;;) {
    const text = (await status.textContent())?.trim() ?? '';
    if (text !== said) {
      [said, heard] = [text, Date.now()];
      const short = text.replace(/^Measuring /, '');
      if (!/round [2-7]/.test(short)) console.log(`  … ${short}`);
    }
    const tables = await page.getByRole('table').count();
    if (tables > shown) {
      const { rows } = JSON.parse(await saved(page));
      const names = [...new Set(rows.map((/** @type {Row} */ row) => row.case))];
      for (const name of names.slice(shown))
        print(rows.filter((/** @type {Row} */ row) => row.case === name));
      shown = names.length;
    }
    if ((await status.getAttribute('data-finished')) === 'true') break;
    if (/broke off/.test(said)) throw new Error(said);
    if (Date.now() - heard > longestSilence)
      throw new Error(`Nothing was heard for ${longestSilence / 1000} s. The last word was: ${said}`);
    await page.waitForTimeout(250);
  }
  const text = await saved(page);
  const { date, device } = JSON.parse(text);
  console.log(`\n${date}, ${device.hardwareConcurrency} processors, ${device.userAgent}`);
  if (process.argv.includes('--json')) console.log(text);
}

/** @param {import('playwright').Page} page @returns what it has measured so far, as JSON */
async function saved(page) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as JSON' }).click(),
  ]);
  let text = '';
  for await (const chunk of await download.createReadStream()) text += String(chunk);
  return text;
}

/** @param {Row[]} rows of one case */
function print(rows) {
  const fastest = Math.min(...rows.filter(({ own, problem }) => own && !problem).map(({ time }) => time));
  const [{ case: name, per }] = /** @type {[Row]} */ (rows);
  console.log(`\n${name}: milliseconds a ${per}, and how many times our fastest`);
  for (const { peer, adapter, time, spread, difference, calls, problem } of rows) {
    if (problem) console.log(`  ${peer.padEnd(32)} not measured: ${problem}`);
    else
      console.log(
        `  ${peer.padEnd(32)} ${time.toFixed(3).padStart(9)} ± ${spread.toFixed(3).padEnd(7)}` +
          `${`${(time / fastest).toFixed(1)} ×`.padStart(9)}  ${difference.toExponential(0)} apart, ${adapter}` +
          (calls ? `\n${' '.repeat(36)}${described(calls)}` : ''),
      );
  }
  console.log('');
}

/** @param {Record<string, number>} calls for each thing that is timed */
function described(calls) {
  const number = (/** @type {number | undefined} */ value) => String(Number((value ?? 0).toPrecision(3)));
  return [
    `${number(calls.dispatches)} dispatches, ${number(calls.submits)} submits`,
    `${number(calls.buffers)} buffers and ${number(calls.bindGroups)} bind groups made`,
    `${number(calls.bytesWritten)} B written, ${number(calls.bytesRead)} B read in ${number(calls.readBacks)} read-backs`,
  ].join('; ');
}
