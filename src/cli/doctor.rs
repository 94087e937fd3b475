//! `depeche doctor`: what this machine has, and what depeche makes of it.

use super::args::{DoctorArgs, GlobalArgs};
use super::ui::Ui;
use super::{Exit, stdout};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Shows devices, CPU features, memory, cache and hub.
///
/// # Errors
/// When standard output cannot be written.
pub fn doctor(args: &DoctorArgs, global: &GlobalArgs, _ui: &Ui) -> anyhow::Result<Exit> {
    let facts = facts(global);
    if args.json {
        stdout::print(&format!("{facts:#}\n"))?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    if let Value::Object(sections) = &facts {
        for (section, values) in sections {
            let _ = writeln!(text, "{section}");
            if let Value::Object(values) = values {
                for (name, value) in values {
                    let _ = writeln!(text, "  {name:<22} {}", plain(value));
                }
            }
        }
    }
    stdout::print(&text)?;
    Ok(Exit::Done)
}

fn facts(global: &GlobalArgs) -> Value {
    json!({
        "depeche": {
            "version": env!("CARGO_PKG_VERSION"),
            "built for": if cfg!(feature = "cuda") { "CPU and CUDA" } else { "CPU" },
            "offline": global.offline,
        },
        "machine": {
            "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            "cores": std::thread::available_parallelism().map(usize::from).unwrap_or(1),
            "threads used": rayon::current_num_threads(),
            "CPU features": cpu_features(),
            "memory": memory(),
        },
    })
}

/// The features that matter for matrix products, as the CPU reports them.
fn cpu_features() -> Vec<&'static str> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! probe {
            ($($name:tt),*) => { $( if std::arch::is_x86_feature_detected!($name) { found.push($name); } )* };
        }
        probe!(
            "sse4.2",
            "avx2",
            "fma",
            "f16c",
            "avx512f",
            "avx512bw",
            "avx512vnni",
            "avx512bf16",
            "avxvnni"
        );
    }
    #[cfg(target_arch = "aarch64")]
    {
        macro_rules! probe {
            ($($name:tt),*) => {
                $( if std::arch::is_aarch64_feature_detected!($name) { found.push($name); } )*
            };
        }
        probe!("neon", "dotprod", "i8mm", "bf16");
    }
    // AMX cannot be asked for through the standard library yet; Linux says it in /proc
    if let Ok(info) = std::fs::read_to_string("/proc/cpuinfo") {
        for name in ["amx_int8", "amx_bf16"] {
            if info.split_whitespace().any(|word| word == name) {
                found.push(name);
            }
        }
    }
    found
}

/// `available of total`, where the system says it.
fn memory() -> String {
    let Ok(info) = std::fs::read_to_string("/proc/meminfo") else {
        return "unknown".to_owned();
    };
    let gib = |name: &str| {
        info.lines()
            .find_map(|line| {
                line.strip_prefix(name)?
                    .split_whitespace()
                    .next()?
                    .parse::<f64>()
                    .ok()
            })
            .map(|kib| kib / 1024.0 / 1024.0)
    };
    match (gib("MemAvailable:"), gib("MemTotal:")) {
        (Some(available), Some(total)) => format!("{available:.1} GiB available of {total:.1}"),
        _ => "unknown".to_owned(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    }
}
