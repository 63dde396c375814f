//! A `.pt` of the published code: `{'data': [[images, labels], ...], 'accs_all_exps': {network: [accuracy, ...]}}`, a pair for
//! each experiment, the images in normalised space; one of IDC's code (Kim et al. 2022): `[images, labels]`, the images as
//! pixels from 0 to 1; or a dictionary with one tensor of images and one of labels.
//!
//! The crate `pytorch-reader` reads it without calling anything that the file names. It reads dictionaries only, so a list
//! is put into one first. What it may allocate is bounded here: by the size of the pickle, which holds no pixels, and by
//! that of each tensor.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read, Write},
    path::Path,
};

use pytorch_reader::{DType, PickleValue, PytorchReader, Tensor};
use tempfile::NamedTempFile;
use zip::{
    ZipArchive, ZipWriter,
    read::{ArchiveOffset, Config},
    write::SimpleFileOptions,
};

use super::{
    Array, Element, ForeignSet, IMAGE_NAMES, LABEL_NAMES, SetFile, first_of, pickle, scale_of, set_of, too_large,
};
use crate::{
    data::{
        DataError,
        bounded::{MAX_BYTES, open_file, read_bytes},
        npz::{member_names, zip_error},
    },
    domain::{PixelScale, RecordedAccuracies},
};

type Archive = ZipArchive<BufReader<File>>;

/// The published files' are a few kilobytes.
const MOST_PICKLE_BYTES: u64 = 4 << 20;
/// The most pairs of one file.
const MOST_EXPERIMENTS: usize = 999;
/// The first bytes of a zip, which `PyTorch` writes since version 1.6, and of what it wrote before.
const ZIP: &[u8] = b"PK\x03\x04";
const LEGACY: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19";
/// What is asked for where a file is something else.
const EXPECTED: &str = "a .pt as the published code saves it: a dictionary whose \"data\" holds pairs of images and labels, or \
                        the list [images, labels] of IDC";
/// The tensors of IDC's list in its dictionary.
const IDC: (&str, &str) = ("data.0", "data.1");
/// The member of a zip that says which tensors there are.
const PICKLE: &str = "data.pkl";

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<SetFile, DataError> {
    let file = path.display().to_string();
    let mut start = Vec::new();
    let mut opened = open_file(path)?;
    let length = opened.metadata().map_err(|reason| DataError::unreadable(&file, reason))?.len();
    Read::by_ref(&mut opened)
        .take(16)
        .read_to_end(&mut start)
        .map_err(|reason| DataError::unreadable(&file, reason))?;
    let (mut accuracies, mut repacked) = (Vec::new(), None);
    if start.starts_with(ZIP) {
        let mut archive = open_archive(path, &file)?;
        accuracies = read_accuracies(&mut archive, &file)?;
        if ZipArchive::new(BufReader::new(open_file(path)?)).is_err() {
            repacked = Some(repack(&mut archive, Root::Kept, &file)?);
        }
        if is_list(repacked.as_ref().map_or(path, NamedTempFile::path)) {
            repacked = Some(repack(&mut archive, Root::Wrapped, &file)?);
        }
    } else if !start.starts_with(LEGACY) || length > MAX_BYTES / 4 {
        return Err(DataError::malformed(&file, EXPECTED, "a file of another kind"));
    }
    let fault = |error| DataError::malformed(&file, EXPECTED, format!("this fault: {error}"));
    let place = repacked.as_ref().map_or(path, NamedTempFile::path);
    let tensors = PytorchReader::new(place).map_err(fault)?.into_tensors();
    let pairs = pairs(&tensors, &file)?;
    let mut sets: Vec<ForeignSet> = Vec::with_capacity(pairs.len());
    let mut scale = (PixelScale::Normalized, "as the published code saves them");
    let mut bytes = 0;
    for (images, labels) in pairs {
        bytes += images.byte_len() as u64;
        if bytes > MAX_BYTES {
            return Err(too_large(&file, images.shape()));
        }
        let images = array(images, &file)?;
        let set = set_of(&images, &array(labels, &file)?, &file)?;
        if images.element == Element::Unsigned(1) {
            // Pixels of 8 bits are nothing else, whoever saves them.
            scale = scale_of(&images, &set);
        } else if tensors.contains_key(IDC.0) {
            scale = (PixelScale::Unit, "as the code of IDC saves them");
        } else if !tensors.contains_key("data.0.0") {
            scale = scale_of(&images, &set);
        }
        sets.push(set);
    }
    let (scale, reason) = scale;
    Ok(SetFile { sets, class_names: None, normalization: None, formation: 1, scale, reason, accuracies })
}

/// Opens the zip at `path`. Nothing stands before it: to look for its beginning, as the library does otherwise, mistakes
/// the second member for the first where `PyTorch` has written a name of 30 bytes, as that of `res_SVHN_ConvNet_1ipc.pt`.
fn open_archive(path: &Path, file: &str) -> Result<Archive, DataError> {
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    ZipArchive::with_config(config, BufReader::new(open_file(path)?)).map_err(|reason| zip_error(file, reason))
}

/// Whether the root of the file's pickle is a list. A file that cannot be read has none; it is refused later.
fn is_list(path: &Path) -> bool {
    matches!(PytorchReader::read_pickle_data(path, None), Ok(PickleValue::List(_)))
}

