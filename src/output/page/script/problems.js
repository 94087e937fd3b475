// Problems in the reader's language. They are written in English, where they happen; `french.json` has their French, with
// the same holes (`{#}` for a number alone). What has no wording there stays as it is written.
const wordings = Object.entries(french).map(([english, french]) => {
  const parts = english.split(/\{#?\}/), holes = english.match(/\{#?\}/g) || [];
  const form = parts.map((part, i) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + ({ '{}': '(.+?)', '{#}': '(\\d+)' }[holes[i]] || '')).join('');
  return { parts, french: french.split(/\{#?\}/), own: parts.join(''), form: new RegExp(`^${form}$`, 's') };
}).sort((a, b) => b.own.length - a.own.length);
const spoken = new Map();
/// The French of a message; null where there is none.
function inFrench(text) {
  if (!spoken.has(text)) spoken.set(text, wording(text));
  return spoken.get(text);
}
function wording(text) {
  for (const { parts, french, own, form } of wordings) {
    const match = text.startsWith(parts[0]) && form.exec(text);
    if (!match) continue;
    // what is quoted is the article's, whatever it says
    const filled = match.slice(1).map((hole, i) => /[“`"]$/.test(parts[i]) ? null : /^\d+$/.test(hole) ? number(Number(hole)) : inFrench(hole));
    // a place before a colon is one only when both sides are known
    if (!/\p{L}/u.test(own) && filled.includes(null)) continue;
    return french.reduce((said, part, i) => said + (filled[i - 1] ?? match[i]) + part);
  }
  return null;
}
const told = text => lang === 'fr' ? inFrench(text) ?? text : text;
/// The same as an element: a screen reader reads as English what stayed English.
const tell = text => el('span', { lang: lang === 'fr' && inFrench(text) === null ? 'en' : null }, told(text));
const messageOf = p => told(p.message) + (p.hint ? ` — ${told(p.hint)}` : '');
