// What every review page must do. Each function opens the page afresh and leaves it as it came.
import assert from 'node:assert/strict';

const count = async page => Number((await page.locator('#view .count').first().textContent()).replace(/[^\d]/g, ''));
/// Fields wait a moment for the next letter before they search.
const settles = (page, expected) => page.waitForFunction(n => Number(document.querySelector('#view .count').textContent.replace(/[^\d]/g, '')) === n, expected);
const fold = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const sum = counts => Object.values(counts).reduce((all, n) => all + n, 0);
const address = article => `#article/${encodeURIComponent(article.id)}`;
/// An article with figures and, if there is one, with names.
const rich = index => index.articles.find(a => sum(a.kinds) > 5 && a.entities > 2) || index.articles.find(a => sum(a.kinds) > 0);

export async function overview({ page, open, index, shot }) {
  await open('#overview');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr', 'the interface follows the browser');
  const tiles = await page.locator('.tile strong').allTextContents();
  assert.ok(tiles.map(text => Number(text.replace(/\D/g, ''))).includes(index.articles.length));
  await shot('overview');
  // a bar leads to what it counts
  const bar = page.locator('.bars button').first();
  const counted = Number((await bar.locator('.bar-count').textContent()).replace(/\D/g, ''));
  await bar.click();
  await page.locator('#view .count').waitFor();
  assert.equal(await count(page), counted, 'the bar counts what the table shows');
  await page.goBack();
  await page.locator('.tiles').waitFor();
}

export async function rowToTextAndBack({ page, open, index, shot }) {
  await open(address(rich(index)));
  const row = page.locator('tr[id^=r]').first();
  await row.locator('td').nth(1).click();
  const mark = page.locator('mark.hit');
  assert.equal(await mark.count(), 1, 'the row leads to one place in the text');
  assert.equal(`r${(await mark.getAttribute('id')).slice(1)}`, await row.getAttribute('id'));
  await page.locator('#back').click();
  assert.equal(await page.locator('tr.hit').getAttribute('id'), await row.getAttribute('id'), 'and the button back to it');
  await page.locator('.texts mark.figure').first().hover();
  assert.ok(await page.locator('#tip').isVisible(), 'hovering shows the row');
  assert.ok((await page.locator('#tip').textContent()).length > 5);
  assert.ok(await page.locator('tr.same').count(), 'and marks it');
  await page.locator('.texts mark.figure').first().click();
  assert.equal(await page.locator('tr.hit').count(), 1, 'a click leads from the text to the row');
  await page.locator('#back').click();
  assert.equal(await page.locator('mark.hit').count(), 1);
  await shot('article');
  const point = page.locator('.card .to-paragraph').first();
  if (await point.count()) {
    const target = await point.getAttribute('href');
    await point.click();
    assert.equal(await page.locator('.pair.hit').getAttribute('id'), target.slice(1), 'a point of a summary leads to its paragraph');
  }
}

export async function articleList({ page, open, index, shot }) {
  await open('#articles');
  const all = index.articles.length;
  assert.equal(await count(page), all);
  await page.locator('.search').fill('zzzz-nowhere');
  await settles(page, 0);
  // a word of a text, without its accents and in capitals
  await open('#articles');
  const article = rich(index);
  const word = fold((article.title || article.path).split(/[^\p{L}]+/u).sort((a, b) => b.length - a.length)[0]).toUpperCase();
  await page.locator('.search').fill(word);
  await page.waitForFunction(n => Number(document.querySelector('#view .count').textContent.replace(/[^\d]/g, '')) < n || n === 1, all);
  await page.locator('.status').waitFor({ state: 'hidden' });
  const found = await count(page);
  assert.ok(found >= 1 && found <= all, `${found} articles with ${word}`);
  await shot('articles-search');
  // dates
  await open('#articles');
  const days = index.articles.map(a => (a.date || '').slice(0, 10)).filter(day => day.length === 10).sort();
  if (days.length > 1) {
    const middle = days[Math.floor(days.length / 2)];
    await page.locator('input[name=from]').fill(middle);
    await settles(page, days.filter(day => day >= middle).length);
    await page.locator('input[name=to]').fill(middle);
    await settles(page, days.filter(day => day === middle).length);
  }
  // problems: those of the number gate, and everything to check
  await open('#articles');
  const problem = page.locator('select[name=problem]');
  if (await problem.count()) {
    const flagged = new Set(index.problems.filter(p => p.severity !== 'note' && p.article !== null).map(p => p.article));
    index.articles.forEach((a, at) => { if (sum(a.checks)) flagged.add(at); });
    const choices = await problem.locator('option').evaluateAll(options => options.map(option => option.value));
    if (choices.includes('any')) { await problem.selectOption('any'); await settles(page, flagged.size); }
    if (choices.includes('missing')) { await problem.selectOption('missing'); await settles(page, index.articles.filter(a => a.checks.missing).length); }
  }
  // an entity
  await open('#articles');
  const entity = index.entities.find(e => e.places.length);
  await page.locator('input[name=entity]').fill(entity.canonical);
  await settles(page, new Set(entity.places.filter((_, i) => i % 3 === 0)).size);
  await page.locator('.filters > button').click();
  assert.equal(await count(page), all, 'one button clears every filter');
}

