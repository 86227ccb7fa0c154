//! Refuses to build without the front-end packages, because the program embeds them and never loads anything from
//! elsewhere.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=static");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=static/vendor/htmx.min.js");
    println!("cargo::rerun-if-changed=static/vendor/uswds.min.css");
    let there =
        ["htmx.min.js", "uswds.min.css"].iter().all(|file| Path::new("static/vendor").join(file).is_file());
    if there {
        return ExitCode::SUCCESS;
    }
    println!(
        "cargo::error=The front-end packages are missing: run `cargo xtask demo` or `cargo xtask test`, which fetch the pinned front-end packages."
    );
    ExitCode::FAILURE
}
