//! Reading that never allocates or inflates more than a header has announced and the limit allows.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

use super::DataError;

/// The most pixel bytes that one file, or one member of an archive, may hold: 4 GiB.
pub(super) const MAX_BYTES: u64 = 4 << 30;

/// The first reservation is at most this, so that a false header costs nothing.
const FIRST_RESERVATION: u64 = 64 << 20;

/// Opens a file.
///
/// # Errors
///
/// When it is missing, a folder, or not readable.
pub(super) fn open_file(path: &Path) -> Result<File, DataError> {
    let unreadable = |reason| DataError::unreadable(path.display(), reason);
    match File::open(path) {
        Ok(file) if file.metadata().map_err(unreadable)?.is_dir() => {
            Err(DataError::malformed(path.display(), "a file", "a folder"))
        }
        Ok(file) => Ok(file),
        Err(reason) if reason.kind() == ErrorKind::NotFound => {
            Err(DataError::missing(path, "this file beside the others", "nothing of that name"))
        }
        Err(reason) => Err(unreadable(reason)),
    }
}

/// Opens a file and unpacks it on the way when its content, whatever its name, is gzip.
pub(super) fn open_maybe_gzip(path: &Path) -> Result<Box<dyn Read>, DataError> {
    let mut reader = BufReader::new(open_file(path)?);
    let start = reader.fill_buf().map_err(|reason| DataError::unreadable(path.display(), reason))?;
    Ok(if start.starts_with(&[0x1f, 0x8b]) { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) })
}

/// `factors` multiplied, if the product is at most [`MAX_BYTES`].
///
/// # Errors
///
/// When the product is larger.
pub(super) fn bounded_product(factors: &[u64], file: &str) -> Result<u64, DataError> {
    let product = factors.iter().try_fold(1_u64, |product, &factor| product.checked_mul(factor));
    match product {
        Some(product) if product <= MAX_BYTES => Ok(product),
        _ => Err(DataError::TooLarge {
            file: file.to_owned(),
            limit: format!("{MAX_BYTES} bytes of pixels"),
            found: product.map_or_else(|| "more than 2^64".to_owned(), |product| product.to_string()),
        }),
    }
}

/// Exactly `expected` bytes, memory growing with what is really there.
///
/// # Errors
///
/// When there are fewer, or they cannot be read.
pub(super) fn read_bytes(reader: &mut impl Read, expected: u64, file: &str) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected.min(FIRST_RESERVATION)).unwrap_or(0));
    match reader.by_ref().take(expected).read_to_end(&mut bytes) {
        Err(reason) if reason.kind() != ErrorKind::UnexpectedEof => Err(DataError::unreadable(file, reason)),
        Ok(_) if bytes.len() as u64 == expected => Ok(bytes),
        _ => Err(DataError::length(file, format!("{expected} bytes of content"), format!("only {}", bytes.len()))),
    }
}

/// An array of `N` bytes.
///
/// # Errors
///
/// When there are fewer, or they cannot be read.
pub(super) fn read_array<const N: usize>(reader: &mut impl Read, what: &str, file: &str) -> Result<[u8; N], DataError> {
    let mut bytes = [0; N];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(reason) if reason.kind() == ErrorKind::UnexpectedEof => {
            Err(DataError::length(file, format!("{N} bytes for {what}"), "the end of the file"))
        }
        Err(reason) => Err(DataError::unreadable(file, reason)),
    }
}

/// Checks that nothing follows; at the end of a compressed stream this is what checks its checksum.
///
/// # Errors
///
/// When something follows, or the checksum does not fit.
pub(super) fn expect_end(reader: &mut impl Read, file: &str) -> Result<(), DataError> {
    let cut_off = |reason: io::Error| {
        if reason.kind() == ErrorKind::UnexpectedEof {
            DataError::length(file, "a complete compressed stream", "one that is cut off")
        } else {
            DataError::unreadable(file, reason)
        }
    };
    match reader.read(&mut [0]).map_err(cut_off)? {
        0 => Ok(()),
        _ => Err(DataError::length(file, "no more bytes than its header announces", "more")),
    }
}

/// Whether the path of a member of an archive stays within the archive, on every system.
pub(super) fn is_safe_member(path: &str) -> bool {
    let absolute = path.starts_with(['/', '\\']) || path.as_bytes().get(1) == Some(&b':');
    !absolute && !path.contains('\0') && !path.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_climb_out_are_seen() {
        for path in ["/etc/passwd", "..", "../a", "a/../../b", "a\\..\\b", "C:\\a", "c:a", "\\\\host\\a", "a\0b"] {
            assert!(!is_safe_member(path), "{path}");
        }
        for path in ["a", "a/b.bin", "./a", "a..b", "...", "cifar-10-batches-bin/test_batch.bin"] {
            assert!(is_safe_member(path), "{path}");
        }
    }

    #[test]
    fn a_false_length_is_no_allocation() {
        let error = read_bytes(&mut [1_u8, 2, 3].as_slice(), MAX_BYTES, "a file").unwrap_err().to_string();
        assert!(error.contains("a file") && error.contains("4294967296") && error.contains("only 3"), "{error}");
    }

    #[test]
    fn products_are_bounded() {
        assert_eq!(bounded_product(&[2, 3, 4], "x").unwrap(), 24);
        assert!(bounded_product(&[1 << 32, 1 << 32, 4], "x").is_err());
        assert!(bounded_product(&[MAX_BYTES, 2], "x").is_err());
        assert!(bounded_product(&[0, u64::MAX], "x").is_ok());
    }
}
