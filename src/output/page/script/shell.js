// The frame around the views, addresses, keys. `report.html#figures` opens that view, `report.html#article/ID/N` an
// article at its figure N, `…/p3` at its paragraph, `…/c120` at the mark over its character 120.
const views = { overview: () => ({ node: overview() }), articles: articlesView, figures: figuresView, entities: entitiesView, problems: problemsView };
let now = { view: null, at: null }, turn = 0;

function frame() {
  document.documentElement.lang = lang;
  const counts = { articles: rows.length, figures: total(row => row.figures), entities: index.entities.length, problems: toCheck.length };
  const tab = name => el('a', { href: `#${name}`, 'data-view': name }, say(name), name in counts && (name !== 'problems' || counts.problems) ? el('span', { class: name === 'problems' ? 'n bad' : 'n' }, number(counts[name])) : null);
  byId('app').replaceChildren(
    el('a', { class: 'skip', href: '#view', onclick: event => { event.preventDefault(); byId('view').focus(); } }, say('skip')),
    el('header', { class: 'top' }, el('a', { class: 'brand', href: '#overview' }, 'depeche'), el('nav', { 'aria-label': say('views') }, Object.keys(views).map(tab)),
      el('div', { class: 'tools' },
        el('button', { id: 'language', lang: lang === 'fr' ? 'en' : 'fr', onclick: () => { lang = lang === 'fr' ? 'en' : 'fr'; keep('lang', lang); frame(); route(); byId('language').focus(); } }, say('language')),
        el('button', { id: 'theme', onclick: theme, title: say('theme'), 'aria-label': say('theme') }, '◐'),
        el('button', { id: 'help', onclick: help, title: `${say('help')} (?)`, 'aria-label': say('help') }, '?'))),
    el('main', { id: 'main' }, el('aside', { 'aria-label': say('articles') }), el('section', { id: 'view', tabindex: '-1' })),
    el('footer', {}, `depeche ${index.about}`),
    el('div', { id: 'tip', role: 'tooltip', hidden: true }), el('button', { id: 'back', hidden: true }), el('div', { id: 'live', class: 'unseen', role: 'status' }), nameList());
}
function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  keep('theme', root.dataset.theme);
}
function help() {
  const keys = [['/', 'keySearch'], ['1 … 5', 'keyViews'], ['j k', 'keyArticle'], ['f F', 'keyFigure'], ['c', 'keyCheck'], ['t', 'keyTranslation'], ['↵', 'keyRow'], ['↑ ↓', 'keyRows'], ['b', 'keyBack'], ['?', 'keyHelp']];
  const dialog = el('dialog', { 'aria-labelledby': 'help-title', onclose: () => dialog.remove(), onclick: event => { if (event.target === dialog) dialog.close(); } },
    el('h2', { id: 'help-title' }, say('help')), el('dl', {}, keys.map(([key, what]) => [el('dt', {}, key.split(' ').map(k => k === '…' ? ' … ' : el('kbd', {}, k))), el('dd', {}, say(what))])),
    el('button', { onclick: () => dialog.close() }, say('close')));
  document.body.append(dialog);
  dialog.showModal();
}
function complain(error) { byId('view').prepend(el('p', { class: 'alarm', role: 'alert' }, error.message)); }

