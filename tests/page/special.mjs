// What only some pages hold: a hostile article, a translation with mismatches, files of a large run.
import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/// Everything in it is shown as it is written, opened by its own address.
export async function hostile({ page, open, index, shot }) {
  await open(`#article/${encodeURIComponent('hostile/<b>"1')}`);
  await page.locator('#headline').waitFor();
  const text = await page.locator('#view').textContent();
  for (const verbatim of ['</script><script>window.pwned=4</script>', '=HYPERLINK("http://evil.example","cliquez")', '<script>window.pwned=1</script>']) {
    assert.ok(text.includes(verbatim), `${verbatim} is shown as text`);
  }
  for (const hash of ['#articles', '#figures', '#entities', '#problems', '#overview']) {
    await open(hash);
    await page.locator('#view h2').first().waitFor({ state: 'attached' });
    assert.equal(await page.locator('#app img, #app iframe, #app script, #app [onload], #app [onerror], #app a[href^="javascript:"]').count(), 0, hash);
  }
  await open(`#article/${encodeURIComponent('hostile/<b>"1')}`);
  await page.locator('#headline').waitFor();
  assert.equal(await page.locator('#app img, #app iframe, #app script, #app svg[onload], #app [onload], #app [onerror], #app a[href^="javascript:"]').count(), 0);
  await page.setViewportSize({ width: 390, height: 844 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'a long word stays inside');
  await shot('hostile-phone');
  await page.setViewportSize({ width: 1440, height: 900 });
  await shot('hostile');
  // in the copied table too, a formula is a text
  if (index.problems.some(p => p.message.includes('=HYPERLINK'))) await open('#problems');
  else await open('#articles');
  await page.locator('.bar [data-copy]').click();
  await page.waitForFunction(() => document.querySelector('.bar [data-copy]').textContent === 'Copié');
  assert.ok(!/(^|[;\n]"?)=/.test(await page.evaluate(() => navigator.clipboard.readText())), 'no cell is a formula');
  assert.equal(await page.evaluate(() => window.pwned), undefined, 'nothing of the article ran');
}

/// The article of `examples/review_page.rs`: what is wrong in its translation is known.
export async function translated({ page, open, index, shot }) {
  await open('#article/helicea');
  await page.locator('#headline').waitFor();
  // side by side: every paragraph beside its translation, at one height
  const pairs = await page.locator('.texts.two .pair[id]').evaluateAll(nodes => nodes.map(node => {
    const [s, t] = node.children;
    return [s.getBoundingClientRect().top, t.getBoundingClientRect().top, s.getBoundingClientRect().right <= t.getBoundingClientRect().left];
  }));
  assert.equal(pairs.length, 10);
  for (const [left, right, beside] of pairs) assert.ok(Math.abs(left - right) < 1 && beside, 'aligned');
  assert.equal(await page.locator('.pair .s').first().getAttribute('lang') ?? 'fr', 'fr');
  assert.equal(await page.locator('.pair p.t').first().getAttribute('lang'), 'en', 'a screen reader changes its voice');

  // figures and names on both sides; hovering one marks the other
  const loan = page.locator('.t mark', { hasText: '€600 million' });
  await loan.hover();
  const same = await page.locator('.s mark.same').allTextContents();
  assert.deepEqual(same, ['600 millions d’euros'], 'the figure of the other side');
  assert.match(await page.locator('#tip').textContent(), /600\s000\s000 EUR/);
  assert.ok(await page.locator('.t mark.entity', { hasText: 'Nvidia' }).count() && await page.locator('.s mark.entity', { hasText: 'Nvidia' }).count());

  // what the gate found: red in the translation, in the text, in the tables, and listed
  const red = await page.locator('.t mark.bad').allTextContents();
  for (const words of ['$1.1 million', '$2.90', '12']) assert.ok(red.some(text => text.includes(words)), `${words} is red: ${red}`);
  assert.ok((await page.locator('.t mark.lost').allTextContents()).some(text => text.includes('150 millions')), 'what is lost is said where it should be');
  assert.ok((await page.locator('.s mark.bad').allTextContents()).some(text => text.includes('1,1 milliard')));
  const colour = node => page.locator(node).first().evaluate(n => getComputedStyle(n).color);
  assert.notEqual(await colour('.t mark.bad'), await colour('.t mark.figure:not(.bad)'));
  const wrong = await page.locator('tr.wrong[id^=r]').count();
  assert.equal(wrong, 3, 'three of the article’s own figures are told wrongly or not at all');
  const listed = page.locator('.check li');
  assert.equal(await listed.count(), 5, 'four in the translation, one in a summary');
  await listed.locator('a').first().click();
  assert.equal(await page.locator('mark.bad.hit').count(), 1, 'the list leads to the place');
  assert.ok((await page.locator('.card mark.bad').allTextContents()).some(text => text.includes('€170 million')), 'and in the summary');
  await page.locator('.t mark.bad', { hasText: '$1.1 million' }).click();
  assert.equal(await page.locator('tr.hit.wrong').count(), 1, 'from the translation to the row');
  await shot('translated');

  // one side alone, and both again
  await page.locator('.switch button', { hasText: 'Texte' }).click();
  assert.equal(await page.locator('.t').first().isVisible(), false);
  await page.locator('.switch button', { hasText: 'Côte' }).click();
  assert.equal(await page.locator('p.t').first().isVisible(), true);
  // c goes from one point to check to the next
  await page.locator('#headline').focus();
  await page.keyboard.press('c');
  assert.equal(await page.locator('.hit[data-x]').count(), 1);

  await open('#figures');
  await page.locator('tbody tr').first().waitFor();
  await page.locator('select[name=check]').selectOption('changed_value');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length < 10);
  assert.match(await page.locator('tbody tr', { hasText: '1,1 milliard de dollars' }).locator('.chip.bad').textContent(), /valeur changée/);
  assert.equal(await page.locator('tbody tr.wrong').count(), await page.locator('tbody tr').count(), 'nothing else is listed');
  await page.setViewportSize({ width: 390, height: 844 });
  await open('#article/helicea/p1');
  await page.locator('.pair.hit').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await shot('translated-phone');
  await page.setViewportSize({ width: 1440, height: 900 });
  assert.ok(index.problems.length >= 5);
}

/// Problems are written in English; the French interface says them in French, the numbers and the quotes filled in.
export async function problemsInFrench({ page, open, index }) {
  await open('#problems');
  await page.locator('tbody tr').first().waitFor();
  const said = await page.locator('tbody td.long').allTextContents();
  const hasAll = (...parts) => assert.ok(said.some(text => parts.every(part => text.includes(part))), `${parts}: ${said}`);
  hasAll('paragraphe 2\u00a0: la source dit «\u00a01,1 milliard de dollars\u00a0», le texte dit «\u00a0$1.1 million\u00a0»\u00a0: l’ordre de grandeur a changé');
  hasAll('le texte dit «\u00a012\u00a0», qui n’est pas dans la source');
  const unknown = index.problems.find(p => p.message.startsWith('a message of another version'));
  hasAll(unknown.message);
  assert.equal(await page.locator('tbody td.long [lang=en]').count(), 1, 'that alone is English');
  await page.locator('.search').fill('ORDRE DE GRANDEUR');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.locator('.search').fill('');
  await page.locator('#language').click();
  await page.locator('tbody tr').first().waitFor();
  await page.locator('.search').fill('the scale changed');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1 && document.querySelector('tbody td.long').textContent.includes('the scale changed'));
  await page.locator('#language').click();
  await open('#article/helicea');
  assert.match(await page.locator('.check li').first().textContent(), /^l’ordre de grandeur a changé\u00a0: «\u00a01,1 milliard de dollars\u00a0» → «\u00a0\$1.1 million\u00a0»/);
}

/// Two translations of one article: the reader chooses which stands beside the source, and all that is said is of that one.
export async function severalTranslations({ page, open, shot }) {
  await open('#article/helicea');
  const choice = page.getByRole('combobox', { name: 'Traduction', exact: true });
  await choice.waitFor();
  const names = await choice.locator('option').allTextContents();
  assert.deepEqual(names, ['anglais, par paragraphes — 4 à vérifier', 'anglais, par phrases — 1 à vérifier']);
  const red = node => page.locator(`${node} mark.bad`).allTextContents();
  assert.ok((await red('.t')).includes('$1.1 million') && (await red('.s')).includes('1,1 milliard de dollars'));

  // with the keyboard alone, and what the reader looks at stays where it is
  await choice.evaluate(node => node.scrollIntoView({ block: 'center' }));
  const top = () => choice.evaluate(node => node.getBoundingClientRect().top);
  const before = await top();
  await choice.focus();
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelector('[name=translation]').value === '1');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'translation', 'the choice keeps the focus');
  assert.ok(Math.abs(await top() - before) < 2, 'and its place');
  assert.match(await page.locator('.pair.head .t').textContent(), /par phrases/);
  const pairs = await page.locator('.texts.two .pair[id]').evaluateAll(nodes => nodes.map(node => {
    const [s, t] = node.children;
    return Math.abs(s.getBoundingClientRect().top - t.getBoundingClientRect().top) < 1 && t.textContent.length > 0;
  }));
  assert.ok(pairs.length === 10 && pairs.every(Boolean), 'every paragraph beside this translation');
  assert.deepEqual(await red('.t'), ['$600 million'], 'what this one has wrong, and nothing of the other');
  assert.deepEqual(await red('.s'), ['600 millions d’euros']);
  assert.deepEqual(await page.locator('tr.wrong[id^=r] .key').allTextContents(), ['600 millions d’eurosdevise changée']);
  assert.equal(await page.locator('.check li').count(), 2, 'one in this translation, one in a summary');
  await page.locator('.t mark', { hasText: '$1.1 billion' }).hover();
  assert.deepEqual(await page.locator('.s mark.same').allTextContents(), ['1,1 milliard de dollars'], 'its figures lead to those of the article');
  await shot('second-translation');

  // an article that has none of the kind shows what it has; t goes on to the next
  await open('#article/orvane');
  await page.locator('.pair p.t').first().waitFor();
  assert.equal(await page.locator('.pair p.t').count(), 2);
  assert.equal(await page.locator('[name=translation]').count(), 0, 'nothing to choose where there is one');
  await open('#article/helicea');
  assert.equal(await choice.inputValue(), '1', 'remembered, also by a page that is opened anew');
  await page.locator('#headline').focus();
  await page.keyboard.press('t');
  assert.equal(await choice.inputValue(), '0');
  assert.ok((await red('.t')).includes('$1.1 million'));
}

