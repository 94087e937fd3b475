'use strict';
(() => {
const data = id => JSON.parse(document.getElementById(id).textContent);
const articles = data('articles'), folder = data('folder');
const words = {
  fr: { articles:'Articles', figures:'Chiffres', entities:'Entités', problems:'Problèmes', search:'Chercher', source:'Texte', translation:'Traduction',
    extractive:'phrases de l’article', model:'écrit par le modèle', all:'tous', copy:'Copier en CSV', copied:'Copié', rows:'lignes', theme:'Clair / sombre',
    none:'Rien à montrer', check:'À vérifier', kind:'nature', unit:'unité', rank:'rang', value:'valeur', period:'période', qualifier:'précision', text:'chiffre',
    sentence:'phrase', article:'article', type:'type', mentions:'mentions', aliases:'autres noms', description:'description', severity:'gravité', stage:'étape',
    message:'message', entity:'entité', byKind:'Chiffres par nature', top:'Entités les plus citées', byDay:'Articles par jour', more:'premières lignes montrées',
    measure:'mesure', subject:'de qui', speaker:'selon', lang:'English', removed:'retiré du texte', skip:'Aller au contenu', day:'jour', overTime:'Chiffres de l’entité par jour', toCheck:'Seulement à vérifier', notFound:'Cette adresse ne mène à aucun article.' },
  en: { articles:'Articles', figures:'Figures', entities:'Entities', problems:'Problems', search:'Search', source:'Text', translation:'Translation',
    extractive:'sentences of the article', model:'written by the model', all:'all', copy:'Copy as CSV', copied:'Copied', rows:'rows', theme:'Light / dark',
    none:'Nothing to show', check:'To check', kind:'kind', unit:'unit', rank:'rank', value:'value', period:'period', qualifier:'qualifier', text:'figure',
    sentence:'sentence', article:'article', type:'type', mentions:'mentions', aliases:'other names', description:'description', severity:'severity', stage:'stage',
    message:'message', entity:'entity', byKind:'Figures by kind', top:'Most mentioned entities', byDay:'Articles by day', more:'first rows shown',
    measure:'measure', subject:'of whom', speaker:'according to', lang:'Français', removed:'left out of the text', skip:'Skip to content', day:'day', overTime:'Figures of the entity by day', toCheck:'Only what needs checking', notFound:'This address leads to no article.' } };
// what the data names, as a French reader says it; English reads the names themselves, without underscores
const named = { money:'monnaie', percent:'pourcentage', percentage_points:'points de pourcentage', basis_points:'points de base', count:'nombre',
  quantity:'quantité', ratio:'part', multiple:'facteur', ordinal:'rang', date:'date', duration:'durée', age:'âge', temperature:'température',
  rate:'taux', index:'indice', exact:'exact', approx:'environ', at_least:'au moins', at_most:'au plus', less_than:'moins de', more_than:'plus de',
  range:'de… à', person:'personne', organization:'organisation', product:'produit', place:'lieu', event:'événement', work:'œuvre', law:'texte de loi',
  note:'note', flag:'à vérifier', error:'erreur', ingest:'lecture', summary:'résumé', translation:'traduction', extraction:'extraction',
  figures:'chiffres', gate:'contrôle', output:'sorties', missing:'manque dans la traduction', invented:'absent de la source',
  changed_value:'valeur changée', changed_unit:'unité changée', changed_currency:'devise changée' };
const called = (name, of) => !name ? '' : lang === 'fr' ? (of === 'qualifier' && name === 'multiple' ? 'plusieurs' : named[name] || name) : name.replaceAll('_', ' ');
let lang = (navigator.language || 'fr').startsWith('fr') ? 'fr' : 'en';
const say = key => words[lang][key] || key;
const colon = () => lang === 'fr' ? '\u00a0:' : ':';
// Text only ever goes in through textContent and attributes: article text cannot become markup.
const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== '') node.append(child);
  return node;
};
const number = value => typeof value === 'number' ? value.toLocaleString(lang, { maximumFractionDigits: 10 }) : '';
const bounds = f => f.value !== null ? number(f.value)
  : f.min === null && f.max === null ? '' : `${f.min === null ? '' : number(f.min)} – ${f.max === null ? '' : number(f.max)}`;
