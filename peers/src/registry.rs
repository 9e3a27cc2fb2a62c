//! Who takes part: a line for each.

use crate::peer::Peer;
use crate::rust;

/// All contenders, in the order of the tables.
pub fn all() -> Vec<Box<dyn Peer>> {
    let mut peers: Vec<Box<dyn Peer>> = vec![
        Box::new(rust::scalar::Scalar),
        Box::new(rust::libm::Libm),
        Box::new(rust::wide::Wide),
        Box::new(rust::ndarray::Ndarray),
        Box::new(rust::rten::Rten),
        Box::new(rust::tract::Tract),
        Box::new(rust::candle::Candle),
        Box::new(rust::burn::Burn),
    ];
    peers.extend(rust::ours::all());
    peers
}
