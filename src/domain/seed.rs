//! Seeds and the named streams derived from them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A seed; every random number of a run is drawn on the host from a stream derived from one.
///
/// A stream is addressed by name and position (`iteration`, `class`, ...), so no generator state has to be saved: a
/// resumed run draws the same numbers as an uninterrupted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The seed of the stream `name`.
    #[must_use]
    pub fn stream(self, name: &str) -> Self {
        // FNV-1a over the name, mixed with the parent.
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(mix(self.0 ^ mix(hash)))
    }

    /// The seed at position `index` of this stream.
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        Self(mix(self.0.wrapping_add(mix(index as u64 ^ 0x9E37_79B9_7F4A_7C15))))
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that scatters neighbouring values.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn streams_and_positions_are_distinct() {
        let mut seen = HashSet::new();
        for seed in 0..20 {
            for name in ["network", "real batch", "initialization"] {
                for index in 0..50 {
                    assert!(seen.insert(Seed(seed).stream(name).at(index)));
                }
            }
        }
    }

    #[test]
    fn order_of_derivation_matters() {
        let seed = Seed(7);
        assert_ne!(seed.at(1).at(2), seed.at(2).at(1));
        assert_ne!(seed.stream("a").stream("b"), seed.stream("b").stream("a"));
    }
}
