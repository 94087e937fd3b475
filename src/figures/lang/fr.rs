//! French.

use super::{Language, changes, lexicon, map};
use crate::figures::lexicon::Card::{Hundred, Scale, Ten, Thousand, Unit};
use crate::figures::lexicon::Word::{
    Cardinal, Collective, Factor, Month, Ordinal, Part, Period, Several, Weekday,
};
use crate::figures::lexicon::{Word, WordSet};
use crate::figures::phrase::Phrases;
use crate::record::Direction::{Down, Up};
use crate::record::Lang;
use crate::record::Qualifier::{self, Approx, AtLeast, AtMost, Exact, LessThan, MoreThan};

pub(super) fn language() -> Language {
    let mut change = changes(CHANGE, VERBS);
    // `un montant de`, `une économie de marché`: nouns that look like forms of the verbs.
    for noun in ["montant", "avancees", "tombe", "portant"] {
        change.remove(noun);
    }
    Language {
        lang: Lang::Fr,
        decimal_comma: true,
        lexicon: lexicon(NUMBER_WORDS),
        function_words: WordSet::new(FUNCTION_WORDS),
        adjectives: WordSet::new(ADJECTIVES),
        labels: WordSet::new(LABELS),
        streets: WordSet::new(STREETS),
        before: Phrases::leading(BEFORE),
        after: Phrases::trailing(AFTER),
        change,
        per: map(PER),
        months: map(MONTHS),
    }
}

