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

/// What is no contender and is timed beside them.
pub fn yardsticks() -> Vec<Box<dyn Peer>> {
    crate::yardsticks::all()
}

/// The contender that has to win: this project's crate as it is used without a second thought.
pub fn champion() -> String {
    rust::ours::champion()
}

/// Whether a name is one of this project's own.
pub fn is_ours(name: &str) -> bool {
    all().iter().any(|peer| peer.is_ours() && peer.name() == name)
}

/// The contender of that name.
pub fn find(name: &str) -> Option<Box<dyn Peer>> {
    all().into_iter().chain(yardsticks()).find(|peer| peer.name() == name)
}
