// The views over the whole folder.
const address = (at, place) => `#article/${encodeURIComponent(rows[at].id)}${place === undefined ? '' : `/${place}`}`;
const only = (values, view) => { Object.assign(filter, blankFilter, values); visit(`#${view}`); };
/// The articles that the list shows, in its order: what next and previous go along.
let listed = rows.map(row => row.at);

function overview() {
  const kinds = {};
  for (const row of rows) for (const [kind, n] of Object.entries(row.kinds)) kinds[kind] = (kinds[kind] || 0) + n;
  const tile = (n, key, view, cls) => el('a', { class: `tile ${cls || ''}`, href: `#${view}` }, el('strong', {}, number(n)), el('span', {}, noun(n, key)));
  const time = byTime(daysHere), translations = total(row => row.translations);
  return el('div', {}, el('h2', { class: 'unseen' }, say('overview')),
    el('div', { class: 'tiles' }, tile(rows.length, 'article', 'articles'), translations ? tile(translations, 'translation', 'articles') : null, tile(total(row => row.figures), 'figure', 'figures'),
      tile(index.entities.length, 'entity', 'entities'), tile(toCheck.length, 'toCheck', 'problems', toCheck.length ? 'bad' : 'good')),
    el('div', { class: 'plots' },
      bars(say('byKind'), 'kind', 'figures', Object.entries(kinds).sort((a, b) => b[1] - a[1]).map(([kind, count]) => ({ name: kind, label: called(kind), count, go: () => only({ kind }, 'figures') }))),
      bars(say('top'), 'entity', 'mentions', [...index.entities].sort((a, b) => b.places.length - a.places.length).slice(0, 12).map(e => ({ name: e.canonical, label: e.canonical, count: e.places.length / 3, go: () => only({ entity: e.canonical }, 'figures') }))),
      timeColumns(say({ day: 'byDay', week: 'byWeek', month: 'byMonth' }[time.step]), time, 'article', ({ from, to }) => only({ from, to }, 'articles')),
      el('section', { class: 'plot', 'aria-label': say('toCheck') }, el('h3', {}, say('toCheck')),
        toCheck.length ? el('ul', { class: 'short' }, worst().map(({ at, path, n, what }) => el('li', {}, at === null ? el('b', {}, path) : el('a', { href: address(at) }, rows[at].name), el('span', { class: 'chip bad' }, number(n)), el('span', {}, what)))) : el('p', { class: 'empty' }, say('nothing')),
        toCheck.length ? el('p', {}, el('a', { href: '#problems' }, `${say('allProblems')} (${number(toCheck.length)})`)) : null)));
}