const NUMBER_WORDS: &[(&str, Word)] = &[
    ("zero", Cardinal(Unit(0))),
    ("un une", Cardinal(Unit(1))),
    ("deux", Cardinal(Unit(2))),
    ("trois", Cardinal(Unit(3))),
    ("quatre", Cardinal(Unit(4))),
    ("cinq", Cardinal(Unit(5))),
    ("six", Cardinal(Unit(6))),
    ("sept", Cardinal(Unit(7))),
    ("huit", Cardinal(Unit(8))),
    ("neuf", Cardinal(Unit(9))),
    ("dix", Cardinal(Unit(10))),
    ("onze", Cardinal(Unit(11))),
    ("douze", Cardinal(Unit(12))),
    ("treize", Cardinal(Unit(13))),
    ("quatorze", Cardinal(Unit(14))),
    ("quinze", Cardinal(Unit(15))),
    ("seize", Cardinal(Unit(16))),
    ("vingt vingts", Cardinal(Ten(20))),
    ("trente", Cardinal(Ten(30))),
    ("quarante", Cardinal(Ten(40))),
    ("cinquante", Cardinal(Ten(50))),
    ("soixante", Cardinal(Ten(60))),
    ("septante", Cardinal(Ten(70))),
    ("huitante octante", Cardinal(Ten(80))),
    ("nonante", Cardinal(Ten(90))),
    ("cent cents", Cardinal(Hundred)),
    ("mille mil", Cardinal(Thousand)),
    ("million millions", Cardinal(Scale(6))),
    ("milliard milliards", Cardinal(Scale(9))),
    ("billion billions", Cardinal(Scale(12))),
    ("billiard billiards", Cardinal(Scale(15))),
    ("trillion trillions", Cardinal(Scale(18))),
    ("trilliard trilliards", Cardinal(Scale(21))),
    ("quadrillion quadrillions", Cardinal(Scale(24))),
    (
        "premier premiere premiers premieres unieme uniemes",
        Ordinal(Unit(1)),
    ),
    (
        "second seconde seconds secondes deuxieme deuxiemes",
        Ordinal(Unit(2)),
    ),
    ("troisieme troisiemes", Ordinal(Unit(3))),
    ("quatrieme quatriemes", Ordinal(Unit(4))),
    ("cinquieme cinquiemes", Ordinal(Unit(5))),
    ("sixieme sixiemes", Ordinal(Unit(6))),
    ("septieme septiemes", Ordinal(Unit(7))),
    ("huitieme huitiemes", Ordinal(Unit(8))),
    ("neuvieme neuviemes", Ordinal(Unit(9))),
    ("dixieme dixiemes", Ordinal(Unit(10))),
    ("onzieme onziemes", Ordinal(Unit(11))),
    ("douzieme douziemes", Ordinal(Unit(12))),
    ("treizieme treiziemes", Ordinal(Unit(13))),
    ("quatorzieme quatorziemes", Ordinal(Unit(14))),
    ("quinzieme quinziemes", Ordinal(Unit(15))),
    ("seizieme seiziemes", Ordinal(Unit(16))),
    ("vingtieme vingtiemes", Ordinal(Ten(20))),
    ("trentieme trentiemes", Ordinal(Ten(30))),
    ("quarantieme quarantiemes", Ordinal(Ten(40))),
    ("cinquantieme cinquantiemes", Ordinal(Ten(50))),
    ("soixantieme soixantiemes", Ordinal(Ten(60))),
    ("septantieme septantiemes", Ordinal(Ten(70))),
    ("huitantieme huitantiemes octantieme", Ordinal(Ten(80))),
    ("nonantieme nonantiemes", Ordinal(Ten(90))),
    ("centieme centiemes", Ordinal(Hundred)),
    ("millieme milliemes", Ordinal(Thousand)),
    ("millionieme millioniemes", Ordinal(Scale(6))),
    ("milliardieme milliardiemes", Ordinal(Scale(9))),
    ("billionieme", Ordinal(Scale(12))),
    ("billiardieme", Ordinal(Scale(15))),
    ("trillionieme", Ordinal(Scale(18))),
    ("huitaine huitaines", Collective(8)),
    ("dizaine dizaines", Collective(10)),
    ("douzaine douzaines", Collective(12)),
    ("quinzaine quinzaines", Collective(15)),
    ("vingtaine vingtaines", Collective(20)),
    ("trentaine", Collective(30)),
    ("quarantaine", Collective(40)),
    ("cinquantaine", Collective(50)),
    ("soixantaine", Collective(60)),
    ("centaine centaines", Collective(100)),
    ("millier milliers", Collective(1000)),
    ("moitie demi demie", Part(2)),
    ("tiers", Part(3)),
    ("quart quarts", Part(4)),
    ("plusieurs quelques", Several),
    ("janvier", Month(1)),
    ("fevrier", Month(2)),
    ("mars", Month(3)),
    ("avril", Month(4)),
    ("mai", Month(5)),
    ("juin", Month(6)),
    ("juillet", Month(7)),
    ("aout", Month(8)),
    ("septembre", Month(9)),
    ("octobre", Month(10)),
    ("novembre", Month(11)),
    ("decembre", Month(12)),
    ("lundi", Weekday(1)),
    ("mardi", Weekday(2)),
    ("mercredi", Weekday(3)),
    ("jeudi", Weekday(4)),
    ("vendredi", Weekday(5)),
    ("samedi", Weekday(6)),
    ("dimanche", Weekday(7)),
    (
        "double doublee doubles doublees doubler doublent doublait doublera doublement",
        Factor(2, true),
    ),
    (
        "triple triplee triples triplees tripler triplent triplait triplera triplement",
        Factor(3, true),
    ),
    (
        "quadruple quadruplee quadruples quadruplees quadrupler quadruplent quadruplait quadruplera quadruplement",
        Factor(4, true),
    ),
    (
        "quintuple quintuplee quintuples quintuplees quintupler quintuplent quintuplait quintuplera quintuplement",
        Factor(5, true),
    ),
    ("sextuple sextuplee sextupler sextuplait", Factor(6, true)),
    (
        "decuple decuplee decuples decuplees decupler decuplait decuplera",
        Factor(10, true),
    ),
    ("centuple centupler", Factor(100, true)),
    (
        "hier demain aujourd trimestre trimestres semestre semestres exercice annee annees an mois semaine ete hiver printemps automne siecle veille",
        Period,
    ),
];