/// A large run: the page has the index, the files beside it the rest; without them it says what is missing.
export async function split({ page, open, index, shot, forgive }, folder) {
  const files = readdirSync(join(folder, 'report_files')).sort();
  assert.deepEqual(files, index.blocks.flatMap(block => block.files).sort(), 'the files of this page, and no others');
  const last = index.articles.at(-1);
  await open(`#article/${encodeURIComponent(last.id)}/0`);
  await page.locator('mark.hit').waitFor();
  const scripts = () => page.evaluate(() => performance.getEntriesByType('resource').length);
  assert.ok(await scripts() <= 2, 'one article loads its own block alone');
  await open('#figures');
  await page.locator('tbody tr').first().waitFor();
  await page.locator('.scroll.long').evaluate(node => { node.scrollTop = node.scrollHeight; });
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 100);
  await shot('split-figures');
  // a script that the page did not call for does not run: no such element comes from data
  const ran = await page.evaluate(name => new Promise(resolve => {
    const script = document.createElement('script');
    script.src = `report_files/${name}`;
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  }), files[0]);
  assert.equal(ran, false, 'the policy refuses a script without the page’s nonce');
  forgive(/Content Security Policy/);
  const name = join(folder, 'report_files', index.blocks.at(-1).files[0]);
  renameSync(name, `${name}.away`);
  try {
    await open(`#article/${encodeURIComponent(last.id)}`);
    await page.locator('[role=alert]').waitFor();
    assert.match(await page.locator('[role=alert]').textContent(), /report_files/);
    forgive(/ERR_FILE_NOT_FOUND/);
  } finally {
    renameSync(`${name}.away`, name);
  }
}
