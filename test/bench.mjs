// `npm run bench`: the benchmark of the page, in the browser that the tests use, with two more peers to compare with.
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromeArguments, ensureChrome } from './chrome.mjs';

/** @typedef {{ case: string, peer: string, own: boolean, adapter: string, time: number, spread: number, difference: number, calls: Record<string, number> | null, problem: string | null }} Row */

const server = await createServer({ mode: 'bench', logLevel: 'error', server: { port: 0 } });
await server.listen();
const browser = await chromium.launch({ executablePath: ensureChrome(), args: chromeArguments() });
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error.message));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}#bench`);
  await page.getByRole('button', { name: 'Run the benchmark' }).click();
  await page.locator('[data-finished="true"]').waitFor({ timeout: 3_600_000 });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as JSON' }).click(),
  ]);
  let text = '';
  for await (const chunk of await download.createReadStream()) text += String(chunk);
  /** @type {{ date: string, device: { userAgent: string, hardwareConcurrency: number }, rows: Row[] }} */
  const { date, device, rows } = JSON.parse(text);
  console.log(`${date}, ${device.hardwareConcurrency} processors, ${device.userAgent}`);
  for (const name of new Set(rows.map((row) => row.case)))
    print(
      name,
      rows.filter((row) => row.case === name),
    );
  if (process.argv.includes('--json')) console.log(text);
} finally {
  await browser.close();
  await server.close();
}

/** @param {string} name @param {Row[]} rows */
function print(name, rows) {
  const fastest = Math.min(...rows.filter(({ own, problem }) => own && !problem).map(({ time }) => time));
  console.log(`\n${name}`);
  for (const { peer, adapter, time, spread, calls, problem } of rows) {
    if (problem) console.log(`  ${peer.padEnd(34)} not measured: ${problem}`);
    else
      console.log(
        `  ${peer.padEnd(34)} ${time.toFixed(3).padStart(9)} ± ${spread.toFixed(3)} ms a step` +
          `${`${(time / fastest).toFixed(1)} ×`.padStart(10)}  ${adapter}` +
          (calls
            ? `; ${calls.dispatches} dispatches, ${calls.submits} submits, ${calls.buffers} buffers, ${calls.bindGroups} bind groups`
            : ''),
      );
  }
}
