//! English.

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
    Language {
        lang: Lang::En,
        decimal_comma: false,
        lexicon: lexicon(NUMBER_WORDS),
        function_words: WordSet::new(FUNCTION_WORDS),
        adjectives: WordSet::new(ADJECTIVES),
        labels: WordSet::new(LABELS),
        streets: WordSet::new(
            "rue boulevard quai cours allee place street st avenue ave road rd boulevard lane drive square",
        ),
        before: Phrases::leading(BEFORE),
        after: Phrases::trailing(AFTER),
        change: changes(CHANGE, &[]),
        per: map(PER),
        months: map(MONTHS),
    }
}

const NUMBER_WORDS: &[(&str, Word)] = &[
    ("zero", Cardinal(Unit(0))),
    ("one", Cardinal(Unit(1))),
    ("two", Cardinal(Unit(2))),
    ("three", Cardinal(Unit(3))),
    ("four", Cardinal(Unit(4))),
    ("five", Cardinal(Unit(5))),
    ("six", Cardinal(Unit(6))),
    ("seven", Cardinal(Unit(7))),
    ("eight", Cardinal(Unit(8))),
    ("nine", Cardinal(Unit(9))),
    ("ten", Cardinal(Unit(10))),
    ("eleven", Cardinal(Unit(11))),
    ("twelve", Cardinal(Unit(12))),
    ("thirteen", Cardinal(Unit(13))),
    ("fourteen", Cardinal(Unit(14))),
    ("fifteen", Cardinal(Unit(15))),
    ("sixteen", Cardinal(Unit(16))),
    ("seventeen", Cardinal(Unit(17))),
    ("eighteen", Cardinal(Unit(18))),
    ("nineteen", Cardinal(Unit(19))),
    ("twenty", Cardinal(Ten(20))),
    ("thirty", Cardinal(Ten(30))),
    ("forty fourty", Cardinal(Ten(40))),
    ("fifty", Cardinal(Ten(50))),
    ("sixty", Cardinal(Ten(60))),
    ("seventy", Cardinal(Ten(70))),
    ("eighty", Cardinal(Ten(80))),
    ("ninety", Cardinal(Ten(90))),
    ("hundred", Cardinal(Hundred)),
    ("thousand", Cardinal(Thousand)),
    ("million", Cardinal(Scale(6))),
    ("billion", Cardinal(Scale(9))),
    ("trillion", Cardinal(Scale(12))),
    ("crore", Cardinal(Scale(7))),
    ("lakh", Cardinal(Scale(5))),
    ("quadrillion", Cardinal(Scale(15))),
    ("first", Ordinal(Unit(1))),
    ("second", Ordinal(Unit(2))),
    ("third thirds", Ordinal(Unit(3))),
    ("fourth fourths", Ordinal(Unit(4))),
    ("fifth fifths", Ordinal(Unit(5))),
    ("sixth sixths", Ordinal(Unit(6))),
    ("seventh sevenths", Ordinal(Unit(7))),
    ("eighth eighths", Ordinal(Unit(8))),
    ("ninth ninths", Ordinal(Unit(9))),
    ("tenth tenths", Ordinal(Unit(10))),
    ("eleventh", Ordinal(Unit(11))),
    ("twelfth", Ordinal(Unit(12))),
    ("thirteenth", Ordinal(Unit(13))),
    ("fourteenth", Ordinal(Unit(14))),
    ("fifteenth", Ordinal(Unit(15))),
    ("sixteenth", Ordinal(Unit(16))),
    ("seventeenth", Ordinal(Unit(17))),
    ("eighteenth", Ordinal(Unit(18))),
    ("nineteenth", Ordinal(Unit(19))),
    ("twentieth", Ordinal(Ten(20))),
    ("thirtieth", Ordinal(Ten(30))),
    ("fortieth", Ordinal(Ten(40))),
    ("fiftieth", Ordinal(Ten(50))),
    ("hundredth hundredths", Ordinal(Hundred)),
    ("thousandth thousandths", Ordinal(Thousand)),
    ("millionth", Ordinal(Scale(6))),
    ("billionth", Ordinal(Scale(9))),
    ("dozen", Collective(12)),
    ("score", Collective(20)),
    ("tens", Collective(10)),
    ("dozens", Collective(12)),
    ("hundreds", Collective(100)),
    ("thousands", Collective(1000)),
    ("millions", Cardinal(Scale(6))),
    ("billions", Cardinal(Scale(9))),
    ("trillions", Cardinal(Scale(12))),
    ("half halves", Part(2)),
    ("quarter quarters", Part(4)),
    ("several", Several),
    ("january", Month(1)),
    ("february", Month(2)),
    ("march", Month(3)),
    ("april", Month(4)),
    ("may", Month(5)),
    ("june", Month(6)),
    ("july", Month(7)),
    ("august", Month(8)),
    ("september", Month(9)),
    ("october", Month(10)),
    ("november", Month(11)),
    ("december", Month(12)),
    ("monday", Weekday(1)),
    ("tuesday", Weekday(2)),
    ("wednesday", Weekday(3)),
    ("thursday", Weekday(4)),
    ("friday", Weekday(5)),
    ("saturday", Weekday(6)),
    ("sunday", Weekday(7)),
    ("double doubles doubled doubling twofold twice", Factor(2, true)),
    (
        "triple triples tripled tripling trebles trebled trebling threefold thrice",
        Factor(3, true),
    ),
    (
        "quadruple quadruples quadrupled quadrupling fourfold",
        Factor(4, true),
    ),
    ("quintuple quintupled fivefold", Factor(5, true)),
    ("sixfold", Factor(6, true)),
    ("sevenfold", Factor(7, true)),
    ("eightfold", Factor(8, true)),
    ("ninefold", Factor(9, true)),
    ("tenfold", Factor(10, true)),
    ("twelvefold", Factor(12, true)),
    ("fifteenfold", Factor(15, true)),
    ("twentyfold", Factor(20, true)),
    ("hundredfold", Factor(100, true)),
    ("halved halve halving", Factor(2, false)),
    (
        "yesterday today tomorrow fiscal financial year years month week summer winter spring autumn century sixties seventies eighties nineties",
        Period,
    ),
];

