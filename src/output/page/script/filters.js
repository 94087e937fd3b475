// What the reader looks for: kept while going from view to view, so that an entity or a span of days holds everywhere.
const blankFilter = { articlesQuery: '', figuresQuery: '', entitiesQuery: '', problemsQuery: '', entity: '', kind: '', unit: '', type: '', from: '', to: '', problem: '', check: '', severity: '', stage: '' };
const filter = { ...blankFilter };
const findingKinds = ['missing', 'invented', 'changed_value', 'changed_unit', 'changed_currency'];

const kindsHere = [...rows.reduce((all, row) => { Object.keys(row.kinds).forEach(kind => all.add(kind)); return all; }, new Set())];
const unitsHere = (() => {
  const units = counted(rows.flatMap(row => row.units)).slice(0, 200).map(pair => pair[0]);
  return kindsHere.includes('percent') ? ['%', ...units.filter(name => name !== '%')] : units;
})();
const checksHere = findingKinds.filter(kind => rows.some(row => row.checks[kind]));
const daysHere = rows.map(row => row.day).filter(day => /^\d{4}-\d\d-\d\d$/.test(day)).sort();

const inDays = date => (!filter.from || date >= filter.from) && (!filter.to || date && date <= filter.to);
const unitFits = f => !filter.unit || unit(f).replace(' ?', '') === filter.unit;
/// Whether an article passes everything but the search, which may still be reading.
function passes(row, around) {
  return inDays(row.day) && (!around || around.articles.has(row.at)) && (!filter.kind || row.kinds[filter.kind])
    && (!filter.unit || row.units.includes(filter.unit) || filter.unit === '%' && row.kinds.percent)
    && (!filter.problem || filter.problem === 'any' && row.flags || row.checks[filter.problem] || row.problems.some(p => p.severity === filter.problem));
}

const wide = () => matchMedia('(min-width:48.01rem)').matches;
/// A bar of fields over a table; `changed` runs when one of them is.
function filterBar(fields, changed) {
  const active = () => { clear.hidden = Object.values(filter).every(value => !value); };
  const change = () => { active(); changed(); };
  const soon = debounce(change, 150);
  const labelled = (name, input) => el('label', { class: 'field' }, el('span', {}, say(name)), input);
  const makers = {
    search: key => el('input', { type: 'search', class: 'search', name: key, value: filter[key], placeholder: say(`search${key[0].toUpperCase()}${key.slice(1, -5)}`),
      'aria-label': say(`search${key[0].toUpperCase()}${key.slice(1, -5)}`), oninput: event => { filter[key] = event.target.value; soon(); } }),
    choice: (key, values, name = called, all = 'all') => values.length < 2 && !filter[key] && key !== 'problem' && key !== 'check' || !values.length ? null
      : labelled(key, el('select', { name: key, onchange: event => { filter[key] = event.target.value; change(); } }, el('option', { value: '' }, say(all)),
        values.map(value => el('option', { value, selected: filter[key] === value }, name(value))))),
    entity: () => !index.entities.length ? null : labelled('entity', el('input', { type: 'text', name: 'entity', list: 'names', value: filter.entity, autocomplete: 'off', spellcheck: 'false',
      oninput: event => { filter.entity = event.target.value; soon(); } })),
    days: () => daysHere.length < 2 ? null : ['from', 'to'].map(key => labelled(key, el('input', { type: 'date', name: key, value: filter[key], min: daysHere[0], max: daysHere.at(-1),
      onchange: event => { filter[key] = event.target.value; change(); } }))),
  };
  const clear = el('button', { class: 'quiet', onclick: () => { Object.assign(filter, blankFilter); route(); } }, say('clear'));
  active();
  return el('form', { class: 'filters', role: 'search', onsubmit: event => event.preventDefault() },
    fields.filter(field => field[0] === 'search').map(field => makers.search(field[1])),
    el('details', { open: wide() || Object.entries(filter).some(([key, value]) => value && !key.endsWith('Query')) }, el('summary', {}, say('filters')),
      el('div', { class: 'fields' }, fields.filter(field => field[0] !== 'search').map(([maker, ...rest]) => makers[maker](...rest)))), clear);
}
const nameList = () => el('datalist', { id: 'names' }, [...index.entities].sort((a, b) => b.places.length - a.places.length).slice(0, 1000).map(e => el('option', { value: e.canonical })));