/// What becomes of the root of a pickle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Kept,
    /// It becomes the only entry of a dictionary, called "data".
    Wrapped,
}

/// The members in a new zip, for a reader that would look for the beginning of this one, or for a dictionary, in vain.
fn repack(archive: &mut Archive, root: Root, file: &str) -> Result<NamedTempFile, DataError> {
    let unreadable = |reason| DataError::unreadable(file, reason);
    let mut repacked = NamedTempFile::new().map_err(unreadable)?;
    let mut writer = ZipWriter::new(&mut repacked);
    for (index, name) in member_names(archive, file)?.into_iter().enumerate() {
        if root == Root::Wrapped && name.ends_with(PICKLE) {
            let pickle = wrapped(&read_pickle(archive, &name, file)?);
            let pickle = pickle.ok_or_else(|| DataError::malformed(file, EXPECTED, "a pickle of another kind"))?;
            writer.start_file(name, SimpleFileOptions::default()).map_err(|reason| zip_error(file, reason))?;
            writer.write_all(&pickle).map_err(unreadable)?;
        } else {
            let member = archive.by_index_raw(index).map_err(|reason| zip_error(file, reason))?;
            writer.raw_copy_file(member).map_err(|reason| zip_error(file, reason))?;
        }
    }
    writer.finish().map_err(|reason| zip_error(file, reason))?;
    Ok(repacked)
}

/// A pickle whose root is a dictionary with the root of `pickle` under "data"; `None` for one that `torch.save` did not
/// write.
fn wrapped(pickle: &[u8]) -> Option<Vec<u8>> {
    // The protocol; an empty dictionary and the key; the root; "set the item" and "stop".
    let (protocol, root) = pickle.strip_suffix(b".")?.split_at_checked(2)?;
    (protocol == b"\x80\x02").then(|| [protocol, b"}X\x04\0\0\0data", root, b"s."].concat())
}

/// The accuracies in a zip, after a check that its pickle is as small as that of a set.
fn read_accuracies(archive: &mut Archive, file: &str) -> Result<Vec<RecordedAccuracies>, DataError> {
    let mut accuracies = Vec::new();
    for name in member_names(archive, file)?.iter().filter(|name| name.ends_with(PICKLE)) {
        accuracies = pickle::accuracies(&read_pickle(archive, name, file)?);
    }
    Ok(accuracies)
}

/// The pickle in the member `name`, which is no larger than that of a set.
fn read_pickle(archive: &mut Archive, name: &str, file: &str) -> Result<Vec<u8>, DataError> {
    let mut member = archive.by_name(name).map_err(|reason| zip_error(file, reason))?;
    let size = member.size();
    if size > MOST_PICKLE_BYTES {
        let limit = format!("{MOST_PICKLE_BYTES} bytes besides the tensors");
        return Err(DataError::TooLarge { file: file.to_owned(), limit, found: size.to_string() });
    }
    read_bytes(&mut member, size, file)
}

/// The tensors of images and labels, a pair for each experiment.
fn pairs<'a>(tensors: &'a HashMap<String, Tensor>, file: &str) -> Result<Vec<(&'a Tensor, &'a Tensor)>, DataError> {
    let pair = |images: &str, labels: &str| Some((tensors.get(images)?, tensors.get(labels)?));
    let experiments: Vec<_> = (0..=MOST_EXPERIMENTS)
        .map_while(|experiment| pair(&format!("data.{experiment}.0"), &format!("data.{experiment}.1")))
        .collect();
    if experiments.len() > MOST_EXPERIMENTS {
        let expected = format!("at most {MOST_EXPERIMENTS} pairs of images and labels");
        return Err(DataError::malformed(file, expected, "more"));
    }
    if !experiments.is_empty() {
        return Ok(experiments);
    }
    if let Some(alone) = pair(IDC.0, IDC.1) {
        return Ok(vec![alone]);
    }
    let mut names: Vec<String> = tensors.keys().cloned().collect();
    names.sort();
    let images = first_of(&IMAGE_NAMES, &names, "images", file)?;
    let labels = first_of(&LABEL_NAMES, &names, "labels", file)?;
    Ok(pair(images, labels).into_iter().collect())
}

/// The numbers of a tensor.
fn array(tensor: &Tensor, file: &str) -> Result<Array, DataError> {
    if tensor.byte_len() as u64 > 2 * super::MOST_SET_BYTES {
        return Err(too_large(file, tensor.shape()));
    }
    let bytes = tensor.read().map_err(|reason| DataError::unreadable(file, reason))?;
    Array::new(tensor.shape().to_vec(), element(tensor.dtype()), bytes, cfg!(target_endian = "big"), file)
}

const fn element(dtype: DType) -> Element {
    match dtype {
        DType::F64 => Element::F64,
        DType::F32 => Element::F32,
        DType::F16 => Element::F16,
        DType::BF16 => Element::BF16,
        DType::I64 => Element::Signed(8),
        DType::I32 => Element::Signed(4),
        DType::I16 => Element::Signed(2),
        DType::I8 => Element::Signed(1),
        DType::U64 => Element::Unsigned(8),
        DType::U32 => Element::Unsigned(4),
        DType::U16 => Element::Unsigned(2),
        DType::U8 | DType::Bool => Element::Unsigned(1),
    }
}
