//! The `dewpoint` program: the command line for now.

use dewpoint::engine::device;

fn main() {
    if std::env::args().nth(1).as_deref() == Some(device::PROBE_ARGUMENT) {
        print!("{}", serde_json::to_string(&device::list_adapters()).unwrap_or_default());
    }
}