const MONTHS: &[(&str, u8)] = &[
    ("janvier janv jan", 1),
    ("fevrier fevr fev", 2),
    ("mars", 3),
    ("avril avr", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet juil jui", 7),
    ("aout", 8),
    ("septembre sept", 9),
    ("octobre oct", 10),
    ("novembre nov", 11),
    ("decembre dec", 12),
];

/// Never a counted noun, though they follow numbers and may end like a plural.
const FUNCTION_WORDS: &str = "
    a à ai aura auront aurait auraient ainsi alors apres as au aucun auparavant aussi aussitot autant autre autres aux avaient avait avant avec avoir avons
    beaucoup bien car ce ceci cela celle celles celui cependant ces cet cette ceux chacun chacune chaque chez ci
    comme comment compris contre dans de deja depuis derriere des desormais dessous dessus devant donc dont du durant
    elle elles en encore enfin ensemble ensuite entre environ est et etaient etait etant etc ete etre eu eux
    fois furent fut hors hui ici il ils jamais je jusque jusqu la là laquelle le lequel les lesquelles lesquels leur
    leurs lors lorsque lui ma maintenant mais malgre me meme memes mes mieux moi moins mon ne neanmoins ni nombreuses
    nombreux non nos notamment notre nous nul on ont or ou où outre par parce parfois parmi pas pendant personne peu
    peut peuvent plus plutot pour pourtant presque pres pris puis puisque quand quant que quel quelle quelles quels
    qui quoi sa sans se selon sera serait seront ses seul seule seules seuls si sinon soit sommes son sont sous
    souvent sur surtout ta tandis tant te tel telle tels tellement ton toujours tous tout toute toutefois toutes tres
    trop tu un une vers versus via voici voila voire vos votre vous vs y ans pourcent restants restantes suivants
    suivantes precedents precedentes autour lendemain deuxieme troisieme fin debut mi hausse baisse net brut ht ttc
    jusqu quelque quelques plusieurs ca car environ pres faute grace lors hormis excepte sauf dits dites
";

/// Between a number and its noun.
const ADJECTIVES: &str = "
    premiers premieres derniers dernieres prochains prochaines habituel habituels habituelles operationnels
    operationnelles nouveaux nouvelles nouveau nouvelle nouvel grands grandes petits petites gros grosses
    principaux principales autres anciens anciennes jeunes meilleurs meilleures seuls seules vrais vraies bons
    bonnes belles beaux memes quelques futurs futures differents differentes simples grand grande petit petite
    ancien ancienne jeune bon bonne autre premier premiere dernier derniere seul seule longs longues courts
    courtes hauts hautes pauvres riches fameux fameuses fausses faux
";

/// Before a number that is no figure but the name of something, or its place in a document.
const LABELS: &str = "
    article articles art alinea alineas chapitre chapitres page pages paragraphe section sections annexe annexes
    figure fig tableau numero numeros no scopes version versions niveau niveaux phase type classe categorie
    lot scope tier serie tome volume episode saison etape tranche reacteur ligne lignes route nationale departementale
    autoroute chambre bureau porte norme directive reglement loi decret arrete ordonnance
    resolution amendement proposition chaine canal appartement bp cs cedex siren siret rcs bloc
    iphone ipad ipados ios macos watchos windows android galaxy pixel rtx gtx rx ryzen core boeing airbus cac sbf ftse dax
    stoxx nikkei russell playstation xbox fifa gpt claude gemini llama mistral falcon ariane vega usb hdmi fi wifi
    bluetooth snapdragon dimensity exynos kirin formule euronext fortune next tech covid opus sonnet qwen grok
    deepseek mixtral phi redmi mate honor oneplus find note surface photoshop office java python php html css unity
    unreal ethernet pcie ddr lpddr gddr hbm wpa rfc iso nf din iec ieee bale solvabilite crit crit'air euro7 article49
    dune apollo artemis soyouz shenzhou chang crew starship atlas delta vulcan glenn rafale mirage leopard
    vision agenda plan acte scenario grade echelon agence caisse photo image video question
    partie slide planche illustration schema graphique encadre note renvoi reference ref
    dossier affaire pourvoi brevet matricule quai terminal hall gate vol train bus tram metro zone port film sortie ecole
    lycee college bus batiment escalier etage aile secteur district canton puits unite tableau server phases tranches atr embraer gulfstream cessna tempete ouragan bac coefficient format ratio
";

const STREETS: &str = "
    rue avenue av boulevard bd bld place quai chemin allee allees impasse cours square route faubourg passage
    esplanade rond sentier villa
";

const BEFORE: &[(&str, Qualifier)] = &[
    (
        "environ|a peu pres|à peu pres|aux alentours de|à alentours de|alentours de|autour de|pres de|proche de|proches de|quelque|quelques|presque|quasi|quasiment|pratiquement|approximativement|de ordre de|de le ordre de|avoisinant|avoisine|avoisinent|avoisiner|avoisinait|avoisinaient|avoisinerait|avoisinera|avoisineront|avoisineraient|avoisinerait le|avoisinera le|avoisinant le|avoisine le|avoisiner le|avoisinent le|frole|frole le|froler|froler le|frolent|frolent le|frolait le|frolant le|frolant|frolerait|frolerait le|frolera|frolera le|froleront|froleront le|approchera|approchera le|approcherait|approcherait le|approcheraient le|flirte avec le|approche|approche de|approche le|approchent le|approchant le|approchant|approchait le|approcher|approcher le|approcher de|se rapproche de|à environs de|plus ou moins|grosso modo|tourne autour de|~|≈|∼|env .|ca .|disons|à vue de nez|voisin de|voisine de|voisins de|un petit|un bon|un gros|peu ou prou|à peine|environ de|dans le|en gros",
        Approx,
    ),
    (
        "plus de|un peu plus de|bien plus de|beaucoup plus de|largement plus de|nettement plus de|plus que|au-delà de|à - delà de|à dela de|au dela de|à delà de|à - dela de|à - dessus de|à dessus de|à - dessus de le|à - delà de le|superieur à|superieure à|superieurs à|superieures à|depasse|depasse le|depassent|depassent le|depasser|depasser le|depassant|depassant le|depassait|depassait le|depassaient|depassaient le|depassera|depassera le|depasserait|depasserait le|depasseraient|depasseront|depasse deja|depasse deja le|depasse desormais|depasse desormais le|excede|excedent|excedant|exceder|excedait|excedera|exceder le|excede le|excedant le|depasse le barre de|depasse le seuil de|depasse le cap de|depasser le barre de|depasser le seuil de|depasser le cap de|depassant le barre de|depassant le seuil de|depassant le cap de|depassera le barre de|franchi le barre de|franchi le cap de|franchi le seuil de|franchit le barre de|franchit le cap de|franchit le seuil de|franchir le barre de|franchir le cap de|franchir le seuil de|franchissant le barre de|franchissant le cap de|franchissant le seuil de|franchissent le barre de|franchissent le cap de|franchira le barre de|franchira le cap de|passe le barre de|passe le cap de|passer le barre de|passer le cap de|passent le barre de|depasse largement|depasse largement le|depassant largement le|>|+ de|plus de quelque",
        MoreThan,
    ),
    (
        "sous|moins de|un peu moins de|bien moins de|nettement moins de|moins que|en dessous de|à - dessous de|à dessous de|en - dessous de|en - dessous de le|en dessous de le|à - dessous de le|en deca de|en - deca de|en deca de le|inferieur à|inferieure à|inferieurs à|inferieures à|sous le|sous le barre de|sous le seuil de|sous le cap de|< |- de|moins de le",
        LessThan,
    ),
    (
        "à moins|à minimum|minimum|pas moins de|à bas mot|à partir de|un minimum de|superieur ou egal à|superieure ou egale à|superieurs ou egaux à|superieures ou egales à|minimum de|à moins egal à|≥|> =|ne moins de|non moins de|minimale de|minimal de",
        AtLeast,
    ),
    (
        "jusque à|dans le limite de|à plus|à maximum|maximum|pas plus de|un maximum de|maximum de|plafonne à|plafonnee à|plafonnes à|plafonnees à|limite à|limitee à|limites à|limitees à|à grand maximum|inferieur ou egal à|inferieure ou egale à|inferieurs ou egaux à|inferieures ou egales à|jusque|≤|< =|maximale de|maximal de|ne excede pas|ne depasse pas|ne depassant pas|ne excedant pas|ne depassent pas|ne depasse pas le|ne excede plus|ne excede plus le|ne depasse plus|ne depasse plus le|ne excedera pas|ne depassera pas|ne pas depasser|sans depasser",
        AtMost,
    ),
    ("exactement|precisement|tout juste|à moins que|ne plus que", Exact),
];

const AFTER: &[(&str, Qualifier)] = &[
    (
        "environ|à peu pres|a peu pres|approximativement|grosso modo|à bas mot pres",
        Approx,
    ),
    (
        "à moins|à minimum|minimum|ou plus|et plus|voire plus|mini|à bas mot|et davantage|ou davantage|et +",
        AtLeast,
    ),
    (
        "à plus|à maximum|maximum|ou moins|et moins|maxi|à grand maximum|tout à plus",
        AtMost,
    ),
];

/// Nouns of change, and the verbs that are not in `-er`.
const CHANGE: &[(&str, crate::record::Direction)] = &[
    (
        "hausse hausses augmentation augmentations progression progressions croissance bond rebond rebonds rebondi
         rebondit rebondir rebondissent rebondissant progresse bondi bondit bondir bondissent bondissant bondissait bondira
         bondirait avance croit croitre croissent croissait croitra croitrait croissant crue envolee flambee
         accroissement accroit accroitre accru accrue accrus acceleration redressement reprend reprennent repris
         pris prend prenait prennent prendre prenant prendra octroie octroient octroyait octroye
         octroyer octroyant relevement majoration surcroit montee ascension appreciation rencherissement rencherit rencheri rencherir rencherissent rencherirait rencherira surcout
         explosion boom gain gains alourdit alourdir alourdi alourdie alourdissent alourdirait alourdira accroitrait accroitra tendu tendue tendus tendait tendent amelioration inflation revalorisation elargi elargit",
        Up,
    ),
    (
        "baisse baisses recul reculs diminution diminutions chute chutes plongeon degringolade repli replis
         perd perdent perdre perdait perdu perdus perdra perdrait perdant effondrement contraction contractions
         reduction reductions reduit reduite reduire reduisent reduisant reduits reduites reduira decroissance
         decroit decroitre ralentissement retrait regression rabais remise ristourne decrue
         abaissement decote depreciation coupe coupes erosion fond fondu fondre flechit flechir flechi flechissent flechissait flechissant flechissement
         raccourcit raccourcir raccourci raccourcie detendu detendait detend detendent tassement reflux decrochage degringolade allegement",
        Down,
    ),
];

/// Stems of verbs in `-er`.
const VERBS: &[(&str, crate::record::Direction)] = &[
    (
        "augment progress grappill grimp gagn regagn avanc mont hauss major acceler redress relev appreci envol
         flamb explos gonfl revaloris amelior bonifi remont rehauss renforc boost adjug redecoll decoll acceler allong rallong",
        Up,
    ),
    (
        "baiss recul diminu chut plong degringol repli tomb ced effondr contract deviss lach regress amput abaiss
         depreci abandonn devalu rogn erod retomb tass reflu decroch dechut rabaiss rabot amenuis affaiss ecroul ecourt alleg",
        Down,
    ),
];

/// What follows `par` or a slash, with the form that the unit takes.
const PER: &[(&str, &str)] = &[
    ("seconde s sec", "s"),
    ("minute min mn", "min"),
    ("heure h", "h"),
    ("jour journee jours j", "day"),
    ("nuit nuitee", "night"),
    ("semaine sem", "week"),
    ("mois", "month"),
    ("trimestre", "quarter"),
    ("semestre", "half-year"),
    ("an annee ans", "year"),
    ("siecle", "century"),
    ("habitant hab habitants", "habitant"),
    ("tonne tonnes", "t"),
    ("livre", "lb"),
    ("kilo kilogramme kilos", "kg"),
    ("gramme", "g"),
    ("litre", "L"),
    ("hectolitre", "hL"),
    ("hectare", "ha"),
    ("kilometre kilometres", "km"),
    ("metre metres", "m"),
    ("kilowattheure kilowattheures", "kWh"),
    ("megawattheure megawattheures", "MWh"),
    ("gigawattheure", "GWh"),
    ("kilowatt", "kW"),
    ("megawatt", "MW"),
    ("baril barils", "bbl"),
    ("once", "oz"),
    ("personne", "personne"),
    ("tete", "tête"),
    ("action", "action"),
    ("titre", "titre"),
    ("part", "part"),
    ("salarie", "salarié"),
    ("employe", "employé"),
    ("utilisateur", "utilisateur"),
    ("client", "client"),
    ("abonne", "abonné"),
    ("abonnement", "abonnement"),
    ("foyer", "foyer"),
    ("menage", "ménage"),
    ("famille", "famille"),
    ("eleve", "élève"),
    ("etudiant", "étudiant"),
    ("enfant", "enfant"),
    ("adulte", "adulte"),
    ("patient", "patient"),
    ("vehicule", "véhicule"),
    ("voiture", "voiture"),
    ("logement", "logement"),
    ("unite", "unité"),
    ("piece", "pièce"),
    ("exemplaire", "exemplaire"),
    ("appareil", "appareil"),
    ("puce", "puce"),
    ("trajet", "trajet"),
    ("infraction", "infraction"),
    ("dossier", "dossier"),
    ("chambre", "chambre"),
    ("billet", "billet"),
    ("document", "document"),
    ("appel", "appel"),
    ("message", "message"),
    ("contrat", "contrat"),
    ("travailleur", "travailleur"),
    ("elu", "élu"),
    ("joueur", "joueur"),
    ("vol", "vol"),
    ("seance", "séance"),
    ("repas", "repas"),
    ("bouteille", "bouteille"),
    ("paquet", "paquet"),
    ("requete", "requête"),
    ("token jeton", "token"),
    ("transaction", "transaction"),
    ("commande", "commande"),
    ("colis", "colis"),
    ("passager", "passager"),
    ("emploi", "emploi"),
    ("poste", "poste"),
    ("licence", "licence"),
    ("siege", "siège"),
    ("agent", "agent"),
    ("actionnaire", "actionnaire"),
    ("entreprise", "entreprise"),
    ("site", "site"),
    ("image", "image"),
    ("page", "page"),
    ("clic", "clic"),
    ("gigaoctet", "Go"),
    ("teraoctet", "To"),
    ("dollar", "dollar"),
    ("euro", "euro"),
];
