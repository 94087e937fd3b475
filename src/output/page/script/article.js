// One article: summaries, what to check, source and translation pair by pair, its own tables.
let display = 'both';
/// Which translation the reader wants where an article has several, by what it is: it holds from article to article.
let wanted = kept('translation');
function chosen(article) {
  const kinds = article.translations.map(kindOf), lang = kind => kind.split(' ')[0];
  const like = [kind => kind === wanted, kind => wanted && lang(kind) === lang(wanted)].map(fits => kinds.findIndex(fits));
  return like.find(at => at >= 0) ?? 0;
}
/// `en sentence 1`: language, what was translated at once, its number among those that are alike.
function kindOf({ lang, by }, at, all) {
  const alike = all.slice(0, at).filter(other => other.lang === lang && other.by === by).length;
  return `${lang} ${by} ${alike + 1}`;
}
/// A translation's name, as long as it takes to tell it from the article's others.
function nameOf(translation, all) {
  const [sameLang, alike] = [other => other.lang === translation.lang, other => other.lang === translation.lang && other.by === translation.by].map(fits => all.filter(fits));
  return called(translation.lang) + (alike.length < sameLang.length ? `, ${say(`by_${translation.by}`)}` : '') + (alike.length > 1 ? ` (${alike.indexOf(translation) + 1})` : '');
}
const checksOf = translation => translation.segments.flatMap(segment => segment.findings || []);
function articleView(article) {
  const translation = article.translations[chosen(article)], findings = gathered(article, translation);
  if (article.translations.length > 1) {
    // the folder's tables tell what any translation got wrong, the article what this one did
    const wrong = new Map(checksOf(translation).map(finding => [finding.figure, finding.kind]));
    article.figures = article.figures.map(figure => ({ ...figure, check: wrong.get(figure.n) || null }));
  }
  article.findings = findings.map(f => f.finding);
  const source = article.lang === 'und' ? null : article.lang;
  const node = el('article', { 'aria-labelledby': 'headline' },
    articleHead(article),
    checkBox(article, findings),
    article.summaries.length ? el('section', { class: 'cards', 'aria-label': say('summaries') }, article.summaries.map(summaryCard)) : null,
    translation ? el('div', { class: 'shown' }, el('div', { class: 'switch', role: 'group', 'aria-label': say('display') }, ['both', 'source', 'translation'].map(name =>
      el('button', { 'aria-pressed': String(display === name), onclick: event => {
        display = name;
        node.querySelector('.texts').dataset.show = name;
        event.target.parentNode.querySelectorAll('button').forEach(b => b.setAttribute('aria-pressed', String(b === event.target)));
      } }, say(name)))), article.translations.length > 1 ? choiceOf(article, translation) : null) : null,
    texts(article, translation, source),
    el('h3', {}, say('figures')), figureTable(article.figures, false).node,
    article.entities.length ? [el('h3', {}, say('entities')), ownEntities(article).node] : null);
  listen(node, article);
  return node;
}
/// The choice of the translation that stands beside the source, with how much there is to check in each.
function choiceOf(article, translation) {
  const all = article.translations;
  const option = (other, at) => {
    const n = checksOf(other).length;
    return el('option', { value: at, selected: other === translation }, nameOf(other, all) + (n ? ` — ${number(n)} ${called('flag')}` : ''));
  };
  return el('label', { class: 'field' }, el('span', {}, say('translation')), el('select', { name: 'translation', onchange: event => {
    wanted = all.map(kindOf)[event.target.value];
    keep('translation', wanted);
    const before = event.target.closest('article'), top = event.target.getBoundingClientRect().top, after = articleView(article);
    hideTip();
    before.replaceWith(after);
    // what stands above may have grown or shrunk: the reader's eyes stay where they are
    const select = after.querySelector('[name=translation]');
    scrollBy({ top: select.getBoundingClientRect().top - top, behavior: 'instant' });
    select.focus({ preventScroll: true });
    announce(`${say('translation')}${colon()}${select.selectedOptions[0].textContent}`);
  } }, all.map(option)));
}
function articleHead(article) {
  const near = listed.indexOf(article.at), before = listed[near - 1], after = listed[near + 1];
  const link = (at, label, sign) => el('a', { class: 'button', href: at === undefined || near < 0 ? null : address(at), 'aria-label': label, title: label, 'aria-disabled': at === undefined ? 'true' : null }, sign);
  const web = /^https?:\/\//i.test(article.url || '');
  const about = [article.date ? el('time', {}, day(article.date)) : null, web ? el('a', { href: article.url, rel: 'noreferrer noopener', target: '_blank' }, article.url) : article.url, article.path];
  return el('header', { class: 'article-head' }, el('div', { class: 'pager' }, el('a', { class: 'button', href: '#articles' }, `← ${say('list')}`), rows.length > 1 ? [link(before, say('previous'), '‹'), link(after, say('next'), '›')] : null),
    el('h2', { id: 'headline', tabindex: '-1', lang: article.lang === 'und' ? null : article.lang }, article.name),
    el('p', { class: 'sub' }, about.filter(Boolean).flatMap((part, i) => i ? [el('span', { class: 'dot' }, ' · '), part] : [part])));
}
/// Every finding of the gate, with the place where it is shown.
function gathered(article, translation) {
  const found = [];
  xOf.clear();
  for (const segment of translation ? translation.segments : []) for (const finding of segment.findings || []) found.push({ finding, segment, x: found.length });
  for (const summary of article.summaries) for (const finding of summary.findings) found.push({ finding, summary, x: found.length });
  found.forEach(({ finding, x }) => xOf.set(finding, x));
  return found;
}
function checkBox(article, findings) {
  // the other translations say theirs when they are chosen
  const told = new Set([...findings.map(({ finding }) => finding), ...article.translations.flatMap(checksOf)].map(finding => finding.message));
  const others = article.problems.filter(p => ![...told].some(message => p.message.endsWith(message)));
  if (!findings.length && !others.length) return null;
  const where = ({ segment, summary }) => summary ? `${called('summary')} (${called(summary.lang)})` : segment.paragraph === null ? say('title').toLowerCase() : `§\u00a0${segment.paragraph + 1}`;
  return el('section', { class: findings.length || others.some(p => p.severity !== 'note') ? 'check' : 'check calm', 'aria-label': say('toCheck') },
    el('h3', {}, say('toCheck')),
    el('ul', {}, findings.map(item => el('li', {}, el('a', { href: address(article.at), onclick: event => {
      event.preventDefault();
      jump(document.querySelector(`[data-x="${item.x}"]`), event.currentTarget, 'backToList');
    } }, explained(item.finding)), el('small', {}, ` ${where(item)}`))),
    others.map(p => el('li', {}, el('span', { class: `chip ${p.severity}` }, called(p.severity)), ` ${called(p.stage)}${colon()}`, tell(p.message), p.hint ? [' — ', tell(p.hint)] : null))));
}
function summaryCard(summary) {
  // where the gate found something, its words are marked wherever they stand in the summary
  const checked = (text, tag) => {
    const spans = [];
    for (const finding of summary.findings) if (finding.target) {
      const place = text.indexOf(finding.target);
      if (place < 0) continue;
      const start = Array.from(text.slice(0, place)).length;
      spans.push({ start, end: start + Array.from(finding.target).length, rank: 0, node: words => mark({ class: 'figure bad', title: explained(finding), 'data-x': xOf.get(finding) }, words) });
    }
    return marked(text, 0, spans);
  };
  return el('div', { class: 'card', lang: summary.lang === 'und' ? null : summary.lang }, el('div', { class: 'card-top' }, el('span', { class: 'chip', lang }, called(summary.lang)), el('span', { class: 'chip', lang }, say(summary.method))),
    el('h4', {}, checked(summary.headline)),
    el('ul', {}, summary.bullets.map(bullet => el('li', {}, checked(bullet.text), bullet.paragraphs.map(p => [' ', el('a', { class: 'to-paragraph', href: `#p${p}`, lang, 'aria-label': `${say('paragraph')} ${p + 1}`,
      onclick: event => { event.preventDefault(); jump(byId(`p${p}`), event.currentTarget, 'backToSummary'); } }, `§\u00a0${p + 1}`)])))),
    summary.abstract && summary.method !== 'extractive' ? el('p', {}, checked(summary.abstract)) : null);
}
const xOf = new Map();
const tagOf = kind => kind === 'heading' ? 'h4' : kind === 'quote' ? 'blockquote' : 'p';
function texts(article, translation, source) {
  const segments = new Map((translation ? translation.segments : []).map(s => [s.paragraph, s]));
  const names = article.entities.map(entity => namesOf(article, entity));
  const spans = article.figures.map(f => figureSpan(f, { side: 'source', wrong: Boolean(f.check) }));
  article.entities.forEach((entity, at) => spans.push(...entitySpans('', 0, entity.mentions, at)));
  const line = (id, n, kind, original, segment) => {
    const cls = kind === 'list_item' ? 'li' : kind === 'table_row' ? 'cells' : null, tag = tagOf(kind);
    return el('div', { class: 'pair', id, 'data-n': n },
      el(tag, { class: cls ? `s ${cls}` : 's', lang: source }, original),
      translation ? el(tag, { class: cls ? `t ${cls}` : 't', lang: translation.lang === 'und' ? null : translation.lang }, segment ? translated(article, segment, names) : '') : null);
  };
  const title = segments.get(null), first = article.paragraphs[0];
  const repeated = title && first && first[2].trim() === title.source.trim();
  return el('div', { class: translation ? 'texts two' : 'texts', 'data-show': display },
    el('div', { class: 'pair head', 'aria-hidden': 'true' }, el('span', { class: 's' }, `${say('source')} (${called(article.lang)})`),
      translation ? el('span', { class: 't' }, `${say('translation')} (${nameOf(translation, article.translations)})`) : null),
    title && !repeated ? line(null, '', 'heading', title.source, title) : null,
    article.paragraphs.map(([kind, start, text], at) => line(`p${at}`, at + 1, kind, marked(text, start, spans), segments.get(at))));
}
/// Every spelling of an entity that the article has.
function namesOf(article, entity) {
  const spelled = entity.mentions.map(([start, end]) => {
    const p = article.paragraphs.findLast(p => p[1] <= start);
    return p ? Array.from(p[2]).slice(start - p[1], end - p[1]).join('') : '';
  });
  return [...new Set([entity.canonical, ...entity.aliases, ...spelled])].filter(name => name.length > 2);
}
function translated(article, segment, names) {
  const findings = segment.findings || [], x = finding => article.findings.indexOf(finding), spans = [], used = new Set();
  for (const [start, end, n] of segment.figures || []) {
    const wrong = findings.find(f => f.at && f.at[0] < end && start < f.at[1]);
    if (wrong) used.add(wrong);
    spans.push({ start, end, rank: wrong ? 0 : 1, node: text => mark({ class: (wrong ? 'figure bad' : 'figure') + short(text), 'data-f': n ?? (wrong ? wrong.figure : null), 'data-x': wrong ? x(wrong) : null }, text) });
  }
  for (const finding of findings) if (finding.at && !used.has(finding))
    spans.push({ start: finding.at[0], end: finding.at[1], rank: 0, node: text => mark({ class: 'figure bad', 'data-f': finding.figure, 'data-x': x(finding) }, text) });
  spans.push(...namesIn(segment.target, article.entities, names));
  const lost = findings.filter(f => !f.at).map(f => [' ', mark({ class: 'lost', lang, 'data-f': f.figure, 'data-x': x(f) }, `⚠ ${f.source ? `${quoted(f.source)} ` : ''}${say('lostHere')}`)]);
  return [marked(segment.target, 0, spans), lost];
}
function ownEntities(article) {
  const columns = [{ name: 'canonical', class: 'key', of: e => e.canonical }, { name: 'type', of: e => called(e.type) }, { name: 'mentions', class: 'num', of: e => e.mentions.length, show: e => number(e.mentions.length) },
    { name: 'aliases', of: e => e.aliases.join(', ') }, { name: 'description', class: 'long', of: e => e.description && e.description.text }];
  const copied = [{ name: 'canonical', of: e => e.canonical }, { name: 'type', of: e => e.type }, { name: 'aliases', of: e => e.aliases.join('; ') }, { name: 'description', of: e => e.description && e.description.text }, { name: 'mentions', of: e => e.mentions.length }];
  return table({ key: 'ownEntities', noun: 'entity', label: say('entities'), columns, copied, rows: article.entities, rowId: e => `e${article.entities.indexOf(e)}`,
    go: (e, row) => jump(document.querySelector(`.texts [data-e="${article.entities.indexOf(e)}"]`), row, 'backToTable') });
}
/// Hovering, focusing and clicking marks and rows; a finger, which cannot hover, reads the note first.
function listen(node, article) {
  const touch = matchMedia('(hover: none)');
  const row = target => target.dataset.f !== undefined ? byId(`r${target.dataset.f}`) : target.dataset.e !== undefined ? byId(`e${target.dataset.e}`) : null;
  const follow = target => { hideTip(); jump(row(target), target, 'backToText'); };
  node.addEventListener('mouseover', event => {
    const target = event.target.closest('mark');
    if (target) showTip(target, article); else hideTip();
    const line = event.target.closest('tr[id]');
    if (line) same(line.id[0] === 'r' ? `mark[data-f="${line.id.slice(1)}"]` : `mark[data-e="${line.id.slice(1)}"]`);
  });
  node.addEventListener('mouseleave', hideTip);
  node.addEventListener('focusin', event => { if (event.target.matches('mark')) showTip(event.target, article); });
  node.addEventListener('focusout', hideTip);
  node.addEventListener('click', event => {
    const target = event.target.closest('mark');
    if (!target || String(getSelection())) return;
    if (!touch.matches) return follow(target);
    showTip(target, article);
    if (row(target)) tip().append(el('button', { onclick: () => follow(target) }, `${say('seeRow')} ↓`));
  });
  node.addEventListener('keydown', event => {
    if (!event.target.matches('mark') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') { event.preventDefault(); follow(event.target); }
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') { event.preventDefault(); step('.texts mark', event.key === 'ArrowRight' ? 1 : -1); }
  });
  const first = node.querySelector('.texts mark');
  if (first) first.tabIndex = 0;
}
