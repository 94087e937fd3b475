// What the interface says, in French and in English.
const words = {
  fr: {
    overview: 'Synthèse', articles: 'Articles', figures: 'Chiffres', entities: 'Entités', problems: 'À vérifier',
    searchArticles: 'Chercher dans les articles', searchFigures: 'Chercher dans les chiffres et leurs phrases',
    searchEntities: 'Chercher une entité', searchProblems: 'Chercher dans les messages', entity: 'Entité', kind: 'Nature', unit: 'Unité',
    type: 'Type', from: 'Du', to: 'Au', problem: 'Problème', check: 'Contrôle', severity: 'Gravité', stage: 'Étape', all: 'Tous', allF: 'Toutes',
    any: 'À vérifier seulement', clear: 'Effacer les filtres', copy: 'Copier en CSV', copied: 'Copié', notCopied: 'La copie a échoué',
    sortBy: 'Trier par', more: 'Afficher la suite', none: 'Rien ne correspond à ces critères.', nothing: 'Rien à signaler.',
    text: 'Chiffre', value: 'Valeur', period: 'Période', qualifier: 'Précision', sentence: 'Phrase', article: 'Article', measure: 'Mesure',
    subject: 'De qui', speaker: 'Selon', direction: 'Évolution', title: 'Titre', date: 'Date', lang: 'Langue', toCheck: 'À vérifier', canonical: 'Entité',
    mentions: 'Mentions', aliases: 'Autres noms', description: 'Description', message: 'Message', file: 'Fichier',
    source: 'Texte', translation: 'Traduction', both: 'Côte à côte', display: 'Affichage', summaries: 'Résumés', by_paragraph: 'par paragraphes', by_sentence: 'par phrases',
    extractive: 'phrases de l’article', model: 'rédigé par le modèle', paragraph: 'Aller au paragraphe',
    previous: 'Article précédent', next: 'Article suivant', list: 'Tous les articles', backToTable: 'Revenir au tableau', backToText: 'Revenir au texte', backToSummary: 'Revenir au résumé', backToList: 'Revenir à la liste',
    seeRow: 'Voir la ligne', byKind: 'Chiffres par nature', byDay: 'Articles par jour', byWeek: 'Articles par semaine', byMonth: 'Articles par mois',
    top: 'Entités les plus citées', overTime: 'Chiffres au fil du temps', valuesOverTime: 'Valeurs au fil du temps', nextTo: 'au voisinage de',
    logScale: 'échelle logarithmique', filters: 'Filtres', charts: 'Graphiques', allProblems: 'Tout voir', wrongFigures: 'chiffres à vérifier',
    theme: 'Thème clair ou sombre', language: 'English', help: 'Raccourcis clavier', close: 'Fermer', skip: 'Aller au contenu', views: 'Rubriques',
    loading: 'Chargement…', searching: 'Recherche dans les textes…', missingFile: 'Un fichier du dossier report_files manque ou ne va pas avec cette page. Gardez ce dossier à côté de report.html, ou relancez « depeche report ».',
    notFound: 'Cette adresse ne mène à aucun article de cette page.', about: 'Exécution', lostHere: 'manque ici', noDate: 'sans date',
    keySearch: 'chercher', keyArticle: 'article suivant, précédent', keyFigure: 'chiffre suivant, précédent', keyCheck: 'point à vérifier suivant',
    keyRow: 'du chiffre à sa ligne, et retour', keyRows: 'd’une ligne à l’autre d’un tableau', keyViews: 'rubriques', keyHelp: 'cette aide', keyBack: 'revenir d’où l’on vient', keyTranslation: 'autre traduction',
  },
  en: {
    overview: 'Overview', articles: 'Articles', figures: 'Figures', entities: 'Entities', problems: 'To check',
    searchArticles: 'Search the articles', searchFigures: 'Search figures and their sentences', searchEntities: 'Search entities', searchProblems: 'Search messages',
    entity: 'Entity', kind: 'Kind', unit: 'Unit', type: 'Type', from: 'From', to: 'To', problem: 'Problem', check: 'Check', severity: 'Severity', stage: 'Stage',
    all: 'All', allF: 'All', any: 'To check only', clear: 'Clear filters', copy: 'Copy as CSV', copied: 'Copied', notCopied: 'Copying failed',
    sortBy: 'Sort by', more: 'Show more', none: 'Nothing matches these criteria.', nothing: 'Nothing to report.',
    text: 'Figure', value: 'Value', period: 'Period', qualifier: 'Precision', sentence: 'Sentence', article: 'Article', measure: 'Measure',
    subject: 'Of whom', speaker: 'According to', direction: 'Movement', title: 'Title', date: 'Date', lang: 'Language', toCheck: 'To check', canonical: 'Entity',
    mentions: 'Mentions', aliases: 'Other names', description: 'Description', message: 'Message', file: 'File',
    source: 'Text', translation: 'Translation', both: 'Side by side', display: 'Display', summaries: 'Summaries', by_paragraph: 'by paragraphs', by_sentence: 'by sentences',
    extractive: 'sentences of the article', model: 'written by the model', paragraph: 'Go to paragraph',
    previous: 'Previous article', next: 'Next article', list: 'All articles', backToTable: 'Back to the table', backToText: 'Back to the text', backToSummary: 'Back to the summary', backToList: 'Back to the list',
    seeRow: 'See its row', byKind: 'Figures by kind', byDay: 'Articles by day', byWeek: 'Articles by week', byMonth: 'Articles by month',
    top: 'Most mentioned entities', overTime: 'Figures over time', valuesOverTime: 'Values over time', nextTo: 'next to',
    logScale: 'logarithmic scale', filters: 'Filters', charts: 'Charts', allProblems: 'See all', wrongFigures: 'figures to check',
    theme: 'Light or dark theme', language: 'Français', help: 'Keyboard shortcuts', close: 'Close', skip: 'Skip to content', views: 'Views',
    loading: 'Loading…', searching: 'Searching the texts…', missingFile: 'A file of the folder report_files is missing or does not belong to this page. Keep that folder next to report.html, or run “depeche report” again.',
    notFound: 'This address leads to no article of this page.', about: 'Run', lostHere: 'missing here', noDate: 'no date',
    keySearch: 'search', keyArticle: 'next, previous article', keyFigure: 'next, previous figure', keyCheck: 'next point to check',
    keyRow: 'from a figure to its row, and back', keyRows: 'from row to row of a table', keyViews: 'views', keyHelp: 'this help', keyBack: 'back to where you came from', keyTranslation: 'another translation',
  },
};
// What the data names, as a French reader says it; English reads the names themselves, without underscores.
const named = {
  money: 'montant', percent: 'pourcentage', percentage_points: 'points de pourcentage', basis_points: 'points de base', count: 'nombre',
  quantity: 'quantité', ratio: 'part', multiple: 'facteur', ordinal: 'rang', date: 'date', duration: 'durée', age: 'âge',
  temperature: 'température', rate: 'taux', index: 'indice', exact: 'exact', approx: 'environ', at_least: 'au moins', at_most: 'au plus',
  less_than: 'moins de', more_than: 'plus de', range: 'fourchette', person: 'personne', organization: 'organisation', product: 'produit', place: 'lieu',
  event: 'événement', work: 'œuvre', law: 'texte de loi', note: 'note', flag: 'à vérifier', error: 'erreur', ingest: 'lecture', summary: 'résumé',
  translation: 'traduction', extraction: 'extraction', figures: 'chiffres', gate: 'contrôle des chiffres', output: 'écriture', task: 'modèle', missing: 'absent de la traduction',
  invented: 'absent de la source', changed_value: 'valeur changée', changed_unit: 'unité changée', changed_currency: 'devise changée',
  up: 'en hausse', down: 'en baisse', fr: 'français', en: 'anglais', und: 'autre langue',
};
const renamed = { missing: 'missing from the translation', invented: 'not in the source', flag: 'to check', up: 'up', down: 'down', fr: 'French', en: 'English', und: 'other language' };
const plural = {
  fr: { article: ['article', 'articles'], figure: ['chiffre', 'chiffres'], entity: ['entité', 'entités'], problem: ['point', 'points'], toCheck: ['point à vérifier', 'points à vérifier'],
    translation: ['traduction', 'traductions'], mention: ['mention', 'mentions'] },
  en: { article: ['article', 'articles'], figure: ['figure', 'figures'], entity: ['entity', 'entities'], problem: ['point', 'points'], toCheck: ['point to check', 'points to check'],
    translation: ['translation', 'translations'], mention: ['mention', 'mentions'] },
};
let lang = Object.hasOwn(words, kept('lang') || '') ? kept('lang') : (navigator.language || 'fr').startsWith('fr') ? 'fr' : 'en';
const say = key => words[lang][key] || key;
const called = (name, of) => !name ? '' : lang === 'en' ? renamed[name] || name.replaceAll('_', ' ')
  : of === 'qualifier' && name === 'multiple' ? 'plusieurs' : named[name] || name;
