//! Named tensors and texts in one file of the safetensors format. Knows nothing of what they mean.
//!
//! A file is untrusted: the format's own checks (offsets, overflow, cover) are the `safetensors` crate's, all others
//! are made here.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Serialize, de::DeserializeOwned};

use super::{ProjectError, atomic, record::check_format};

/// The metadata key of the kind and format, and the one of the version that wrote the file.
const FORMAT_KEY: &str = "format";
const VERSION_KEY: &str = "program_version";

/// A file to be written.
pub(super) struct NewTensorFile {
    metadata: HashMap<String, String>,
    tensors: Vec<(&'static str, Dtype, Vec<usize>, Vec<u8>)>,
}

impl NewTensorFile {
    /// An empty file of `kind` in format `format`.
    pub fn new(kind: &str, format: u32) -> Self {
        let metadata = HashMap::from([
            (FORMAT_KEY.to_owned(), format!("{kind}/{format}")),
            (VERSION_KEY.to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ]);
        Self { metadata, tensors: Vec::new() }
    }

    /// Adds `value` as JSON under `key`.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON.
    pub fn json<T: Serialize>(self, key: &str, value: &T) -> Result<Self, serde_json::Error> {
        Ok(self.text(key, serde_json::to_string(value)?))
    }

    /// Adds `text` under `key`.
    pub fn text(mut self, key: &str, text: String) -> Self {
        self.metadata.insert(key.to_owned(), text);
        self
    }

    /// Adds single-precision values.
    pub fn floats(mut self, name: &'static str, shape: Vec<usize>, values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensors.push((name, Dtype::F32, shape, bytes));
        self
    }

    /// Adds a list of whole numbers.
    pub fn integers(mut self, name: &'static str, values: &[i64]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensors.push((name, Dtype::I64, vec![values.len()], bytes));
        self
    }

    /// Writes the file in one piece.
    ///
    /// # Errors
    ///
    /// [`ProjectError::NotSavable`] when a shape does not fit its values, [`ProjectError::Write`].
    pub fn write(self, path: &Path) -> Result<(), ProjectError> {
        let views = self
            .tensors
            .iter()
            .map(|(name, dtype, shape, bytes)| TensorView::new(*dtype, shape.clone(), bytes).map(|view| (*name, view)));
        let content = views
            .collect::<Result<Vec<_>, _>>()
            .and_then(|views| safetensors::serialize(views, Some(self.metadata.clone())))
            .map_err(|error| ProjectError::NotSavable {
                path: path.to_owned(),
                problem: format!("the values do not fit their shape ({error})"),
            })?;
        atomic::write(path, &content)
    }
}

/// A file that was read whole.
pub(super) struct TensorFile {
    path: PathBuf,
    bytes: Vec<u8>,
    metadata: HashMap<String, String>,
}

impl TensorFile {
    /// Reads the file at `path`, which must be of `kind` in a format up to `newest`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Read`], [`ProjectError::Damaged`] and [`ProjectError::NewerFormat`].
    pub fn read(path: &Path, kind: &str, newest: u32) -> Result<Self, ProjectError> {
        let bytes = fs::read(path).map_err(ProjectError::reading(path))?;
        let (_, header) = SafeTensors::read_metadata(&bytes)
            .map_err(|error| ProjectError::damaged(path, format!("it is no whole safetensors file ({error})")))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let file = Self { path: path.to_owned(), bytes, metadata };
        let stated = file.text(FORMAT_KEY)?;
        let format = stated.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/'));
        let format: u32 = format
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| file.damaged(format!("its format should be \"{kind}/{newest}\", but is \"{stated}\"")))?;
        check_format(path, format, newest, file.metadata.get(VERSION_KEY).map_or("", String::as_str))?;
        Ok(file)
    }

    /// A [`ProjectError::Damaged`] of this file.
    pub fn damaged(&self, problem: impl Into<String>) -> ProjectError {
        ProjectError::damaged(&self.path, problem)
    }

    /// The text under `key`, if there is one.
    pub fn optional_text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// The value stored as JSON under `key`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Damaged`] when there is none or it cannot be read.
    pub fn json<T: DeserializeOwned>(&self, key: &str) -> Result<T, ProjectError> {
        serde_json::from_str(self.text(key)?)
            .map_err(|error| self.damaged(format!("its metadata \"{key}\" cannot be read ({error})")))
    }

    /// Whether there is a tensor `name`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Damaged`].
    pub fn has(&self, name: &str) -> Result<bool, ProjectError> {
        Ok(self.tensors()?.tensor(name).is_ok())
    }

    /// The shape and the finite single-precision values of tensor `name` of rank `rank`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Damaged`] when it is missing, of another type or rank, or holds a value that is not finite.
    pub fn floats(&self, name: &str, rank: usize) -> Result<(Vec<usize>, Vec<f32>), ProjectError> {
        let (shape, data) = self.tensor(name, Dtype::F32, rank)?;
        let values: Vec<f32> = data.as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect();
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            return Err(self.damaged(format!("value {position} of tensor \"{name}\" is {}", values[position])));
        }
        Ok((shape, values))
    }

    /// The values of the list of whole numbers `name`.
    ///
    /// # Errors
    ///
    /// [`ProjectError::Damaged`] when it is missing or of another type or rank.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, ProjectError> {
        let (_, data) = self.tensor(name, Dtype::I64, 1)?;
        Ok(data.as_chunks().0.iter().map(|word| i64::from_le_bytes(*word)).collect())
    }

    fn text(&self, key: &str) -> Result<&str, ProjectError> {
        self.optional_text(key).ok_or_else(|| self.damaged(format!("its metadata lacks \"{key}\"")))
    }

    fn tensors(&self) -> Result<SafeTensors<'_>, ProjectError> {
        SafeTensors::deserialize(&self.bytes).map_err(|error| self.damaged(error.to_string()))
    }

    fn tensor(&self, name: &str, dtype: Dtype, rank: usize) -> Result<(Vec<usize>, &[u8]), ProjectError> {
        let tensors = self.tensors()?;
        let view = tensors.tensor(name).map_err(|_| self.damaged(format!("the tensor \"{name}\" is missing")))?;
        if view.dtype() != dtype {
            return Err(self.damaged(format!("tensor \"{name}\" should be {dtype}, but is {}", view.dtype())));
        }
        if view.shape().len() != rank {
            let found = view.shape().len();
            return Err(self.damaged(format!("tensor \"{name}\" should have {rank} dimensions, but has {found}")));
        }
        Ok((view.shape().to_vec(), view.data()))
    }
}