const unit = f => f.kind === 'percent' ? '%' : f.currency ? f.currency + (f.currency_ambiguous ? ' ?' : '') : f.unit || '';
const flags = a => a.summaries.reduce((n, s) => n + s.findings.length, 0)
  + a.translations.reduce((n, t) => n + t.segments.reduce((m, s) => m + s.findings.length, 0), 0);
const byId = new Map(articles.map((a, i) => [a.article.id, i]));
const state = { view: 'articles', article: 0, query: '', sort: {}, filter: {} };

function show() {
  document.documentElement.lang = lang;
  const root = document.getElementById('app');
  const tab = name => el('button', { onclick: () => go(name), 'aria-current': state.view === name ? 'page' : null },
    `${say(name)} (${ {articles: articles.length, figures: total('figures'), entities: folder.entities.length, problems: folder.problems.length}[name] })`);
  root.replaceChildren(
    el('a', { class: 'skip', href: '#view', onclick: event => { event.preventDefault(); document.getElementById('view').focus(); } }, say('skip')),
    el('header', { class: 'top' }, el('h1', {}, 'depeche'), el('span', { class: 'meta' }, folder.about),
      el('nav', { 'aria-label': 'views' }, ['articles', 'figures', 'entities', 'problems'].map(tab),
        el('button', { onclick: () => { lang = lang === 'fr' ? 'en' : 'fr'; show(); } }, say('lang')),
        el('button', { onclick: theme, title: say('theme'), 'aria-label': say('theme') }, '◐'))),
    el('main', { class: state.view === 'articles' ? '' : 'wide' }, sidebar(), el('section', { class: 'view', id: 'view', tabindex: '-1' }, views[state.view]())));
}
const total = name => articles.reduce((n, a) => n + a[name].length, 0);
function go(view, article, after) {
  state.view = view;
  if (article !== undefined) state.article = article;
  show();
  if (after) after(); else window.scrollTo(0, 0);
}
function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
}
// Entries of the list at once; how many there are beyond is said at its end.
const LISTED = 2000;
function sidebar() {
  const list = el('ol', {});
  const fill = () => {
    const wanted = state.query.toLocaleLowerCase();
    const found = articles.map((a, i) => [a, i])
      .filter(([a]) => (!state.flagged || flags(a)) && (!wanted || `${a.article.title || ''} ${a.article.path} ${a.article.text}`.toLocaleLowerCase().includes(wanted)));
    list.replaceChildren(...found.slice(0, LISTED).map(([a, i]) => el('li', {}, el('button', { 'aria-current': i === state.article, onclick: () => go('articles', i) },
        a.article.title || a.article.path,
        el('small', {}, [a.article.date && a.article.date.slice(0, 10), `${a.figures.length} ${say('figures').toLocaleLowerCase()}`].filter(Boolean).join(' · '),
          flags(a) ? el('span', { class: 'flag' }, ` ⚠ ${flags(a)}`) : '')))),
      found.length > LISTED ? el('li', { class: 'empty' }, `${number(LISTED)} / ${number(found.length)}`) : '');
  };
  fill();
  return el('aside', {}, el('input', { type: 'search', placeholder: say('search'), 'aria-label': say('search'), value: state.query,
    oninput: event => { state.query = event.target.value; fill(); } }),
    articles.some(flags) ? el('label', { class: 'only' }, el('input', { type: 'checkbox', checked: state.flagged,
      onchange: event => { state.flagged = event.target.checked; fill(); } }), ` ${say('toCheck')}`) : null, list);
}

