// Elements, the clipboard, and words compared as a reader compares them.
// Text only ever goes in through textContent and attributes: article text cannot become markup.
const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  if (tag === 'button') node.type = 'button';
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== '' && child !== false));
  return node;
};
const drawn = (tag, attributes, ...children) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const byId = id => document.getElementById(id);
/// Without accents and case, so that `helicea` finds `Hélicéa`; as long as the text, so that places agree.
const fold = text => Array.from(text, c => {
  if (c < '\u0080') return c.toLowerCase();
  const plain = c.normalize('NFD')[0].toLowerCase();
  return plain.length === c.length ? plain : c;
}).join('');
const debounce = (run, wait) => { let timer; return (...given) => { clearTimeout(timer); timer = setTimeout(() => run(...given), wait); }; };

// CSV as `figures.csv` has it: `;` and decimal commas in French, `,` and points in English; no cell becomes a formula.
const amount = /^\s*$|^\s*\d[\p{L}\p{N}\s,.%€$£°’']*$/u;
const isFormula = text => /^[=@\t\r]/.test(text) || /^[+-]/.test(text) && !amount.test(text.slice(1));
function csv(columns, rows) {
  const [delimiter, point] = lang === 'fr' ? [';', ','] : [',', '.'];
  const spell = value => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number') return plainNumber(value).replace('.', point);
    const text = isFormula(String(value)) ? `'${value}` : String(value);
    return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map(c => spell(c.name)), ...rows.map(row => columns.map(c => spell(c.of(row))))].map(cells => `${cells.join(delimiter)}\r\n`).join('');
}
const plainNumber = value => {
  const text = String(value);
  return text.includes('e') ? value.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 20 }) : text;
};
async function copyText(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* an older browser, or a page it does not trust */ }
  const area = el('textarea', { class: 'unseen', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  let done = false;
  try { done = document.execCommand('copy'); } finally { area.remove(); }
  return done;
}
function copyButton(columns, rows) {
  const button = el('button', { class: 'quiet', 'data-copy': '', onclick: async () => {
    button.textContent = say(await copyText(csv(columns, rows())) ? 'copied' : 'notCopied');
    announce(button.textContent);
    setTimeout(() => { button.textContent = say('copy'); }, 2000);
  } }, say('copy'));
  return button;
}
/// Said by a screen reader.
function announce(text) { byId('live').textContent = text; }