/// What to look at first: each article once, with what is wrong in it.
function worst() {
  const groups = new Map();
  for (const p of toCheck) {
    const key = p.article ?? p.path, group = groups.get(key);
    if (group) group.push(p); else groups.set(key, [p]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).slice(0, 6).map(group => {
    const { article: at, path, message } = group[0], checks = at === null ? [] : Object.entries(rows[at].checks);
    return { at, path, n: group.length, what: checks.length ? checks.map(([kind, n]) => `${called(kind)}${n > 1 ? ` (${number(n)})` : ''}`).join(', ') : told(message) };
  });
}

/// The folder that all paths begin with is not repeated in every row.
const sharedFolder = rows.reduce((folder, { path }) => {
  while (!path.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  return folder;
}, rows.length > 1 ? rows[0].path.slice(0, rows[0].path.lastIndexOf('/') + 1) : '');
function articlesView() {
  const texts = new Map();
  let searched = 0;
  // where the search found it, or else what it says beyond its title
  const beneath = row => texts.get(row.at) || (row.headline && fold(row.headline).trim() !== fold(row.name).trim() ? row.headline : null);
  const list = table({ key: 'articles', noun: 'article', label: say('articles'), rows: [], long: true, go: row => visit(address(row.at)), rowClass: row => row.flags ? 'wrong' : null,
    columns: [
      { name: 'title', class: 'title', of: row => row.name, show: row => [el('a', { href: address(row.at), tabindex: '-1' }, row.name), beneath(row) ? el('small', {}, beneath(row)) : null] },
      { name: 'date', class: 'date', of: row => row.day, show: row => day(row.date) }, { name: 'lang', of: row => called(row.lang) },
      { name: 'figures', class: 'num', of: row => row.figures, show: row => number(row.figures) }, { name: 'entities', class: 'num', of: row => row.entities, show: row => number(row.entities) },
      ...rows.some(row => row.flags) ? [{ name: 'toCheck', class: 'num', of: row => row.flags || null, show: row => row.flags ? el('span', { class: 'chip bad' }, number(row.flags)) : '' }] : [],
      { name: 'file', class: 'path', of: row => row.path.slice(sharedFolder.length) }],
    copied: [{ name: 'article_id', of: row => row.id }, ...['title', 'date', 'lang', 'path', 'figures', 'entities'].map(name => ({ name, of: row => row[name] })), { name: 'to_check', of: row => row.flags }, { name: 'headline', of: row => row.headline }] });
  const status = el('p', { class: 'status', role: 'status', hidden: true }, say('searching'));
  const snippet = (article, at, length) => `…${article.plain.slice(Math.max(0, at - 60), at + length + 80).replace(/\s+/g, ' ')}…`;
  async function fill() {
    const mine = ++searched, around = near(filter.entity), wanted = fold(filter.articlesQuery.trim());
    const passing = rows.filter(row => passes(row, around));
    texts.clear();
    const draw = () => {
      const shown = wanted ? passing.filter(row => texts.has(row.at)) : passing;
      listed = shown.map(row => row.at);
      list.update(shown);
    };
    if (wanted) for (const row of passing) if (fold(`${row.name}\n${row.path}\n${row.headline || ''}`).includes(wanted)) texts.set(row.at, null);
    draw();
    if (wanted.length < 2) return;
    status.hidden = false;
    const allowed = new Set(passing.map(row => row.at));
    try {
      await eachText((at, article) => {
        const place = allowed.has(at) ? article.folded.indexOf(wanted) : -1;
        if (place >= 0) texts.set(at, snippet(article, place, wanted.length));
      }, () => mine !== searched);
    } catch (error) { complain(error); }
    if (mine !== searched) return;
    status.hidden = true;
    draw();
  }
  fill();
  return { list, node: el('div', {}, el('h2', {}, say('articles')),
    filterBar([['search', 'articlesQuery'], ['entity'], ['choice', 'kind', kindsHere, called, 'allF'], ['choice', 'unit', unitsHere, name => name, 'allF'], ['days'], ['choice', 'problem', problemChoices(), name => name === 'any' ? say('any') : called(name)]], fill), status, list.node) };
}
const problemChoices = () => [...(toCheck.length || checksHere.length ? ['any'] : []), ...checksHere, ...['error', 'note'].filter(severity => index.problems.some(p => p.severity === severity && p.article !== null))];

function figuresView() {
  const holder = el('div', {}, el('p', { class: 'status', role: 'status' }, say('loading')));
  const plots = el('div', { class: 'plots' }), charts = el('details', { class: 'charts', open: wide() }, el('summary', {}, say('charts')), plots);
  let list = null;
  const result = { list: null, ready: null, node: null };
  async function fill() {
    const every = await allFigures(), around = near(filter.entity), wanted = fold(filter.figuresQuery.trim());
    const found = every.filter(f => (!around || around.paragraphs.has(`${f.article}:${f.paragraph}`)) && (!filter.kind || f.kind === filter.kind) && unitFits(f)
      && inDays(rows[f.article].day) && (!filter.check || (filter.check === 'any' ? f.check : f.check === filter.check))
      && (!wanted || (f.folded ??= fold(`${f.text} ${f.sentence}`)).includes(wanted)));
    if (list) list.update(found);
    else { list = figureTable(found, true); result.list = list; holder.replaceChildren(list.node); }
    drawPlots(plots, found, every.length);
  }
  result.ready = fill().catch(error => { holder.replaceChildren(); complain(error); });
  result.node = el('div', {}, el('h2', {}, say('figures')),
    filterBar([['search', 'figuresQuery'], ['entity'], ['choice', 'kind', kindsHere, called, 'allF'], ['choice', 'unit', unitsHere, name => name, 'allF'], ['days'],
      checksHere.some(kind => kind !== 'invented') ? ['choice', 'check', ['any', ...checksHere.filter(kind => kind !== 'invented')], name => name === 'any' ? say('any') : called(name)] : null].filter(Boolean), () => fill().catch(complain)), charts, holder);
  return result;
}
/// What the figures of a selection say: how many by day, and their values where they can be compared.
function drawPlots(node, found, all) {
  const chosen = found.length < all, units = new Set(found.map(unit)), about = filter.entity.trim() ? ` ${say('nextTo')} ${quoted(filter.entity.trim())}` : '';
  const time = byTime(found.map(f => rows[f.article].day));
  const kinds = counted(found.map(f => f.kind));
  node.replaceChildren(...[
    chosen && units.size === 1 && [...units][0] ? valuesPlot(found, [...units][0]) : null,
    time.columns.length > 1 ? timeColumns(`${say('overTime')}${about}`, time, 'figure', ({ from, to }) => { filter.from = from; filter.to = to; route(); }) : null,
    !filter.kind && kinds.length > 1 ? bars(say('byKind'), 'kind', 'figures', kinds.slice(0, 8).map(([kind, count]) => ({ name: kind, label: called(kind), count, go: () => { filter.kind = kind; route(); } }))) : null].filter(Boolean));
}

const articlesOf = e => e.articles ??= new Set(e.places.filter((_, i) => i % 3 === 0)).size;
function entitiesView() {
  const list = table({ key: 'entities', noun: 'entity', label: say('entities'), rows: [], long: true, go: e => e.places.length && visit(address(e.places[0], `c${e.places[2]}`)),
    columns: [{ name: 'canonical', class: 'key', of: e => e.canonical, show: e => e.places.length ? el('a', { href: address(e.places[0], `c${e.places[2]}`), tabindex: '-1' }, e.canonical) : e.canonical },
      { name: 'type', of: e => called(e.type) }, { name: 'mentions', class: 'num', of: e => e.places.length / 3, show: e => number(e.places.length / 3) },
      { name: 'articles', class: 'num', of: articlesOf, show: e => number(articlesOf(e)) },
      { name: 'aliases', of: e => e.aliases.join(', ') }, { name: 'description', class: 'long', of: e => e.description },
      { name: 'figures', class: 'go', of: () => '', show: e => el('a', { href: '#figures', tabindex: '-1', onclick: event => { event.preventDefault(); only({ entity: e.canonical }, 'figures'); } }, '→') }],
    copied: [{ name: 'canonical', of: e => e.canonical }, { name: 'type', of: e => e.type }, { name: 'aliases', of: e => e.aliases.join('; ') }, { name: 'description', of: e => e.description }, { name: 'mentions', of: e => e.places.length / 3 }] });
  const fill = () => {
    const wanted = fold(filter.entitiesQuery.trim());
    const fits = new Set(rows.filter(row => inDays(row.day)).map(row => row.at)), all = !filter.from && !filter.to;
    list.update(index.entities.filter(e => (!filter.type || e.type === filter.type) && (all || e.places.some((place, i) => i % 3 === 0 && fits.has(place)))
      && (!wanted || (e.folded ??= [e.canonical, ...e.aliases].map(fold)).some(name => name.includes(wanted)) || fold(e.description || '').includes(wanted))));
  };
  fill();
  return { list, node: el('div', {}, el('h2', {}, say('entities')), filterBar([['search', 'entitiesQuery'], ['choice', 'type', counted(index.entities.map(e => e.type)).map(pair => pair[0])], ['days']], fill), list.node) };
}

/// Where a problem is: its paragraph, where the message begins with one.
const placeOf = p => {
  const paragraph = /^paragraph (\d+): /.exec(p.message);
  return address(p.article, paragraph ? `p${paragraph[1] - 1}` : undefined);
};
function problemsView() {
  const list = table({ key: 'problems', noun: 'problem', label: say('problems'), blank: index.problems.length ? null : say('nothing'), rows: [], long: true, go: p => p.article !== null && visit(placeOf(p)),
    columns: [{ name: 'severity', of: p => ['error', 'flag', 'note'].indexOf(p.severity), show: p => el('span', { class: `chip ${p.severity}` }, called(p.severity)) }, { name: 'stage', of: p => called(p.stage) },
      { name: 'article', class: 'title', of: p => p.article === null ? p.path : rows[p.article].name, show: p => p.article === null ? p.path : [el('a', { href: placeOf(p), tabindex: '-1' }, rows[p.article].name), el('small', {}, p.path)] },
      { name: 'message', class: 'long said', of: messageOf, show: p => [tell(p.message), p.hint ? [' — ', tell(p.hint)] : null] }],
    copied: [...['severity', 'stage', 'path', 'message', 'hint'].map(name => ({ name, of: p => p[name] })), { name: 'article_id', of: p => p.article === null ? null : rows[p.article].id }] });
  const rank = { error: 0, flag: 1, note: 2 };
  const fill = () => {
    const wanted = fold(filter.problemsQuery.trim()), around = near(filter.entity);
    list.update(index.problems.filter(p => (!filter.severity || p.severity === filter.severity) && (!filter.stage || p.stage === filter.stage) && (!around || around.articles.has(p.article))
      && (p.article === null ? !filter.from && !filter.to : inDays(rows[p.article].day)) && (!wanted || fold(`${p.path} ${messageOf(p)} ${lang === 'fr' ? p.message : ''}`).includes(wanted)))
      .sort((a, b) => rank[a.severity] - rank[b.severity]));
  };
  fill();
  return { list, node: el('div', {}, el('h2', {}, say('problems')), filterBar([['search', 'problemsQuery'], ['entity'], ['choice', 'severity', ['error', 'flag', 'note'].filter(s => index.problems.some(p => p.severity === s)), called, 'allF'],
    ['choice', 'stage', [...new Set(index.problems.map(p => p.stage))].sort(), called, 'allF'], ['days']], fill), list.node) };
}
