// Opens review pages in Chromium, as a reader does, and checks what no unit test can see.
//
//   node browser.mjs REPORT.html [REPORT.html ...] [--shots FOLDER]
//
// Every page: nothing on the console, no request but the page and its own files, search, filters, sorting, copying,
// from a row to the text and back, the keyboard alone, both languages, dark mode, print, a phone without sideways
// scrolling (checks.mjs). Pages that hold `hostile.jsonl`, the translated article of `examples/review_page.rs`, or that
// are split, are checked for what is special about them (special.mjs). Needs /usr/bin/chromium (or CHROMIUM).
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import * as checks from './checks.mjs';
import * as special from './special.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--shots');
const shots = at < 0 ? null : args.splice(at, 2)[1];
if (!args.length) throw new Error('usage: node browser.mjs REPORT.html [REPORT.html ...] [--shots FOLDER]');

const profile = mkdtempSync(join(tmpdir(), 'depeche-browser-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  locale: 'fr-FR',
  viewport: { width: 1440, height: 900 },
  permissions: ['clipboard-read', 'clipboard-write'],
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
browser.setDefaultTimeout(120_000); // a machine that is also building
try {
  for (const [index, file] of args.entries()) await check(resolve(file), index);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}

async function check(file, number) {
  const url = pathToFileURL(file).href;
  const page = await browser.newPage();
  await page.bringToFront(); // the clipboard is the focused page's
  const errors = [], requests = [];
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) errors.push(message.text()); });
  page.on('pageerror', error => errors.push(String(error)));
  page.on('dialog', dialog => { errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => requests.push(request.url()));
  const shot = async name => { if (shots) await page.screenshot({ path: join(shots, `${number}-${name}.png`) }); };

  await page.goto(url);
  const load = await page.evaluate(() => performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart);
  const index = JSON.parse(await page.locator('#index').textContent());
  const has = id => index.articles.some(article => article.id === id);
  // what a check provoked on purpose must be there, and is then no error
  const forgive = pattern => {
    const provoked = errors.filter(error => pattern.test(error));
    assert.ok(provoked.length, `expected ${pattern} on the console`);
    for (const error of provoked) errors.splice(errors.indexOf(error), 1);
  };
  const context = { page, url, index, shot, forgive, open: hash => visit(page, url, hash) };
  const split = index.blocks.some(block => block.files);
  try {
    for (const run of Object.values(checks)) await run(context);
    if (has('hostile/<b>"1')) await special.hostile(context);
    if (has('helicea')) for (const run of [special.translated, special.severalTranslations, special.problemsInFrench]) await run(context);
    if (split) await special.split(context, dirname(fileURLToPath(url)));
    else assert.ok(!existsSync(join(dirname(file), 'report_files')), 'a small page is one file');
  } catch (error) {
    console.error(`${page.url()}\n${errors.join('\n')}`);
    throw error;
  }

  assert.deepEqual(errors, [], 'nothing on the console');
  const own = new Set([url, ...index.blocks.flatMap(block => block.files || []).map(name => new URL(`report_files/${name}`, url).href)]);
  assert.deepEqual(requests.filter(request => !own.has(request.split('#')[0])), [], 'no request but its own files');
  console.log(`${file}: ${index.articles.length} articles${split ? `, ${index.blocks.length} blocks` : ''}, ${(statSync(file).size / 1e6).toFixed(1)} MB, loaded in ${load} ms: ok`);
  await page.close();
}

/// A fresh page at an address, without what was chosen before.
async function visit(page, url, hash) {
  await page.goto('about:blank');
  await page.goto(`${url}${hash}`);
}