function visit(hash) { if (location.hash === hash) route(); else location.hash = hash; }
function sidebar(at) {
  const aside = document.querySelector('aside');
  if (at === null || rows.length < 2) return aside.replaceChildren();
  const list = listed.includes(at) ? listed : rows.map(row => row.at), place = list.indexOf(at), from = Math.max(0, place - 150);
  const entry = other => {
    const row = rows[other];
    return el('li', {}, el('a', { href: address(other), 'aria-current': other === at ? 'true' : null }, el('span', {}, row.name),
      el('small', {}, [day(row.date), many(row.figures, 'figure')].filter(Boolean).join(' · '), row.flags ? el('span', { class: 'chip bad' }, number(row.flags)) : null)));
  };
  aside.replaceChildren(el('p', {}, el('a', { href: '#articles' }, `${place + 1} / ${many(list.length, 'article')}`)), el('ol', {}, list.slice(from, from + 300).map(entry)));
  const current = aside.querySelector('[aria-current]');
  aside.scrollTop = current.offsetTop - aside.clientHeight / 3;
}
/// Draws what the address says.
async function route() {
  const mine = ++turn, hash = location.hash.slice(1), match = /^article\/([^/]+)(?:\/([pc]?)(\d+))?$/.exec(hash);
  let at = null, lost = false;
  if (match) {
    try { at = places.get(decodeURIComponent(match[1])) ?? null; } catch { at = null; }
    lost = at === null;
  } else if (!Object.hasOwn(views, hash) && rows.length === 1) at = 0;
  const before = now, name = Object.hasOwn(views, hash) ? hash : lost ? 'articles' : 'overview';
  hideTip();
  now = { view: at === null ? name : 'articles', at };
  document.querySelectorAll('nav a').forEach(a => a.dataset.view === now.view ? a.setAttribute('aria-current', 'page') : a.removeAttribute('aria-current'));
  byId('main').className = at === null ? 'wide' : 'reading';
  offerBack(at !== null && before.view && before.at === null && before.view !== 'overview' ? () => history.back() : null, 'backToTable');
  if (at === null) {
    const view = views[name]();
    sidebar(null);
    byId('view').replaceChildren(view.node);
    if (view.ready) await view.ready;
    if (mine !== turn) return;
    if (view.list) view.list.restore();
    if (lost) complain(new Error(say('notFound')));
    scrollTo(0, 0);
    document.title = `${say(name)} — depeche`;
    return;
  }
  sidebar(at);
  if (blockOf(at) >= 0 && !blocks.has(`articles-${blockOf(at)}`)) byId('view').replaceChildren(el('p', { class: 'status', role: 'status' }, say('loading')));
  try {
    const article = await details(at);
    if (mine !== turn) return;
    byId('view').replaceChildren(articleView(article));
    document.title = `${article.name} — depeche`;
    const target = match && match[3] !== undefined ? { '': () => byId(`f${match[3]}`), p: () => byId(`p${match[3]}`), c: () => markAt(article, Number(match[3])) }[match[2]]() : null;
    if (target) jump(target, null); else { scrollTo(0, 0); byId('headline').focus({ preventScroll: true }); }
    if (before.view && before.at === null && before.view !== 'overview') offerBack(() => history.back(), 'backToTable');
  } catch (error) {
    if (mine === turn) { byId('view').replaceChildren(); complain(error); }
  }
}
function nextTranslation() {
  const select = document.querySelector('[name=translation]');
  if (!select) return;
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  select.dispatchEvent(new Event('change'));
}
/// The mark over a character of the article.
function markAt(article, char) {
  const entity = article.entities.findIndex(e => e.mentions.some(m => m[0] <= char && char < m[1]));
  if (entity < 0) return byId(`p${article.paragraphs.findLastIndex(p => p[1] <= char)}`);
  const before = article.entities[entity].mentions.filter(m => m[0] < char).length;
  const marks = document.querySelectorAll(`.texts .s [data-e="${entity}"]`);
  return marks[Math.min(before, marks.length - 1)] || byId(`p${article.paragraphs.findLastIndex(p => p[1] <= char)}`);
}
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') hideTip();
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  const go = by => { const to = listed[listed.indexOf(now.at) + by]; if (now.at !== null && to !== undefined) visit(address(to)); };
  const act = { '/': () => { const field = document.querySelector('#view .search'); if (field) field.focus(); else visit('#articles'); }, j: () => go(1), k: () => go(-1), '?': help,
    f: () => step('.texts .s .figure', 1), F: () => step('.texts .s .figure', -1), c: () => step('[data-x]', 1), t: nextTranslation,
    b: () => { if (!byId('back').hidden) byId('back').click(); } }[event.key]
    || (/^[1-5]$/.test(event.key) ? () => visit(`#${Object.keys(views)[event.key - 1]}`) : null);
  if (!act) return;
  event.preventDefault();
  act();
});
addEventListener('hashchange', route);
addEventListener('scroll', placeTip, { passive: true });
if (kept('theme')) document.documentElement.dataset.theme = kept('theme');
frame();
route();
