//! A figure in the making: token spans instead of chars, and what the later steps need to know.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::numeral::Numeral;
use crate::record::{Direction, FigureKind, Qualifier};

/// A figure found, not yet spelled out for the reader.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Tokens of the figure, end-exclusive.
    pub first: usize,
    pub end: usize,
    /// Tokens of the figure with the words that qualify it.
    pub full_first: usize,
    pub full_end: usize,
    pub kind: FigureKind,
    pub value: Option<Decimal>,
    pub min: Option<Decimal>,
    pub max: Option<Decimal>,
    pub qualifier: Qualifier,
    pub unit: Option<Cow<'static, str>>,
    pub currency: Option<&'static str>,
    pub ambiguous: bool,
    pub direction: Option<Direction>,
    /// The ISO-like period of a date; the governing period of anything else.
    pub period: Option<String>,
    /// One past everything that belongs to the figure: its noun, its rate.
    pub reach: usize,
    /// The number alone.
    pub numeral: Numeral,
    /// Neither unit nor noun follows.
    pub bare: bool,
}

impl Item {
    pub fn new(kind: FigureKind, numeral: Numeral) -> Item {
        Item {
            first: numeral.first,
            end: numeral.end,
            full_first: numeral.first,
            full_end: numeral.end,
            kind,
            value: Some(numeral.value),
            min: None,
            max: None,
            qualifier: Qualifier::Exact,
            unit: None,
            currency: None,
            ambiguous: false,
            direction: None,
            period: None,
            reach: numeral.end,
            numeral,
            bare: false,
        }
    }

    /// A date or a time: no value, a period.
    pub fn date(first: usize, end: usize, period: String) -> Item {
        let numeral = Numeral::new(first, end, Decimal::ZERO, super::numeral::Form::Digits);
        let mut item = Item::new(FigureKind::Date, numeral);
        item.value = None;
        item.period = Some(period);
        item
    }

    /// Percents and what is said in parts of them.
    pub fn is_share(&self) -> bool {
        matches!(
            self.kind,
            FigureKind::Percent | FigureKind::PercentagePoints | FigureKind::BasisPoints
        )
    }

    /// A number that is small enough to be of percents.
    pub fn can_be_share(&self) -> bool {
        self.numeral.scale == Decimal::ONE && !self.numeral.grouped
    }

    /// The value without its scale word: 12.3 of `12,3 millions`.
    pub fn mantissa(&self) -> Option<Decimal> {
        self.value?.checked_div(self.numeral.scale)
    }

    /// Ends the figure's text at `end`.
    pub fn extend_to(&mut self, end: usize) {
        self.end = self.end.max(end);
        self.full_end = self.full_end.max(end);
        self.reach = self.reach.max(end);
    }
}