const MONTHS: &[(&str, u8)] = &[
    ("january jan", 1),
    ("february feb", 2),
    ("march mar", 3),
    ("april apr", 4),
    ("may", 5),
    ("june jun", 6),
    ("july jul", 7),
    ("august aug", 8),
    ("september sept sep", 9),
    ("october oct", 10),
    ("november nov", 11),
    ("december dec", 12),
];

const FUNCTION_WORDS: &str = "
    a about above according across after again against ago all alone along already also although always am among an
    and another any are around as at away back be because been before being below besides between beyond both but by
    can cannot could did do does doing done down due during each either else even ever every except few for former
    from further had has have having he hence her here hers him his how however i if in indeed instead into is it its
    itself just last least less like many may me might mine more moreover most much must my near neither never next no
    nor not now of off often on once one only onto or other others our out over own part per perhaps please quite
    rather s same seem several she should since so some still such than that the their them then there these they
    this those though through throughout thus times to today together too toward towards under until up upon us use
    used versus very via vs was we well were what when where whether which while who whom whose why will with within
    without would yet you your was is has said says compared including plus minus higher lower up down
";

const ADJECTIVES: &str = "
    new first last next other additional more former major largest biggest main big small large different separate
    consecutive straight financial fiscal calendar full-time full of remaining further extra young active key more
";

const LABELS: &str = "
    article articles art chapter chapters page pages paragraph section sections annex annexes appendix figure fig
    table number no nos version level levels phase type class category lot scope tier series volume vol episode season
    step unit reactor line lines route highway interstate room door standard directive regulation
    resolution amendment proposition channel flight train
    iphone ipad ipados ios macos watchos windows android galaxy pixel rtx gtx rx ryzen core boeing airbus cac sbf ftse dax
    stoxx nikkei russell playstation xbox fifa gpt claude gemini llama mistral falcon ariane vega usb hdmi fi wifi
    bluetooth snapdragon dimensity exynos kirin formula euronext fortune next tech covid opus sonnet qwen grok
    deepseek mixtral phi redmi mate honor oneplus find note surface photoshop office java python php html css unity
    unreal ethernet pcie ddr lpddr gddr hbm wpa rfc iso din iec ieee basel apollo artemis soyuz crew starship atlas
    delta vulcan chapter form title rule question footnote ref reference gate terminal
    exit zone port film school
";

