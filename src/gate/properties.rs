//! Properties of the gate on arbitrary ledgers.

use super::tests::{figure, ledger};
use super::*;
use crate::record::{FigureKind, FindingSide, Qualifier};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn any_kind() -> impl Strategy<Value = FigureKind> {
    (0..FigureKind::ALL.len()).prop_map(|at| FigureKind::ALL[at])
}

fn any_figure() -> impl Strategy<Value = Figure> {
    let unit = proptest::option::of(prop_oneof![
        "[a-zA-Zé°%/ ]{0,8}",
        Just("ans".to_owned()),
        Just("km/h".to_owned())
    ]);
    let currency = proptest::option::of(prop_oneof![Just("EUR".to_owned()), Just("USD".to_owned())]);
    let period = proptest::option::of(prop_oneof![
        "\\PC{0,12}",
        "[0-9TQH:/-]{0,12}",
        Just("2024-07-14".to_owned())
    ]);
    let amounts = (
        any::<Option<i64>>(),
        any::<Option<i64>>(),
        any::<Option<i64>>(),
        0u32..12,
    );
    let qualifier = prop_oneof![
        Just(Qualifier::Exact),
        Just(Qualifier::MoreThan),
        Just(Qualifier::AtMost),
        Just(Qualifier::Range),
        Just(Qualifier::Multiple),
    ];
    (
        any_kind(),
        "\\PC{0,8}",
        unit,
        currency,
        period,
        amounts,
        qualifier,
    )
        .prop_map(
            |(kind, text, unit, currency, period, (value, min, max, places), qualifier)| {
                let decimal = |mantissa: Option<i64>| mantissa.map(|mantissa| Decimal::new(mantissa, places));
                Figure {
                    unit,
                    currency,
                    period,
                    value: decimal(value),
                    min: decimal(min),
                    max: decimal(max),
                    qualifier,
                    ..figure(&text, kind, "")
                }
            },
        )
}

fn any_ledger() -> impl Strategy<Value = Vec<Figure>> {
    proptest::collection::vec(any_figure(), 0..12).prop_map(ledger)
}

proptest! {
    #[test]
    fn a_ledger_equals_itself(figures in any_ledger()) {
        prop_assert_eq!(check(&figures, &figures, Scope::Complete), []);
        prop_assert_eq!(check(&figures, &figures, Scope::Subset), []);
    }

    #[test]
    fn any_two_ledgers_are_compared_and_a_finding_quotes_them(one in any_ledger(), other in any_ledger()) {
        for scope in [Scope::Complete, Scope::Subset] {
            for finding in check(&one, &other, scope) {
                let quotes = |side: &FindingSide, figures: &[Figure]| {
                    figures.iter().any(|figure| figure.text == side.text && figure.start == side.start)
                };
                prop_assert!(finding.source.is_some() || finding.target.is_some());
                prop_assert!(finding.source.iter().all(|side| quotes(side, &one)));
                prop_assert!(finding.target.iter().all(|side| quotes(side, &other)));
            }
        }
    }

    #[test]
    fn a_summary_of_some_figures_has_no_finding(figures in any_ledger(), keep in any::<u16>()) {
        let kept: Vec<Figure> = figures.iter().enumerate().filter(|(n, _)| keep >> n & 1 == 1).map(|(_, figure)| figure.clone()).collect();
        prop_assert_eq!(check(&figures, &kept, Scope::Subset), []);
    }
}
