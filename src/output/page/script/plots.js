// Plots: bars, columns over time, values over time. Every bar is a button that leads to what it counts.
function plot(title, body, copied, note) {
  return el('figure', { class: 'plot' }, el('figcaption', {}, el('span', {}, title, note ? el('small', {}, note) : null), copyButton(copied.columns, () => copied.rows)), body);
}
const pairColumns = (name, count) => [{ name, of: pair => pair.name }, { name: count, of: pair => pair.count }];
function bars(title, key, count, pairs) {
  if (!pairs.length) return null;
  const most = Math.max(...pairs.map(p => p.count));
  const line = pair => {
    const bar = el('span', { class: 'bar-fill' });
    bar.style.width = `${Math.max(1, 100 * pair.count / most)}%`;
    const parts = [el('span', { class: 'bar-name' }, pair.label), el('span', { class: 'bar-track' }, bar), el('span', { class: 'bar-count' }, number(pair.count))];
    return el('li', {}, el('button', { onclick: pair.go, title: pair.label }, parts));
  };
  return plot(title, el('ol', { class: 'bars' }, pairs.map(line)), { columns: pairColumns(key, count), rows: pairs });
}
/// Counts by day, week or month, whichever gives a readable number of columns; days without any are there too.
function byTime(dates) {
  const counts = counted(dates.filter(Boolean)).sort((a, b) => a[0] < b[0] ? -1 : 1);
  if (!counts.length) return { step: 'day', columns: [] };
  const time = date => Date.parse(`${date}T00:00:00Z`), DAY = 864e5;
  const first = time(counts[0][0]), last = time(counts.at(-1)[0]), span = (last - first) / DAY;
  const step = span <= 45 ? 'day' : span <= 400 ? 'week' : 'month';
  const iso = ms => new Date(ms).toISOString().slice(0, 10);
  const start = date => step === 'day' ? date : step === 'month' ? `${date.slice(0, 7)}-01` : iso(time(date) - (new Date(time(date)).getUTCDay() + 6) % 7 * DAY);
  const next = date => step === 'month' ? iso(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 1)) : iso(time(date) + (step === 'day' ? 1 : 7) * DAY);
  const groups = new Map();
  for (let date = start(counts[0][0]); date <= counts.at(-1)[0] && groups.size < 600; date = next(date)) groups.set(date, 0);
  for (const [date, n] of counts) groups.set(start(date), (groups.get(start(date)) || 0) + n);
  return { step, columns: [...groups].map(([from, count]) => ({ name: from, from, to: iso(time(next(from)) - DAY), count })) };
}
function timeColumns(title, { step, columns }, counts, go) {
  if (!columns.length) return null;
  const most = Math.max(...columns.map(c => c.count));
  const bar = (column, i) => {
    const fill = el('span', { class: 'col-fill' });
    fill.style.height = `${column.count ? Math.max(2, 100 * column.count / most) : 0}%`;
    const when = step === 'month' ? day(column.from, 'month') : step === 'week' ? `${day(column.from, 'tick')} – ${day(column.to)}` : day(column.from);
    const label = `${when}${colon()}${many(column.count, counts)}`;
    return el('li', {}, el('button', { 'aria-label': label, title: label, disabled: !column.count, tabindex: i ? '-1' : null, onclick: () => go(column) }, fill));
  };
  const list = el('ol', { class: 'cols' }, columns.map(bar));
  walk(list, 'button:not(:disabled)');
  const oneYear = columns[0].from.slice(0, 4) === columns.at(-1).from.slice(0, 4);
  const tick = at => el('span', {}, day(columns[at].from, step === 'month' ? 'month' : oneYear && columns.length > 1 ? 'tick' : 'short'));
  const middle = Math.floor((columns.length - 1) / 2), ends = [...new Set([0, middle, columns.length - 1])];
  return plot(title, el('div', { class: 'cols-box' }, el('span', { class: 'cols-most', 'aria-hidden': 'true' }, number(most)), list, el('div', { class: 'ticks', 'aria-hidden': 'true' }, ends.map(tick))),
    { columns: pairColumns('date', 'count'), rows: columns });
}
/// Left and right inside a row of buttons, so that the Tab key passes it in one step.
function walk(list, selector) {
  const all = [...list.querySelectorAll(selector)];
  all.forEach((button, i) => { button.tabIndex = i ? -1 : 0; });
  list.addEventListener('keydown', event => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], to = by && all[all.indexOf(event.target) + by];
    if (!to) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
}
/// Values of one unit by the date of their article; on a logarithmic scale where they span too much.
function valuesPlot(figures, measured) {
  const points = figures.filter(f => rows[f.article].day && (f.value ?? f.min ?? f.max) !== null)
    .map(f => ({ f, day: rows[f.article].day, value: f.value ?? f.min ?? f.max })).slice(0, 2000);
  if (points.length < 2) return null;
  const W = 560, H = 190, L = 74, R = 14, T = 12, B = 26;
  const positive = points.every(p => p.value > 0), values = points.map(p => p.value), low = Math.min(...values), high = Math.max(...values);
  const log = positive && high / low > 50, scale = log ? Math.log10 : v => v;
  const times = points.map(p => Date.parse(p.day)), t0 = Math.min(...times), t1 = Math.max(...times);
  const x = t => t1 === t0 ? (L + W - R) / 2 : L + (W - L - R) * (t - t0) / (t1 - t0);
  const y = v => high === low ? H / 2 : H - B - (H - T - B) * (scale(v) - scale(low)) / (scale(high) - scale(low));
  const short = v => v.toLocaleString(lang, { notation: 'compact', maximumFractionDigits: 1 });
  const svg = drawn('svg', { viewBox: `0 0 ${W} ${H}`, role: 'group', 'aria-label': `${say('valuesOverTime')} (${measured})`, class: 'values' });
  for (const v of [...new Set([low, log ? 10 ** ((scale(low) + scale(high)) / 2) : (low + high) / 2, high])])
    svg.append(drawn('line', { x1: L, x2: W - R, y1: y(v), y2: y(v) }), drawn('text', { x: L - 8, y: y(v) + 4, 'text-anchor': 'end' }, short(v)));
  svg.append(drawn('text', { x: L, y: H - 6 }, day(points[times.indexOf(t0)].day)));
  if (t1 > t0) svg.append(drawn('text', { x: W - R, y: H - 6, 'text-anchor': 'end' }, day(points[times.indexOf(t1)].day)));
  points.forEach((p, i) => {
    const label = `${day(p.day)}${colon()}${p.f.text} — ${rows[p.f.article].name}`;
    svg.append(drawn('a', { href: address(p.f.article, p.f.n), 'aria-label': label, tabindex: i ? -1 : 0 },
      drawn('circle', { cx: x(times[i]), cy: y(p.value), r: 4.5 }, drawn('title', {}, label))));
  });
  return plot(`${say('valuesOverTime')} (${measured})`, svg, { columns: [{ name: 'date', of: p => p.day }, { name: 'value', of: p => p.value }, { name: 'full_text', of: p => p.f.text }, { name: 'title', of: p => rows[p.f.article].title }], rows: points },
    log ? say('logScale') : null);
}