export async function figureTable({ page, open, index, shot }) {
  await open('#figures');
  await page.locator('#view .count').waitFor();
  const kinds = {};
  for (const article of index.articles) for (const [kind, n] of Object.entries(article.kinds)) kinds[kind] = (kinds[kind] || 0) + n;
  assert.equal(await count(page), sum(kinds));
  await page.locator('select[name=kind]').selectOption('percent');
  await settles(page, kinds.percent);
  await page.locator('th button', { hasText: 'Valeur' }).click();
  assert.equal(await page.locator('th[aria-sort=descending]').count(), 1);
  const values = () => page.locator('tbody td.num').allTextContents().then(cells => cells.slice(0, 20).map(cell => Number(cell.replace(/\s/g, '').replace(',', '.'))).filter(n => !isNaN(n)));
  const down = await values();
  assert.deepEqual(down, [...down].sort((a, b) => b - a), 'largest first');
  await page.locator('th button', { hasText: 'Valeur' }).click();
  const up = await values();
  assert.deepEqual(up, [...up].sort((a, b) => a - b), 'smallest first');
  await shot('figures');
  // the CSV is what the table shows, in its order, in the dialect of the language
  await page.locator('.bar [data-copy]').click();
  await page.waitForFunction(() => document.querySelector('.bar [data-copy]').textContent === 'Copié');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const lines = text.trimEnd().split(/\r?\n(?=[^\n]*;\d+;)/);
  assert.ok(lines[0].startsWith('article_id;n;full_text;kind;value;'), lines[0]);
  assert.equal(lines.length - 1, kinds.percent, 'one line a row, all of them');
  assert.ok(lines.slice(1).every(line => line.includes(';percent;')));
  const cells = lines[1].split(';percent;');
  assert.equal(Number(cells[1].split(';')[0].replace(',', '.')), up[0], 'the first line is the first row');
  assert.ok(!/(^|[;\n])[=@]/.test(text), 'no cell is a formula');
  // a row leads into its article, and the browser leads back to the table as it was
  const n = await page.locator('tbody tr').first().locator('a').getAttribute('href');
  await page.locator('tbody tr').first().locator('td').nth(1).click();
  await page.locator('mark.hit').waitFor();
  assert.equal(await page.evaluate(() => location.hash), n);
  await page.locator('#back').click();
  await page.locator('#view .count').waitFor();
  assert.equal(await count(page), kinds.percent, 'the filter is still there');
  // an entity's figures over time
  await open('#figures');
  await page.locator('#view .count').waitFor();
  const entity = index.entities.find(e => e.places.length);
  await page.locator('input[name=entity]').fill(entity.canonical);
  await page.waitForFunction(name => [...document.querySelectorAll('figcaption')].some(c => c.textContent.includes(name)), entity.canonical).catch(async () => {
    const days = new Set(entity.places.filter((_, i) => i % 3 === 0).map(at => index.articles[at].date));
    assert.ok(days.size < 2, `${entity.canonical} has a plot`);
  });
  assert.ok(await count(page) < sum(kinds));
  await shot('figures-entity');
}

export async function otherTables({ page, open, index, shot }) {
  await open('#entities');
  assert.equal(await count(page), index.entities.length);
  await page.locator('select[name=type]').selectOption('organization');
  await settles(page, index.entities.filter(e => e.type === 'organization').length);
  const seen = await page.locator('tbody tr').first().locator('td.num').allTextContents();
  assert.ok(seen.every(text => Number(text.replace(/\s/g, '')) >= 1), `mentions and articles are counted: ${seen}`);
  await shot('entities');
  await page.locator('tbody tr').first().locator('td').nth(1).click();
  await page.locator('mark.entity.hit').waitFor();
  await open('#problems');
  assert.equal(await page.locator('#view h2').textContent(), 'À vérifier');
  if (index.problems.length) {
    assert.equal(await count(page), index.problems.length);
    await shot('problems');
  }
}

