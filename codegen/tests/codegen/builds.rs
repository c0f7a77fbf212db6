//! What only another build shows: the features of serde_json that a user's build may turn on, and
//! what a contract crate depends on without its feature `codegen`.

use std::{path::Path, process::Command};

const PROFILE: &str = "tautline-profile-contract";

fn cargo(arguments: &[&str]) -> (bool, String) {
    let run = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env_remove("CARGO_MANIFEST_DIR")
        .output()
        .unwrap();
    let text = [run.stdout, run.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (run.status.success(), text.concat())
}

#[test]
fn the_features_of_serde_json_change_no_byte() {
    let features = "codegen,serde_json/preserve_order,serde_json/arbitrary_precision";

    let (fits, said) = cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        PROFILE,
        "--features",
        features,
        "--bin",
        "contract",
        "--",
        "check",
    ]);

    assert!(fits, "{said}");
}

#[test]
fn without_the_feature_nothing_of_codegen_is_in_a_contract_crate() {
    let tree = |arguments: &[&str]| {
        let common =
            ["tree", "--locked", "--package", PROFILE, "--edges", "normal", "--prefix", "none"];
        let (fits, said) = cargo(&[&common, arguments].concat());
        assert!(fits, "{said}");
        let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
        said.lines().map(name).collect::<Vec<_>>()
    };

    let plain = tree(&[]);
    let with_codegen = tree(&["--features", "codegen"]);

    for name in ["schemars", "ts-rs", "tautline-codegen", "clap"] {
        assert!(!plain.iter().any(|known| known == name), "{name} is in a production build");
        assert!(with_codegen.iter().any(|known| known == name), "{name}");
    }
}
