//! Randomness that can be had again: a draw is a function of the seed and of what is drawn for, not of
//! what else happened before it. So the same seed does the same to the same frames, however the tasks
//! of a run are scheduled.

/// Mixes a number so that neighbours have nothing in common (SplitMix64's output function).
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number in [0, 1) for this, under this seed.
pub(crate) fn draw(seed: u64, what: &[u64]) -> f64 {
    let mixed = what.iter().fold(mix(seed), |mixed, part| mix(mixed ^ mix(*part)));
    // The upper 53 bits: as many as an f64 holds.
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_drawn_for_the_same_and_something_else_for_everything_else() {
        assert!((draw(7, &[1, 2]) - draw(7, &[1, 2])).abs() < f64::EPSILON);
        let others = [draw(8, &[1, 2]), draw(7, &[2, 1]), draw(7, &[1, 3]), draw(7, &[1])];
        assert!(others.iter().all(|other| (other - draw(7, &[1, 2])).abs() > 1e-9), "{others:?}");
    }

    #[test]
    fn draws_are_spread_evenly() {
        let below = (0..10_000).filter(|number| draw(42, &[*number]) < 0.25).count();

        assert!((2_300..2_700).contains(&below), "{below}");
    }
}