/// A reader without a mouse.
export async function keyboard({ page, open, index }) {
  const key = name => page.keyboard.press(name);
  const active = what => page.evaluate(what => document.activeElement[what], what);
  await open('#overview');
  await key('Tab');
  assert.equal(await active('className'), 'skip');
  await key('Enter');
  assert.equal(await active('id'), 'view');
  await key('3');
  await page.locator('tbody tr').first().waitFor();
  await key('/');
  assert.equal(await active('name'), 'figuresQuery');
  await page.keyboard.type('3');
  assert.equal(await page.evaluate(() => location.hash), '#figures', 'a letter in a field is no shortcut');
  await open('#figures');
  await page.locator('tbody tr').first().waitFor();
  for (let i = 0; i < 60 && await active('tagName') !== 'TR'; i++) await key('Tab');
  assert.equal(await active('tagName'), 'TR', 'the Tab key reaches the rows');
  await key('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.previousElementSibling !== null), true);
  await key('Enter');
  await page.locator('mark.hit').waitFor();
  const id = await active('id');
  assert.match(id, /^f\d+$/, 'the figure has the focus');
  assert.ok(await page.locator('#tip').isVisible(), 'and its note is shown');
  await key('Enter');
  assert.equal(await active('id'), `r${id.slice(1)}`, 'Enter leads to its row');
  await key('Enter');
  assert.equal(await active('id'), id, 'and back');
  await key('f');
  assert.notEqual(await active('id'), id, 'f goes to the next figure');
  await key('Shift+F');
  assert.equal(await active('id'), id);
  await key('?');
  assert.ok(await page.locator('dialog').isVisible());
  await key('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  if (index.articles.length > 1) {
    await open(address(index.articles[0]));
    await page.locator('#headline').waitFor();
    await key('j');
    await page.waitForFunction(hash => location.hash === hash, address(index.articles[1]));
    await page.locator('#headline').waitFor();
    await key('k');
    await page.waitForFunction(hash => location.hash === hash, address(index.articles[0]));
  }
  // every control has a name that a screen reader can say
  for (const hash of ['#overview', '#articles', '#figures', '#entities', '#problems', address(rich(index))]) {
    await open(hash);
    await page.locator('#view h2').first().waitFor({ state: 'attached' });
    const nameless = await page.evaluate(() => [...document.querySelectorAll('button, a, input, select')].filter(node => !node.closest('[hidden]')
      && !(node.textContent.trim() || node.getAttribute('aria-label') || node.labels && [...node.labels].some(label => label.textContent.trim()))).map(node => node.outerHTML.slice(0, 120)));
    assert.deepEqual(nameless, [], hash);
  }
}

export async function languagesAndThemes({ page, open, index, shot }) {
  await open(address(rich(index)));
  await page.locator('#headline').waitFor();
  await page.locator('#language').click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  assert.equal(await page.locator('nav a', { hasText: 'Figures' }).count(), 1);
  await page.locator('#headline').waitFor();
  const french = await page.evaluate(() => [...document.querySelectorAll('nav, h3, th, .bar, .switch, .pager')].map(node => node.textContent).join(' ').match(/Chiffres|Entités|lignes|Traduction|Copier|Valeur/g));
  assert.equal(french, null, 'nothing French is left in the English interface');
  await shot('article-en');
  await open('#overview');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en', 'the choice is kept');
  await page.locator('#language').click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr');

  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background();
  assert.notEqual(dark, light, 'the page follows the system');
  await shot('overview-dark');
  await open(address(rich(index)));
  await page.locator('#headline').waitFor();
  await shot('article-dark');
  await open('#figures');
  await page.locator('tbody tr').first().waitFor();
  await shot('figures-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('#theme').click();
  assert.equal(await background(), dark, 'the button turns it dark');
  await page.locator('#theme').click();
  assert.equal(await background(), light);
  await page.evaluate(() => localStorage.clear());
}

export async function print({ page, open, index, shot }) {
  await open(address(rich(index)));
  await page.locator('#headline').waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['nav', 'aside', '.tools', '[data-copy]']) assert.equal(await page.locator(hidden).first().isVisible(), false, `${hidden} is not printed`);
  assert.ok(await page.locator('.texts').isVisible() && await page.locator('tr[id^=r]').first().isVisible(), 'the text and its table are');
  await shot('print');
  await page.emulateMedia({ media: 'screen' });
}

export async function phone({ page, open, index, shot }) {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const hash of ['#overview', '#articles', '#figures', '#entities', '#problems', address(rich(index))]) {
    await open(hash);
    await page.locator('#view h2').first().waitFor({ state: 'attached' });
    if (hash === '#figures') await page.locator('tbody tr').first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${hash} is ${wide} pixels wider than a phone`);
    if (hash === '#figures') { // its filters are folded away, and open
      assert.equal(await page.locator('select[name=kind]').isVisible(), false);
      await page.locator('.filters summary').click();
      assert.ok(await page.locator('select[name=kind]').isVisible());
    }
    await shot(`phone-${hash.startsWith('#article/') ? 'article' : hash.slice(1)}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

export async function wrongAddress({ page, open }) {
  await open('#article/nowhere/3');
  assert.equal(await page.locator('[role=alert]').count(), 1, 'an address that leads nowhere says so');
  assert.ok(await page.locator('tbody tr').count(), 'and the list is there');
}
