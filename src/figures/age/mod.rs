//! Ages: years that someone has lived (`Marie Dupont, 42 ans`, `those aged 15 to 24`, `the over-25s`).

mod bare;
mod cohort;
mod people;
mod subject;
mod years;

use super::block::Block;
use super::item::Item;

pub(super) use cohort::cohort;

/// A figure is an age where the words around it say so.
pub(super) fn age(block: &Block<'_, '_>, item: &Item) -> bool {
    bare::is_age(block, item) || years::is_age(block, item)
}
