// The data: the index in the page, blocks of articles and of figures in the page or in files beside it.
const inPage = id => JSON.parse(byId(id).textContent);
const index = inPage('index'), rows = index.articles;
const total = count => rows.reduce((sum, row) => sum + count(row), 0);
const sum = counts => Object.values(counts).reduce((all, n) => all + n, 0);
rows.forEach((row, at) => { row.at = at; row.figures = sum(row.kinds); row.wrong = sum(row.checks); row.name = row.title || row.path; row.day = (row.date || '').slice(0, 10); row.problems = []; });
index.problems.forEach(problem => { if (problem.article !== null) rows[problem.article].problems.push(problem); });
rows.forEach(row => { row.flags = row.problems.filter(p => p.severity !== 'note').length || row.wrong; });
const places = new Map(rows.map(row => [row.id, row.at]).reverse());
const toCheck = index.problems.filter(p => p.severity !== 'note');

const blocks = new Map(), waiting = new Map(), nonce = byId('app').dataset.nonce;
/// A block's data; from a file it comes through the one function that the files call.
function block(kind, number) {
  const key = `${kind}-${number}`;
  if (!blocks.has(key)) blocks.set(key, read(kind, number, key).then(data => kind === 'figures' ? figuresOf(data) : data)
    .catch(error => { blocks.delete(key); throw error; }));
  return blocks.get(key);
}
function read(kind, number, key) {
  const { files } = index.blocks[number];
  if (!files) return Promise.resolve(inPage(key));
  return new Promise((resolve, reject) => {
    const script = el('script', { src: `report_files/${files[kind === 'articles' ? 0 : 1]}`, charset: 'utf-8' });
    script.nonce = nonce;
    const end = () => { script.remove(); waiting.delete(key); };
    waiting.set(key, data => { end(); resolve(data); });
    // a script that ran and handed nothing over is not the file that was asked for
    script.onload = () => { if (waiting.has(key)) { end(); reject(new Error(say('missingFile'))); } };
    script.onerror = () => { end(); reject(new Error(say('missingFile'))); };
    document.head.append(script);
  });
}
window.depeche = (key, data) => { const hand = waiting.get(key); if (hand) hand(data); };

/// Rows from columns: words are places in the list of words.
function figuresOf(columns) {
  const { words: list, ...rest } = columns;
  const spelled = ['text', 'kind', 'qualifier', 'unit', 'currency', 'direction', 'period', 'measure', 'subject', 'speaker', 'sentence', 'check'];
  const names = Object.keys(rest);
  return columns.n.map((_, at) => {
    const figure = {};
    for (const name of names) figure[name] = rest[name][at];
    for (const name of spelled) figure[name] = figure[name] === null ? null : list[figure[name]];
    return figure;
  });
}
const blockOf = at => index.blocks.findLastIndex(b => b.first <= at);
async function details(at) {
  const number = blockOf(at);
  const [articles, figures] = await Promise.all([block('articles', number), block('figures', number)]);
  return { ...rows[at], ...articles[at - index.blocks[number].first], figures: figures.filter(f => f.article === at) };
}
let everyFigure = null;
async function allFigures() {
  everyFigure ||= (await Promise.all(index.blocks.map((_, number) => block('figures', number)))).flat();
  return everyFigure;
}
/// The folded text of every article, block by block, for the search; `found` hears of each block.
async function eachText(found, isOver) {
  for (let number = 0; number < index.blocks.length; number++) {
    const articles = await block('articles', number);
    if (isOver()) return;
    articles.forEach((article, at) => {
      article.plain ??= article.paragraphs.map(p => p[2]).join('\n');
      article.folded ??= fold(article.plain);
      found(index.blocks[number].first + at, article);
    });
    if (index.blocks.length > 1) await new Promise(resolve => setTimeout(resolve));
  }
}

const unit = f => f.kind === 'percent' ? '%' : f.currency ? f.currency + (f.ambiguous ? ' ?' : '') : f.unit || '';
const bounds = f => f.value !== null ? number(f.value) : f.min === null && f.max === null ? ''
  : `${f.min === null ? '' : number(f.min)} – ${f.max === null ? '' : number(f.max)}`.trim();

/// Entities whose name is what was typed, or else holds it.
function entitiesLike(typed) {
  const wanted = fold(typed.trim());
  if (!wanted) return null;
  const names = entity => entity.folded ??= [entity.canonical, ...entity.aliases].map(fold);
  const exact = index.entities.filter(entity => names(entity).includes(wanted));
  return exact.length ? exact : index.entities.filter(entity => names(entity).some(name => name.includes(wanted)));
}
/// The articles and the paragraphs that name an entity: a figure that stands there is read as being about it.
function near(typed) {
  const entities = entitiesLike(typed);
  if (!entities) return null;
  const articles = new Set(), paragraphs = new Set();
  for (const { places: flat } of entities) for (let i = 0; i < flat.length; i += 3) {
    articles.add(flat[i]);
    paragraphs.add(`${flat[i]}:${flat[i + 1]}`);
  }
  return { articles, paragraphs };
}
const counted = values => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
};
