// Tables: sorted by any column, as long as one likes without slowing the page, copied as CSV, walked with the arrow keys.
const PAGE = 100;
/// How each table was left, to find it again on the way back.
const left = {};
/// `columns`: name (of the label), of (what is sorted), show (what is seen), class. `copied`: columns of the CSV.
function table({ key, noun: counts, label, columns, copied, rows, go, rowId, rowClass, long, blank }) {
  const memory = left[key] ||= { sort: null, shown: PAGE, top: 0 };
  let sorted = rows;
  const count = el('span', { class: 'count', role: 'status' }), body = el('tbody', { role: 'rowgroup' });
  const more = el('button', { class: 'more', onclick: () => grow() });
  const heads = columns.map((c, i) => el('th', { scope: 'col', role: 'columnheader', class: c.class }, el('button', { onclick: () => {
    memory.sort = { column: i, sign: memory.sort && memory.sort.column === i ? -memory.sort.sign : c.class === 'num' ? -1 : 1 };
    memory.shown = PAGE;
    order();
  } }, say(c.name))));
  const choice = el('select', { onchange: event => { const [column, sign] = event.target.value.split(' ').map(Number); memory.sort = { column, sign }; memory.shown = PAGE; order(); } },
    el('option', { value: '', disabled: true, selected: true }, '–'),
    columns.flatMap((c, i) => [1, -1].map(sign => el('option', { value: `${i} ${sign}` }, `${say(c.name)} ${sign > 0 ? '↑' : '↓'}`))));
  const holder = el('div', { class: long ? 'scroll long' : 'scroll', tabindex: long ? '0' : null, role: 'region', 'aria-label': label },
    el('table', { role: 'table' }, el('caption', { class: 'unseen' }, label), el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads)), body), more);
  const empty = el('p', { class: 'empty' }, blank || say('none'));
  function line(row) {
    const node = el('tr', { role: 'row', id: rowId ? rowId(row) : null, class: rowClass ? rowClass(row) : null, tabindex: '-1' },
      columns.map(c => el('td', { role: 'cell', class: c.class, 'data-label': say(c.name) }, c.show ? c.show(row) : c.of(row) ?? '')));
    node.row = row;
    return node;
  }
  function grow() {
    const from = body.rows.length, to = Math.min(sorted.length, Math.max(memory.shown, from + (from ? PAGE : 0)));
    memory.shown = Math.max(memory.shown, to);
    body.append(...sorted.slice(from, to).map(line));
    if (body.rows.length && !body.querySelector('[tabindex="0"]')) body.rows[0].tabIndex = 0;
    more.hidden = to >= sorted.length;
    more.textContent = `${say('more')} (${number(sorted.length - to)})`;
  }
  function order() {
    const { sort } = memory;
    heads.forEach((head, i) => sort && sort.column === i ? head.setAttribute('aria-sort', sort.sign > 0 ? 'ascending' : 'descending') : head.removeAttribute('aria-sort'));
    if (sort) {
      const { of } = columns[sort.column], collator = new Intl.Collator(lang, { numeric: true, sensitivity: 'base' });
      const keyed = rows.map(row => [of(row), row]);
      // what has no value comes last, whichever way
      const blank = value => value === null || value === undefined || value === '';
      keyed.sort(([a], [b]) => blank(a) || blank(b) ? blank(a) - blank(b)
        : sort.sign * (typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))));
      sorted = keyed.map(pair => pair[1]);
    } else sorted = rows;
    body.replaceChildren();
    grow();
    count.textContent = many(rows.length, counts);
    holder.hidden = !rows.length;
    empty.hidden = Boolean(rows.length);
  }
  const open = row => row && row.row && go && go(row.row, row);
  body.addEventListener('click', event => {
    const row = event.target.closest('tr');
    if (event.target.closest('a')) return;
    if (row && !String(getSelection())) open(row);
  });
  body.addEventListener('keydown', event => {
    const row = event.target.closest('tr');
    if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') { event.preventDefault(); return open(row); }
    if (event.key === 'ArrowDown' && !row.nextElementSibling && !more.hidden) grow();
    const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling, Home: body.rows[0], End: body.rows[body.rows.length - 1] }[event.key];
    if (!to) return;
    event.preventDefault();
    row.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
  if (long) {
    new IntersectionObserver(seen => { if (seen.some(entry => entry.isIntersecting) && !more.hidden && body.rows.length) grow(); }, { root: holder, rootMargin: '300px' }).observe(more);
    holder.addEventListener('scroll', () => { memory.top = holder.scrollTop; }, { passive: true });
  }
  order();
  const node = el('div', { class: 'table' }, el('div', { class: 'bar' }, count, el('label', { class: 'sorting' }, say('sortBy'), choice), copyButton(copied, () => sorted)), holder, empty);
  return { node, update(next) { rows = next; memory.shown = PAGE; memory.top = 0; holder.scrollTop = 0; order(); }, restore() { holder.scrollTop = memory.top; } };
}
const copiedFigures = [
  { name: 'article_id', of: f => rows[f.article].id }, { name: 'n', of: f => f.n }, { name: 'full_text', of: f => f.text },
  ...['kind', 'value', 'min', 'max', 'qualifier', 'unit', 'currency', 'direction', 'period', 'measure', 'subject', 'speaker', 'check', 'sentence'].map(name => ({ name, of: f => f[name] })),
  { name: 'date', of: f => rows[f.article].date }, { name: 'title', of: f => rows[f.article].title }];
function figureTable(figures, folder) {
  const all = folder && everyFigure ? everyFigure : figures, some = key => all.some(f => f[key]);
  const columns = [
    { name: 'text', class: 'key', of: f => f.text, show: f => [f.text, f.check ? el('span', { class: 'chip bad' }, called(f.check)) : null] },
    { name: 'value', class: 'num', of: f => f.value ?? f.min ?? f.max, show: bounds }, { name: 'unit', of: unit },
    { name: 'kind', of: f => called(f.kind) }, ...all.some(f => f.qualifier !== 'exact') ? [{ name: 'qualifier', of: f => f.qualifier === 'exact' ? '' : called(f.qualifier, 'qualifier') }] : [],
    ...['period', 'measure', 'subject', 'speaker'].filter(some).map(name => ({ name, of: f => f[name] }))];
  if (folder) columns.push({ name: 'article', class: 'title', of: f => rows[f.article].name, show: f => el('a', { href: address(f.article, f.n), tabindex: '-1' }, rows[f.article].name) },
    { name: 'date', class: 'date', of: f => rows[f.article].day, show: f => day(rows[f.article].day) });
  columns.push({ name: 'sentence', class: 'long', of: f => f.sentence });
  return table({ key: folder ? 'figures' : 'own', noun: 'figure', label: say('figures'), columns, copied: copiedFigures, rows: figures, long: folder,
    rowId: f => folder ? null : `r${f.n}`, rowClass: f => f.check ? 'wrong' : null,
    go: (f, row) => folder ? visit(address(f.article, f.n)) : jump(byId(`f${f.n}`), row, 'backToTable') });
}