/// A paragraph with its figures and entities marked; offsets count code points, as in the tables.
function marked(text, start, spans) {
  const points = Array.from(text), out = [];
  let at = 0;
  for (const span of spans.filter(s => s.start >= start && s.end <= start + points.length).sort((a, b) => a.start - b.start || b.end - a.end)) {
    const from = span.start - start, to = span.end - start;
    if (from < at) continue;
    out.push(points.slice(at, from).join(''), span.node(points.slice(from, to).join('')));
    at = to;
  }
  out.push(points.slice(at).join(''));
  return out;
}
function hit(selector) {
  document.querySelectorAll('.hit,.hit-row').forEach(node => node.classList.remove('hit', 'hit-row'));
  const node = document.querySelector(selector);
  if (!node) return;
  node.classList.add(node.tagName === 'TR' ? 'hit-row' : 'hit');
  node.scrollIntoView({ block: 'center', behavior: 'smooth' });
  node.focus({ preventScroll: true });
}
const paragraphTag = kind => kind === 'heading' ? 'h5' : kind === 'quote' ? 'blockquote' : 'p';
function articleView() {
  const a = articles[state.article];
  if (!a) return el('p', { class: 'empty' }, say('none'));
  const { article, figures, entities, summaries, translations } = a, points = Array.from(article.text);
  const translation = translations[0];
  const bySegment = new Map((translation ? translation.segments : []).map(s => [s.paragraph, s]));
  const bad = new Set();
  for (const s of translation ? translation.segments : []) for (const f of s.findings) if (f.source)
    bad.add(`${s.paragraph}:${f.source.start}`);
  const spans = figures.map(f => ({ start: f.start, end: f.end, node: text => {
    const paragraph = article.paragraphs[f.paragraph];
    const wrong = paragraph && bad.has(`${f.paragraph}:${f.start - paragraph.start}`);
    return el('mark', { id: `f${f.n}`, tabindex: '0', class: wrong ? 'bad' : null,
      title: [called(f.kind), `${bounds(f)} ${unit(f)}`.trim(), called(f.qualifier, 'qualifier'), f.period, f.measure, f.subject, f.speaker].filter(Boolean).join(' · '),
      onclick: () => hit(`#r${f.n}`), onkeydown: e => { if (e.key === 'Enter') hit(`#r${f.n}`); } }, text); } }));
  for (const entity of entities) for (const m of entity.mentions) spans.push({ start: m.start, end: m.end,
    node: text => el('span', { class: 'entity', title: `${entity.canonical} · ${called(entity.type)}`, 'data-entity': entity.canonical }, text) });
  const rows = [el('div', { class: 'head' }, `${say('source')} (${article.lang})`)];
  if (translation) rows.push(el('div', { class: 'head' }, `${say('translation')} (${translation.target_lang})`));
  const title = bySegment.get(null);
  const first = article.paragraphs[0];
  const repeated = title && first && points.slice(first.start, first.end).join('').trim() === title.source.trim();
  if (title && !repeated) rows.push(el('h5', {}, article.title || ''), el('h5', { class: 't' }, target(title, entities)));
  article.paragraphs.forEach((p, i) => {
    const text = points.slice(p.start, p.end).join(''), tag = paragraphTag(p.kind), cls = p.kind === 'list_item' ? 'li' : '';
    rows.push(el(tag, { id: `p${i}`, class: `${cls} target` }, marked(text, p.start, spans)));
    if (translation) rows.push(bySegment.get(i) ? el(tag, { class: `${cls} t` }, target(bySegment.get(i), entities)) : el('p', { class: 't' }));
  });
  return el('article', {},
    el('h2', {}, article.title || article.path),
    el('p', { class: 'sub' }, [article.date, /^https?:\/\//i.test(article.url || '') ? el('a', { href: article.url, rel: 'noreferrer noopener', target: '_blank' }, article.url) : article.url,
      article.path].filter(Boolean).flatMap((part, i) => i ? [' · ', part] : [part])),
    el('div', { class: 'cards' }, summaries.map(summaryCard)),
    el('h3', {}, translation ? `${say('source')} / ${say('translation')}` : say('source')),
    el('div', { class: translation ? 'texts two' : 'texts' }, rows),
    el('h3', {}, `${say('figures')} (${figures.length})`), figureTable(figures.map(f => ({ ...f, at: state.article })), false),
    el('h3', {}, `${say('entities')} (${entities.length})`), entityTable(entities));
}
function target(segment, entities) {
  const spans = segment.findings.filter(f => f.target).map(f => ({ start: f.target.start, end: f.target.end,
    node: text => el('mark', { class: 'bad', title: `${called(f.kind)}${colon()} ${f.message}` }, text) }));
  spans.push(...names(segment.target, entities));
  const lost = segment.findings.filter(f => !f.target);
  return [marked(segment.target, 0, spans), lost.map(f => el('small', { class: 'flag' }, ` ⚠ ${f.message}`))].flat();
}
/// Where a translation names an entity of its article: names mostly stay as they are.
function names(text, entities) {
  const points = Array.from(text), spans = [];
  const offset = new Map();
  let units = 0;
  points.forEach((point, i) => { offset.set(units, i); units += point.length; });
  offset.set(units, points.length);
  for (const entity of entities) for (const name of [entity.canonical, ...entity.aliases].filter(n => n.length > 2)) {
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length)) {
      if (/[\p{L}\p{N}]/u.test(text[at - 1] || ' ') || /[\p{L}\p{N}]/u.test(text[at + name.length] || ' ')) continue;
      const start = offset.get(at), end = offset.get(at + name.length);
      if (start !== undefined && end !== undefined) spans.push({ start, end,
        node: words => el('span', { class: 'entity', title: `${entity.canonical} · ${called(entity.type)}` }, words) });
    }
  }
  return spans;
}
function summaryCard(s) {
  return el('div', { class: 'card' }, el('h4', {}, s.headline), el('span', { class: 'tag' }, `${s.lang} · ${say(s.method)}`),
    el('ul', {}, s.bullets.map(b => el('li', {}, b.text, ' ', b.paragraphs.map(p => el('a', { href: `#p${p}` }, ` §${p + 1}`))))),
    el('p', {}, s.abstract), s.findings.map(f => el('p', { class: 'flag' }, `${say('check')}${colon()} ${f.message}`)));
}