const BEFORE: &[(&str, Qualifier)] = &[
    (
        "about|around|approximately|approx|approx .|roughly|nearly|almost|close to|some|circa|ca .|~|≈|just about|an estimated|estimated|in the region of|in the neighborhood of|of the order of|on the order of|approaching|nearing|more or less|barely|scarcely",
        Approx,
    ),
    (
        "more than|over|above|exceeding|exceeds|exceeded|exceed|upwards of|upward of|in excess of|greater than|higher than|well over|just over|slightly more than|a little over|surpassed|surpassing|surpass|surpasses|topped|tops|topping|passed|better than|north of|>|a little more than|just above|beyond|little more than",
        MoreThan,
    ),
    (
        "less than|fewer than|under|below|lower than|just under|just below|well under|slightly less than|south of|smaller than|<|shy of|just shy of|well below",
        LessThan,
    ),
    (
        "at least|a minimum of|minimum of|no less than|no fewer than|not less than|starting at|starting from|start at|starts at|priced from|prices from|tickets from|from at least|as little as|as few as|≥|> =",
        AtLeast,
    ),
    (
        "at most|up to|a maximum of|maximum of|no more than|not more than|as much as|as many as|capped at|limited to|≤|< =|as high as|not exceed|not exceeding|never exceed|cannot exceed",
        AtMost,
    ),
    ("exactly|precisely", Exact),
];

const AFTER: &[(&str, Qualifier)] = &[
    ("or so|approximately|roughly", Approx),
    (
        "or more|and more|at least|or above|or higher|and above|minimum|and over|or over",
        AtLeast,
    ),
    (
        "or less|or fewer|at most|maximum|or below|or lower|and under",
        AtMost,
    ),
];

const CHANGE: &[(&str, crate::record::Direction)] = &[
    (
        "up widened widens widening firmed edged ticked rise rises rose risen rising increase increases increased increasing growth grow grows grew grown growing jump
         jumps jumped jumping gained gaining surge surges surged surging climb climbs climbed climbing soar soars
         soared soaring leap leaps leaped leapt swell swells swelled swelling swollen expand expands expanding gain gains advance advanced advances rebound rebounded rallied rally rallies higher added expanded
         expansion upturn uptick boost boosted accelerated hike hikes hiked spike spiked",
        Up,
    ),
    (
        "down fall falls fell fallen falling decrease decreases decreased decreasing decline declines declined declining
         drop drops dropped dropping lose loses lost losing slump slumps slumped plunge plunges plunged plunging
         slide slides slid tumble tumbles tumbled tumbling shrink shrank shrunk shrinking cut cuts reduction reduce reduced
         reduces reducing contraction contracted lower slipped slips dip dipped dips shed sheds sank sink sinks sunk plummeted plummet
         discount slashed narrowed narrows narrowing eased eases easing loss losses",
        Down,
    ),
];

const PER: &[(&str, &str)] = &[
    ("second s sec", "s"),
    ("minute min", "min"),
    ("hour h hr", "h"),
    ("day", "day"),
    ("night", "night"),
    ("week", "week"),
    ("month mo", "month"),
    ("quarter", "quarter"),
    ("year annum yr", "year"),
    ("century", "century"),
    ("capita", "capita"),
    ("ton tonne", "t"),
    ("kilo kilogram", "kg"),
    ("gram", "g"),
    ("liter litre", "L"),
    ("gallon", "gal"),
    ("hectare", "ha"),
    ("acre", "acre"),
    ("kilometer kilometre", "km"),
    ("meter metre", "m"),
    ("mile", "mi"),
    ("megawatt", "MW"),
    ("barrel", "bbl"),
    ("ounce", "oz"),
    ("pound", "lb"),
    ("person", "person"),
    ("head", "head"),
    ("share", "share"),
    ("unit", "unit"),
    ("employee", "employee"),
    ("user", "user"),
    ("customer", "customer"),
    ("subscriber", "subscriber"),
    ("household", "household"),
    ("student", "student"),
    ("patient", "patient"),
    ("vehicle", "vehicle"),
    ("car", "car"),
    ("chip", "chip"),
    ("token", "token"),
    ("query", "query"),
    ("seat", "seat"),
    ("passenger", "passenger"),
    ("worker", "worker"),
    ("job", "job"),
    ("site", "site"),
    ("copy", "copy"),
    ("device", "device"),
    ("page", "page"),
    ("click", "click"),
    ("inhabitant", "inhabitant"),
];
