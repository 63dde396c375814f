//! Every dataset format, written into a temporary folder and read back: good files, and each kind of bad ones.

#[path = "formats/cifar.rs"]
mod cifar;
#[path = "formats/damage.rs"]
mod damage;
#[path = "formats/idx.rs"]
mod idx;
#[path = "formats/npz.rs"]
mod npz;
#[path = "formats/paths.rs"]
mod paths;
#[path = "formats/pictures.rs"]
mod pictures;
#[path = "formats/real.rs"]
mod real;
#[path = "formats/support.rs"]
mod support;
#[path = "formats/svhn.rs"]
mod svhn;