const LIMIT = 1000;
function table(key, columns, rows, open) {
  const sort = state.sort[key];
  if (sort) rows = [...rows].sort((x, y) => {
    const a = columns[sort.column].of(x), b = columns[sort.column].of(y);
    return sort.sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a ?? '').localeCompare(String(b ?? ''), lang, { numeric: true }));
  });
  const holder = el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': say(key === 'own' ? 'figures' : key) });
  const head = columns.map((c, i) => el('th', { scope: 'col', 'aria-sort': sort && sort.column === i ? (sort.sign > 0 ? 'ascending' : 'descending') : null },
    el('button', { onclick: () => { state.sort[key] = { column: i, sign: sort && sort.column === i ? -sort.sign : 1 };
      holder.parentNode.replaceWith(table(key, columns, rows, open)); } }, say(c.name))));
  const body = rows.slice(0, LIMIT).map(row => el('tr', { id: row.n !== undefined && open && open.rowId ? open.rowId(row) : null, tabindex: '0',
    onclick: () => open && open.go(row), onkeydown: e => { if (e.key === 'Enter' && open) open.go(row); } },
    columns.map(c => el('td', { class: c.class }, c.show ? c.show(row) : c.of(row) ?? ''))));
  holder.append(el('table', {}, el('thead', {}, el('tr', {}, head)), el('tbody', {}, body)));
  const copy = el('button', { onclick: async () => {
    const cell = value => { const text = String(value ?? ''); return `"${(/^[=@\t\r]|^[+-](?!\s*\d)/.test(text) ? "'" : '') + text.replaceAll('"', '""')}"`; };
    const csv = [columns.map(c => cell(c.name)), ...rows.map(r => columns.map(c => cell(c.of(r))))].map(r => r.join(',')).join('\r\n');
    await navigator.clipboard.writeText(csv); copy.textContent = say('copied');
  } }, say('copy'));
  return el('div', {}, el('div', { class: 'filters' }, el('span', { class: 'count' },
    `${number(rows.length)} ${say('rows')}${rows.length > LIMIT ? ` (${number(LIMIT)} ${say('more')})` : ''}`), copy),
    rows.length ? holder : el('p', { class: 'empty' }, say('none')));
}
function figureTable(figures, global) {
  const columns = [
    { name: 'text', of: f => f.full_text }, { name: 'value', class: 'num', of: f => f.value ?? f.min ?? f.max, show: f => bounds(f) },
    { name: 'unit', of: unit }, { name: 'kind', of: f => f.kind, show: f => called(f.kind) }, { name: 'qualifier', of: f => f.qualifier, show: f => called(f.qualifier, 'qualifier') },
    { name: 'period', of: f => f.period }];
  for (const name of ['measure', 'subject', 'speaker']) if (figures.some(f => f[name])) columns.push({ name, of: f => f[name] });
  if (global) columns.push({ name: 'article', of: f => articles[f.at].article.title || articles[f.at].article.path });
  columns.push({ name: 'sentence', class: 'long', of: f => f.sentence });
  return table(global ? 'figures' : 'own', columns, figures, { rowId: f => global ? null : `r${f.n}`,
    go: f => global ? go('articles', f.at, () => hit(`#f${f.n}`)) : hit(`#f${f.n}`) });
}
function entityTable(entities) {
  return table('entities', [{ name: 'entity', of: e => e.canonical }, { name: 'type', of: e => e.type, show: e => called(e.type) }, { name: 'mentions', class: 'num', of: e => e.mentions.length },
    { name: 'aliases', of: e => e.aliases.join(', ') }, { name: 'description', class: 'long', of: e => e.description && e.description.text }], entities,
    { go: e => { const at = byId.get(e.mentions[0] && e.mentions[0].article_id); if (at !== undefined) { const find = () => hit(`.entity[data-entity="${CSS.escape(e.canonical)}"]`);
      if (state.view === 'articles' && at === state.article) find(); else go('articles', at, find); } } });
}
function choose(name, values, change) {
  return el('label', {}, `${say(name)} `, el('select', { onchange: e => change(e.target.value) }, el('option', { value: '' }, say('all')),
    values.map(v => el('option', { value: v, selected: state.filter[name] === v }, name === 'kind' || name === 'type' ? called(v) : v))));
}
function bars(title, pairs) {
  if (!pairs.length) return null;
  const most = Math.max(...pairs.map(p => p[1])), ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  const put = (tag, attributes, text) => { const n = document.createElementNS(ns, tag); for (const [k, v] of Object.entries(attributes)) n.setAttribute(k, v);
    if (text) n.textContent = text; svg.append(n); };
  svg.setAttribute('viewBox', `0 0 460 ${pairs.length * 22}`); svg.setAttribute('role', 'img'); svg.setAttribute('aria-label', title);
  pairs.forEach(([name, count], i) => {
    put('text', { x: 150, y: i * 22 + 15, 'text-anchor': 'end' }, name.length > 22 ? name.slice(0, 21) + '…' : name);
    put('rect', { x: 158, y: i * 22 + 3, width: Math.max(2, 240 * count / most), height: 15, rx: 3 });
    put('text', { x: 164 + 240 * count / most, y: i * 22 + 15 }, number(count));
  });
  return el('div', { class: 'card' }, el('h4', {}, title), svg);
}
const counted = values => [...values.reduce((m, v) => m.set(v, (m.get(v) || 0) + 1), new Map())].sort((a, b) => b[1] - a[1]);
const allFigures = () => articles.flatMap((a, at) => a.figures.map(f => ({ ...f, at })));
/// The paragraphs that name an entity: what stands there is read as being about it.
function beside(name) {
  const near = new Set();
  for (const entity of folder.entities) if (entity.canonical === name) for (const m of entity.mentions) {
    const at = byId.get(m.article_id);
    if (at === undefined) continue;
    const p = articles[at].article.paragraphs.findIndex(p => p.start <= m.start && m.start < p.end);
    if (p >= 0) near.add(`${at}:${p}`);
  }
  return near;
}
const views = {
  articles: articleView,
  figures: () => {
    const all = allFigures(), f = state.filter;
    const holder = el('div', {}), days = x => (articles[x.at].article.date || '').slice(0, 10);
    const names = counted(folder.entities.flatMap(e => e.mentions.map(() => e.canonical))).slice(0, 200).map(pair => pair[0]);
    const fill = () => {
      const near = f.entity ? beside(f.entity) : null;
      const rows = all.filter(x => (!near || near.has(`${x.at}:${x.paragraph}`)) && (!f.day || days(x) === f.day) && (!f.kind || x.kind === f.kind) && (!f.unit || unit(x) === f.unit)
      && (!f.figureQuery || `${x.full_text} ${x.sentence}`.toLocaleLowerCase().includes(f.figureQuery)));
      holder.replaceChildren(...[near && bars(`${say('overTime')}${colon()} ${f.entity}`, counted(rows.map(days).filter(Boolean)).sort().slice(-30)),
        figureTable(rows, true)].filter(Boolean));
    };
    fill();
    return el('div', {}, el('h2', {}, say('figures')),
      el('div', { class: 'plots' }, bars(say('byKind'), counted(all.map(x => x.kind)).map(([kind, count]) => [called(kind), count]))),
      el('div', { class: 'filters' }, el('input', { type: 'search', placeholder: say('search'), 'aria-label': say('search'),
        oninput: e => { f.figureQuery = e.target.value.toLocaleLowerCase(); fill(); } }),
        choose('kind', [...new Set(all.map(x => x.kind))].sort(), v => { f.kind = v; fill(); }),
        choose('unit', counted(all.map(unit).filter(Boolean)).slice(0, 60).map(p => p[0]), v => { f.unit = v; fill(); }),
        choose('entity', names, v => { f.entity = v; fill(); }),
        choose('day', [...new Set(all.map(days).filter(Boolean))].sort(), v => { f.day = v; fill(); })), holder);
  },
  entities: () => {
    const f = state.filter, holder = el('div', {});
    const fill = () => holder.replaceChildren(entityTable(folder.entities.filter(e => (!f.type || e.type === f.type)
      && (!f.entityQuery || [e.canonical, ...e.aliases].join(' ').toLocaleLowerCase().includes(f.entityQuery)))));
    fill();
    return el('div', {}, el('h2', {}, say('entities')),
      el('div', { class: 'plots' }, bars(say('top'), folder.entities.map(e => [e.canonical, e.mentions.length]).sort((a, b) => b[1] - a[1]).slice(0, 12)),
        bars(say('byDay'), counted(articles.map(a => a.article.date && a.article.date.slice(0, 10)).filter(Boolean)).sort().slice(-20))),
      el('div', { class: 'filters' }, el('input', { type: 'search', placeholder: say('search'), 'aria-label': say('search'),
        oninput: e => { f.entityQuery = e.target.value.toLocaleLowerCase(); fill(); } }),
        choose('type', [...new Set(folder.entities.map(e => e.type))].sort(), v => { f.type = v; fill(); })), holder);
  },
  problems: () => el('div', {}, el('h2', {}, say('problems')), table('problems', [{ name: 'severity', of: p => p.severity, show: p => called(p.severity) }, { name: 'stage', of: p => p.stage, show: p => called(p.stage) },
    { name: 'article', of: p => p.path }, { name: 'message', class: 'long', of: p => p.message + (p.hint ? ` — ${p.hint}` : '') }], folder.problems,
    { go: p => { const at = byId.get(p.article_id); if (at !== undefined) go('articles', at); } })),
};
// `report.html#figures` opens that view, `report.html#article/ID/N` an article at its figure
function follow() {
  const address = location.hash.slice(1);
  if (Object.hasOwn(views, address)) return go(address);
  const match = /^article\/([^/]+)(?:\/(\d+))?$/.exec(address);
  if (!match) return false;
  let at;
  try { at = byId.get(decodeURIComponent(match[1])); } catch { at = undefined; }
  if (at === undefined) { show(); document.getElementById('view').prepend(el('p', { class: 'flag', role: 'alert' }, say('notFound'))); return true; }
  go('articles', at, () => match[2] ? hit(`#f${match[2]}`) : window.scrollTo(0, 0));
  return true;
}
window.addEventListener('hashchange', follow);
if (follow() === false) show();
})();
