//! Why a dataset cannot be read: one sentence a case, naming the file, what was expected and what was found.

use std::{fmt::Display, io, path::Path};

use thiserror::Error;

/// Why a dataset cannot be read. Nothing of it was kept.
///
/// `file` is a path, or a path and the member of an archive.
#[derive(Debug, Error)]
pub enum DataError {
    /// A file or folder that is not there.
    #[error("{file} is missing: expected {expected}, found {found}")]
    Missing {
        /// The absent file.
        file: String,
        /// What should have been there.
        expected: String,
        /// What is there instead.
        found: String,
    },
    /// The system, or the decompressor, refused to give the bytes.
    #[error("{file} cannot be read: expected an intact, readable file, found this fault: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system or the decompressor says.
        reason: io::Error,
    },
    /// A path that holds none of the formats.
    #[error(
        "{path} is not recognised as a dataset: expected MNIST-like IDX files, CIFAR-10 or CIFAR-100 binary files or their \
         .tar.gz, train_32x32.mat and test_32x32.mat, an .npz, or a folder of pictures for each class, found {found}"
    )]
    Unrecognised {
        /// The file or folder.
        path: String,
        /// What it is.
        found: String,
    },
    /// Content that breaks the rules of its format.
    #[error("{file} cannot be used: expected {expected}, found {found}")]
    Malformed {
        /// The file.
        file: String,
        /// What the format asks for, and the way out where there is one.
        expected: String,
        /// What the file holds.
        found: String,
    },
    /// Size and header disagree: the file is cut off, or has something after its end.
    #[error(
        "{file} has the wrong length: expected {expected}, found {found}; it is incomplete or damaged, so fetch or save it again"
    )]
    Length {
        /// The file.
        file: String,
        /// The length that its header or format asks for.
        expected: String,
        /// Its length.
        found: String,
    },
    /// Images and labels that do not belong together.
    #[error(
        "{labels} does not belong to {images}: expected a label for each of the {expected} images, found {found} labels"
    )]
    Count {
        /// Where the images are.
        images: String,
        /// Where the labels are.
        labels: String,
        /// The number of images.
        expected: usize,
        /// The number of labels.
        found: usize,
    },
    /// A label that names no class.
    #[error("{file} has a label out of range: expected {expected}, found {found} at image {image} (counted from 0)")]
    Label {
        /// The file.
        file: String,
        /// The labels that are possible.
        expected: String,
        /// The label.
        found: String,
        /// The position of its image.
        image: usize,
    },
    /// A class without images.
    #[error("{file} has a class with no image: expected {expected}, found none in class \"{class}\"")]
    EmptyClass {
        /// The file or folder.
        file: String,
        /// What each class needs.
        expected: String,
        /// The name of the class.
        class: String,
    },
    /// More than this program takes into memory; also the answer to a decompression bomb.
    #[error("{file} is too large: expected at most {limit}, found {found}")]
    TooLarge {
        /// The file.
        file: String,
        /// The limit.
        limit: String,
        /// What the file asks for.
        found: String,
    },
    /// An archive whose member would land outside the folder it is unpacked to.
    #[error("{file} is not safe: expected members within the archive, found the path \"{member}\", which climbs out")]
    UnsafePath {
        /// The archive.
        file: String,
        /// The path of the member.
        member: String,
    },
    /// A picture that does not decode.
    #[error("{file} is not a readable picture: expected PNG, JPEG, BMP, GIF or WebP, found this fault: {reason}")]
    Picture {
        /// The file.
        file: String,
        /// What the decoder says.
        reason: String,
    },
    /// A choice that cannot be followed.
    #[error("the choice \"{option}\" cannot be followed: expected {expected}, found {found}")]
    Choice {
        /// The name of the choice.
        option: &'static str,
        /// What it may be.
        expected: String,
        /// What it is.
        found: String,
    },
}

impl DataError {
    /// A [`DataError::Malformed`].
    pub(super) fn malformed(file: impl Display, expected: impl Display, found: impl Display) -> Self {
        Self::Malformed { file: file.to_string(), expected: expected.to_string(), found: printable(&found.to_string()) }
    }

    /// A [`DataError::Length`].
    pub(super) fn length(file: impl Display, expected: impl Display, found: impl Display) -> Self {
        Self::Length { file: file.to_string(), expected: expected.to_string(), found: found.to_string() }
    }

    /// A [`DataError::Missing`].
    pub(super) fn missing(file: &Path, expected: impl Display, found: impl Display) -> Self {
        Self::Missing { file: file.display().to_string(), expected: expected.to_string(), found: found.to_string() }
    }

    /// A [`DataError::Unreadable`].
    pub(super) fn unreadable(file: impl Display, reason: io::Error) -> Self {
        // The libraries quote names from damaged archives.
        let text = reason.to_string();
        let plain = printable(&text);
        let reason = if plain == text { reason } else { io::Error::new(reason.kind(), plain) };
        Self::Unreadable { file: file.to_string(), reason }
    }

    /// A [`DataError::UnsafePath`].
    pub(super) fn unsafe_path(file: &str, member: &str) -> Self {
        Self::UnsafePath { file: file.to_owned(), member: printable(member) }
    }
}

/// `text` on one line and without codes that a terminal would obey.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_files_say_is_one_plain_line() {
        let reason = io::Error::new(io::ErrorKind::InvalidData, "bad name \"\u{1b}[2J\n\"");
        for error in [
            DataError::unreadable("a.tar", reason),
            DataError::unsafe_path("a.tar", "../\u{1b}[2J\n"),
            DataError::malformed("a.tar", "something", "\u{1b}[2J\n"),
        ] {
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }
}
