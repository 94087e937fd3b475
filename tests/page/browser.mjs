// Opens the review page in Chromium, as a reader does, and checks what no unit test can see.
//
//   node browser.mjs REPORT.html [REPORT.html ...] [--shots FOLDER]
//
// Every report: no console error, no request but the file itself, search, from a row to the text and back,
// both languages, dark mode, phone width without sideways scrolling, an article's own address. The first report
// must hold `hostile.jsonl`: its markup, links and handlers stay text. Needs /usr/bin/chromium (or CHROMIUM).
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

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
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  for (const [index, file] of args.entries()) await check(resolve(file), index);
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}

async function check(file, index) {
  const url = pathToFileURL(file).href;
  const page = await browser.newPage();
  const errors = [], requests = [];
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) errors.push(message.text()); });
  page.on('pageerror', error => errors.push(String(error)));
  page.on('dialog', dialog => { errors.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', request => requests.push(request.url()));
  const shot = async name => { if (shots) await page.screenshot({ path: join(shots, `${index}-${name}.png`) }); };
  const tab = name => page.locator('nav button', { hasText: name });

  await page.goto(url);
  const load = await page.evaluate(() => { const t = performance.timing; return t.domContentLoadedEventEnd - t.navigationStart; });
  const title = page.locator('section.view h2');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr', 'the interface follows the browser');
  assert.ok(await title.textContent(), 'an article is open');
  await shot('article');

  // from a row to the text, and back
  const row = page.locator('tbody tr[id^=r]').first();
  await row.click();
  const mark = page.locator('mark.hit');
  assert.equal(await mark.count(), 1, 'the row leads to one place in the text');
  assert.equal(`r${(await mark.getAttribute('id')).slice(1)}`, await row.getAttribute('id'));
  await mark.press('Enter');
  assert.equal(await page.locator('tr.hit-row').getAttribute('id'), await row.getAttribute('id'), 'and back to its row');

  // the point of a summary leads to its paragraph
  const point = page.locator('.card li a').first();
  if (await point.count()) {
    const target = await point.getAttribute('href');
    await point.click();
    assert.ok(await page.locator(target).isVisible());
    assert.equal(await page.locator('section.view h2').count(), 1);
  }

  // search in the list: fewer articles, and every one of them has the word
  const entries = page.locator('aside li');
  const all = await entries.count();
  await page.locator('aside input[type=search]').fill('zzzz-nowhere');
  assert.equal(await entries.count(), 0);
  await page.locator('aside input[type=search]').fill('');
  assert.equal(await entries.count(), all);

  // the table over the folder: filter, sort, and a row that leads into its article
  await tab('Chiffres').click();
  const count = async () => Number((await page.locator('.filters .count').textContent()).split('lignes')[0].replace(/\D/g, ''));
  const before = await count();
  await page.locator('select').first().selectOption('percent');
  const percents = await count();
  assert.ok(percents > 0 && percents < before, `${percents} of ${before} rows are percentages`);
  await page.locator('th button', { hasText: 'valeur' }).click();
  assert.equal(await page.locator('th[aria-sort=ascending]').count(), 1);
  await shot('figures');
  await page.locator('tbody tr').first().click();
  assert.equal(await page.locator('mark.hit').count(), 1, 'a row of the folder leads into the text');
  await tab('Entités').click();
  assert.ok(await page.locator('tbody tr').count());
  await shot('entities');
  await tab('Problèmes').click();
  assert.equal(await page.locator('section.view h2').textContent(), 'Problèmes');

  // English
  await page.locator('nav button', { hasText: 'English' }).click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal(await tab('Figures').count(), 1);

  // dark: by the system, and by the button
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.notEqual(await background(), light, 'the page follows the system');
  await tab('Articles').click();
  await page.locator('aside li button').first().click();
  await shot('article-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('nav button').last().click();
  assert.notEqual(await background(), light, 'the button turns it dark');
  await page.locator('nav button').last().click();

  // a phone
  await page.setViewportSize({ width: 390, height: 844 });
  for (const view of ['Articles', 'Figures', 'Entities', 'Problems']) {
    await tab(view).click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${view} is ${wide} pixels wider than a phone`);
    await shot(`phone-${view}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  const pairs = await page.locator('.texts.two').count();
  if (index === 0) await hostile(page, url, shot);
  assert.deepEqual(errors, [], 'nothing on the console');
  assert.deepEqual(requests.filter(request => request.split('#')[0] !== url), [], 'no request');
  console.log(`${file}: ${all} articles, ${before} figures, ${(statSync(file).size / 1e6).toFixed(1)} MB, loaded in ${load} ms${pairs ? ', side by side' : ''}: ok`);
  await page.close();
}

/// `hostile.jsonl`, opened by its own address: everything in it is shown as it is written.
async function hostile(page, url, shot) {
  await page.goto('about:blank');
  await page.goto(`${url}#article/${encodeURIComponent('hostile/<b>"1')}`);
  const text = await page.locator('section.view').textContent();
  for (const verbatim of ['<script>window.pwned=1</script>', '<img src=x onerror=window.pwned=2>', '<svg onload=window.pwned=5>', '=HYPERLINK("http://evil.example","cliquez")', '<!-- <a href="javascript:window.pwned=6">lien</a>']) {
    assert.ok(text.includes(verbatim), `${verbatim} is shown as text`);
  }
  assert.equal(await page.evaluate(() => window.pwned), undefined, 'nothing of the article ran');
  assert.equal(await page.locator('#app img, #app iframe, #app script, #app [onload], #app [onerror], #app a[href^="javascript:"]').count(), 0);
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'a long word stays inside');
  await shot('hostile-phone');
  await page.setViewportSize({ width: 1440, height: 900 });
  await shot('hostile');
}