const quoted = text => lang === 'fr' ? `«\u00a0${text}\u00a0»` : `“${text}”`;
const colon = () => lang === 'fr' ? '\u00a0: ' : ': ';
/// `1 chiffre`, `1 200 chiffres`: French counts 0 and 1 as one.
const noun = (n, key) => plural[lang][key][(lang === 'fr' ? n < 2 : n === 1) ? 0 : 1];
const many = (n, key) => `${number(n)} ${noun(n, key)}`;
const explained = f => {
  const source = f.source && quoted(f.source), target = f.target && quoted(f.target);
  if (f.kind === 'missing' && source) return lang === 'fr' ? `${source} manque dans la traduction` : `${source} is missing from the translation`;
  if (f.kind === 'invented' && target) return lang === 'fr' ? `${target} n’est pas dans la source` : `${target} is not in the source`;
  // what changed stands behind both quotes
  const why = f.message.split('”: ').at(-1);
  return source && target ? `${why !== f.message && told(why) || called(f.kind)}${colon()}${source} → ${target}` : told(f.message);
};
function number(value) { return typeof value === 'number' ? value.toLocaleString(lang, { maximumFractionDigits: 10 }) : ''; }
const days = { short: { day: 'numeric', month: 'short', year: 'numeric' }, month: { month: 'short', year: 'numeric' }, tick: { day: 'numeric', month: 'short' } };
/// A date in words; what is no date stays as it is.
function day(date, style = 'short') {
  const parsed = /^\d{4}-\d\d-\d\d/.test(date || '') ? new Date(`${date.slice(0, 10)}T00:00:00Z`) : null;
  return !parsed || isNaN(parsed) ? date || '' : parsed.toLocaleDateString(lang === 'fr' ? 'fr-FR' : 'en-GB', { ...days[style], timeZone: 'UTC' });
}
/// What the reader chose before; a browser may keep nothing for files.
function kept(key) { try { return localStorage.getItem(`depeche-${key}`); } catch { return null; } }
function keep(key, value) { try { localStorage.setItem(`depeche-${key}`, value); } catch { /* chosen for this time only */ } }
