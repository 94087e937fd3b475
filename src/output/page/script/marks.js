// Marks in the text: figures, entities, mismatches; what hovering shows; the way from a mark to its row and back.
/// A text cut into plain pieces and marks; offsets count code points, as in the tables.
function marked(text, start, spans) {
  const points = Array.from(text), out = [];
  let at = 0;
  const inside = spans.filter(s => s.start >= start && s.end <= start + points.length && s.end > s.start);
  // what is wrong before what is a figure, what is a figure before what is a name
  inside.sort((a, b) => a.start - b.start || a.rank - b.rank || b.end - a.end);
  const taken = [];
  for (const span of [...inside].sort((a, b) => a.rank - b.rank)) if (!taken.some(t => span.start < t.end && t.start < span.end)) taken.push(span);
  for (const span of taken.sort((a, b) => a.start - b.start)) {
    out.push(points.slice(at, span.start - start).join(''), span.node(points.slice(span.start - start, span.end - start).join('')));
    at = span.end - start;
  }
  out.push(points.slice(at).join(''));
  return out;
}
/// A mark that the arrow keys reach: only one of the page is in the order of the Tab key.
const mark = (attributes, text) => el('mark', { tabindex: '-1', role: 'link', ...attributes }, text);
/// A number is not torn apart at the end of a line, unless it has many words.
const short = text => text.length < 13 ? ' short' : '';
function figureSpan(figure, { side, wrong }) {
  return { start: figure.start, end: figure.end, rank: wrong ? 0 : 1, node: text => mark({ id: side === 'source' ? `f${figure.n}` : null, class: (wrong ? 'figure bad' : 'figure') + short(text),
    'data-f': figure.n }, text) };
}
function entitySpans(text, start, mentions, at) {
  return mentions.map(([from, to]) => ({ start: from, end: to, rank: 2, node: words => mark({ class: 'entity', 'data-e': at }, words) }));
}
/// Where a translation names an entity of its article: names mostly stay as they are.
function namesIn(text, entities, names) {
  const offset = new Map(), spans = [];
  let units = 0, count = 0;
  for (const point of text) { offset.set(units, count++); units += point.length; }
  offset.set(units, count);
  const letter = /[\p{L}\p{N}]/u;
  entities.forEach((_, at) => {
    for (const name of names[at]) for (let place = text.indexOf(name); place >= 0; place = text.indexOf(name, place + name.length)) {
      if (letter.test(text[place - 1] || ' ') || letter.test(text[place + name.length] || ' ')) continue;
      const start = offset.get(place), end = offset.get(place + name.length);
      if (start !== undefined && end !== undefined) spans.push(...entitySpans(text, 0, [[start, end]], at));
    }
  });
  return spans;
}

// The note beside a mark, while it is hovered or focused.
let noted = null;
const tip = () => byId('tip');
function hideTip() { tip().hidden = true; document.querySelectorAll('.same').forEach(node => node.classList.remove('same')); }
function showTip(node, article) {
  hideTip();
  const { f, e, x } = node.dataset, rows = [];
  let lead = null;
  const add = (name, value) => { if (value) rows.push(el('dt', {}, name), el('dd', {}, value)); };
  const finding = x !== undefined ? article.findings[x] : f !== undefined ? article.findings.find(found => found.figure === Number(f)) : null;
  if (f !== undefined) {
    const figure = article.figures.find(figure => figure.n === Number(f));
    lead = [figure.text, called(figure.kind)];
    add(say('value'), `${bounds(figure)} ${unit(figure)}`.trim());
    if (figure.qualifier !== 'exact') add(say('qualifier'), called(figure.qualifier, 'qualifier'));
    add(say('direction'), called(figure.direction));
    for (const key of ['period', 'measure', 'subject', 'speaker']) add(say(key), figure[key]);
    same(`[data-f="${f}"], #r${f}`);
  } else if (e !== undefined) {
    const entity = article.entities[e];
    lead = [entity.canonical, called(entity.type)];
    add(say('mentions'), number(entity.mentions.length));
    add(say('aliases'), entity.aliases.join(', '));
    add(say('description'), entity.description && entity.description.text);
    same(`[data-e="${e}"], #e${e}`);
  }
  if (!lead && !finding) return;
  const box = tip();
  box.replaceChildren(...[lead && el('p', {}, el('b', {}, lead[0]), el('span', {}, lead[1])), rows.length && el('dl', {}, rows), finding && el('p', { class: 'wrong' }, explained(finding))].filter(Boolean));
  box.hidden = false;
  noted = node;
  placeTip();
}
function placeTip() {
  const box = tip();
  if (box.hidden || !noted) return;
  const at = noted.getBoundingClientRect(), width = box.offsetWidth, height = box.offsetHeight;
  const below = at.bottom + 8 + height < innerHeight || at.top < height + 16;
  box.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8))}px`;
  box.style.top = `${below ? at.bottom + 8 : at.top - height - 8}px`;
}
const same = selector => document.querySelectorAll(selector).forEach(node => node.classList.add('same'));

/// Brings a place into view, marks it, and offers the way back to where the reader came from.
function jump(target, from, label) {
  document.querySelectorAll('.hit').forEach(node => node.classList.remove('hit'));
  if (!target) return;
  target.classList.add('hit');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || !from;
  target.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
  if (!target.hasAttribute('tabindex')) target.setAttribute('tabindex', '-1');
  target.focus({ preventScroll: true });
  // a translation that was chosen in between has drawn the article anew
  offerBack(from && label ? () => jump(from.isConnected ? from : byId(from.id), null) : null, label);
}
function offerBack(back, label) {
  const button = byId('back');
  button.hidden = !back;
  button.textContent = back ? `↩ ${say(label)}` : '';
  button.onclick = () => { button.hidden = true; back(); };
}
/// The next or the previous of the page's marks.
function step(selector, by) {
  const marks = [...document.querySelectorAll(selector)].filter(node => node.offsetParent);
  if (!marks.length) return;
  const now = document.activeElement;
  const at = marks.indexOf(now);
  const start = at >= 0 ? at : marks.findIndex(node => now && now !== document.body && now.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) - (by > 0 ? 1 : 0);
  jump(marks[((at < 0 && start < -1 ? -1 : start) + by + marks.length) % marks.length], null);
}
